/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.lagwise.interceptor;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.Fallback;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.annotation.Async;

/**
 * Resolves what a method asks of its reads.
 */
final class ReadRequirementSource extends RequirementSource<ReadRequirement> {

	private static final Log logger = LogFactory.getLog(ReadRequirementSource.class);

	private Supplier<Duration> leastStaleness = () -> ReadRequirementPostProcessor.LEAST_STALENESS;

	ReadRequirementSource() {
		super(Set.of(ReadFromPrimary.class, ReadFromReplica.class, ConsistentRead.class));
	}

	void setLeastStaleness(Supplier<Duration> leastStaleness) {
		this.leastStaleness = leastStaleness;
	}

	@Override
	ReadRequirement requirement(MergedAnnotation<?> annotation) {
		if (annotation.getType() == ReadFromPrimary.class) {
			return ReadRequirement.primary();
		}
		return (annotation.getType() == ConsistentRead.class) ? consistent(annotation) : replica(annotation);
	}

	@Override
	ReadRequirement combine(ReadRequirement one, ReadRequirement other) {
		return one.and(other);
	}

	/**
	 * What the method reads itself, before it returns, is read as it asks; what it leaves
	 * to others is not, and that is said.
	 */
	@Override
	void check(Method method) {
		String reason = unfinished(method);
		if (reason != null && !runsUnderTheScope(method)) {
			logger.warn("@ReadFromPrimary, @ReadFromReplica or @ConsistentRead covers "
					+ InvalidAnnotationException.describe(method) + ", which " + reason
					+ ": that holds for the reads that it makes itself until it returns or suspends, and not for those "
					+ "that are made later. Put the "
					+ "annotation on a blocking method that this one calls, give these reads a template on the "
					+ "primaryOnly() of the connection factory, or set lagwise.reads.default-requirement");
		}
	}

	// the scope stands inside of @Async, and around look-ups with the body of their
	// misses
	private static boolean runsUnderTheScope(Method method) {
		return isAnnotated(method, Cacheable.class) || isAnnotated(method, Async.class)
				|| MergedAnnotations.from(method.getDeclaringClass(), SearchStrategy.TYPE_HIERARCHY)
					.isPresent(Async.class);
	}

	private static boolean isAnnotated(Method method, Class<? extends Annotation> type) {
		return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).isPresent(type);
	}

	private ReadRequirement consistent(MergedAnnotation<?> annotation) {
		Duration maxWait = values().duration(annotation, "maxWait");
		if (maxWait == null) {
			return ReadRequirement.consistent();
		}
		if (maxWait.isNegative()) {
			throw values().refuse(annotation, "maxWait", "is negative",
					"Set a duration such as 20ms, or 0 for not waiting at all.");
		}
		return ReadRequirement.consistent(maxWait);
	}

	private ReadRequirement replica(MergedAnnotation<?> annotation) {
		ReadRequirement requirement = ReadRequirement.anyReplica(annotation.getEnum("fallback", Fallback.class));
		Duration maxStaleness = values().duration(annotation, "maxStaleness");
		if (maxStaleness == null) {
			return requirement;
		}
		Duration least = this.leastStaleness.get();
		if (maxStaleness.compareTo(least) < 0) {
			throw values().refuse(annotation, "maxStaleness",
					"is less than the monitor can tell apart with its interval",
					"Set at least " + DurationStyle.SIMPLE.print(least)
							+ ", or a shorter lagwise.monitor.interval: two of them and 100ms are the least.");
		}
		return requirement.and(ReadRequirement.maxStaleness(maxStaleness));
	}

}
