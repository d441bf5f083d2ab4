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
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets no mistake of a load balancer fail a read: where it gives no usable answer, the
 * first replica is taken, and the log says so once.
 */
final class GuardedLoadBalancer implements LoadBalancer {

	private static final Log logger = LogFactory.getLog(GuardedLoadBalancer.class);

	private final LoadBalancer delegate;

	private final AtomicBoolean reported = new AtomicBoolean();

	GuardedLoadBalancer(LoadBalancer delegate) {
		this.delegate = delegate;
	}

	@Override
	public int choose(List<? extends ReadCandidate> candidates) {
		try {
			int choice = this.delegate.choose(candidates);
			if (choice >= 0 && choice < candidates.size()) {
				return choice;
			}
			report("chose number " + choice + " of " + candidates.size() + " replicas", null);
		}
		catch (RuntimeException ex) {
			report("failed", ex);
		}
		return 0;
	}

	@Override
	public <C extends ReadCandidate> List<C> arrange(List<C> candidates) {
		return this.delegate.arrange(candidates);
	}

	private void report(String what, @Nullable RuntimeException cause) {
		if (this.reported.compareAndSet(false, true)) {
			logger.warn("Load balancer " + this.delegate.getClass().getName() + " " + what
					+ "; the first replica is taken whenever that happens", cause);
		}
	}

}
