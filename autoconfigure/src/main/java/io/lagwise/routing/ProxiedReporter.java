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

package io.lagwise.routing;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.target.AbstractPrototypeBasedTargetSource;

/**
 * Reports what is known of the nodes behind a proxy of a connection factory, such as one
 * that stands for a factory in a scope: of the factory that is there when it is asked.
 *
 * @param proxy the proxy
 */
public record ProxiedReporter(Object proxy) implements ReplicationReporter {

	private static final ReplicationReport NOTHING_KNOWN = new ReplicationReport(
			"a factory that cannot be reached through its proxy now", List.of());

	@Override
	public ReplicationReport report() {
		ReplicationReporter reporter = find(this.proxy);
		return (reporter != null) ? reporter.report() : NOTHING_KNOWN;
	}

	/**
	 * Return whether an object is a proxy.
	 * @param candidate the object
	 * @return whether something else may be behind it
	 */
	public static boolean isProxy(@Nullable Object candidate) {
		return candidate instanceof Advised;
	}

	/**
	 * Return what an object stands for.
	 * @param candidate a connection factory or a proxy of one
	 * @return what reports of the factory that calls reach now, or {@code null} if that
	 * does not report, or there is none now, as outside of its scope
	 */
	public static @Nullable ReplicationReporter find(@Nullable Object candidate) {
		Object current = candidate;
		while (current instanceof Advised proxy) {
			current = target(proxy.getTargetSource());
		}
		return (current instanceof ReplicationReporter reporter) ? reporter : null;
	}

	// who gets an object from a pool has to give it back
	private static @Nullable Object target(TargetSource source) {
		if (source instanceof AbstractPrototypeBasedTargetSource) {
			return null;
		}
		try {
			return source.getTarget();
		}
		catch (Exception ex) {
			return null;
		}
	}

}
