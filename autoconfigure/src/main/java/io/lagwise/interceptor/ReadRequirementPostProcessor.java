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

import java.time.Duration;
import java.util.function.Supplier;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.RoutingContext;

import org.springframework.core.Ordered;

/**
 * Makes beans keep what {@link ReadFromPrimary @ReadFromPrimary},
 * {@link ReadFromReplica @ReadFromReplica} and {@link ConsistentRead @ConsistentRead}
 * promise: while an annotated method runs, a {@link RoutingContext} scope with its
 * requirement is open on the thread that runs it.
 * <p>
 * <b>Where annotations are found:</b> on methods and types, directly or as
 * meta-annotations, in the whole hierarchy of superclasses and interfaces. An annotation
 * on a type covers every method of the classes that extend or implement it, inherited
 * ones included, so one on a Spring Data repository interface covers
 * {@code CrudRepository.findById}. The methods of {@link Object} are never covered.
 * <p>
 * <b>Precedence:</b>
 * <ol>
 * <li>Any annotation on the method replaces all annotations on types, whichever type
 * declares the method.</li>
 * <li>Among methods, the one on a subtype replaces those that it overrides; among types,
 * the subtype replaces its supertypes. An override without annotation inherits.</li>
 * <li>Where several remain, such as two annotations on one element or two unrelated
 * interfaces, all of them hold: the strictest wins.</li>
 * <li>At run time a called method tightens what its caller asked for and never loosens
 * it.</li>
 * </ol>
 * <p>
 * <b>Other interceptors:</b> the scope is opened outside caching and transactions, so
 * that a look-up in the cache is a read of the method too, but inside {@code @Async}, on
 * the thread that does the work. For that this post-processor comes right after Spring's
 * auto-proxy creator and adds itself outside what it finds; those with a higher order
 * value then add themselves outside of it. An {@code @EnableAsync} whose order is
 * {@link Ordered#HIGHEST_PRECEDENCE} would come too early.
 * <p>
 * <b>Mistakes</b> in any annotation of a bean, such as a duration that is none, fail its
 * creation with an {@link InvalidAnnotationException}.
 * <p>
 * <b>Limits:</b> self-invocation is not intercepted. The scope ends when the method
 * returns: what a returned future, publisher or stream sends to Redis later is not
 * covered. Beans without annotations are not proxied.
 */
@SuppressWarnings("serial")
public final class ReadRequirementPostProcessor extends RequirementPostProcessor {

	/**
	 * The smallest bound on staleness that can be kept with a monitor that asks every 50
	 * milliseconds.
	 */
	static final Duration LEAST_STALENESS = Duration.ofMillis(200);

	private final ReadRequirementSource source;

	/**
	 * Create a post-processor whose proxies follow the defaults of the bean factory
	 * unless {@link #setProxyTargetClass(boolean)} says otherwise.
	 */
	public ReadRequirementPostProcessor() {
		this(new ReadRequirementSource());
	}

	private ReadRequirementPostProcessor(ReadRequirementSource source) {
		super(source, new ReadRequirementInterceptor(source));
		this.source = source;
	}

	/**
	 * Set the smallest {@link ReadFromReplica#maxStaleness()} that can be kept. It is
	 * asked for when the first annotation with one is found.
	 * @param leastStaleness supplies two intervals of the monitor and 100 milliseconds;
	 * 200 milliseconds unless set
	 */
	public void setLeastStaleness(Supplier<Duration> leastStaleness) {
		this.source.setLeastStaleness(leastStaleness);
	}

}
