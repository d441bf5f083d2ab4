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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets no mistake of a listener hurt a read: what it throws is logged once.
 */
final class GuardedReadListener implements ReadListener {

	private static final Log logger = LogFactory.getLog(GuardedReadListener.class);

	private final ReadListener delegate;

	private final AtomicBoolean reported = new AtomicBoolean();

	private GuardedReadListener(ReadListener delegate) {
		this.delegate = delegate;
	}

	/**
	 * Guard a listener unless it is guarded already.
	 */
	static ReadListener of(ReadListener listener) {
		boolean guarded = listener instanceof GuardedReadListener || listener instanceof CompositeReadListener;
		return guarded ? listener : new GuardedReadListener(listener);
	}

	@Override
	public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
		try {
			this.delegate.readEnded(role, requirement, reason, outcome);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void attemptAnswered(NodeRole role, long nanos) {
		try {
			this.delegate.attemptAnswered(role, nanos);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
		try {
			this.delegate.attemptFailed(replica, reason, elapsed);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		try {
			this.delegate.fellBack(reason, permitted);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	private void report(RuntimeException cause) {
		if (this.reported.compareAndSet(false, true)) {
			logger.warn("Read listener " + this.delegate.getClass().getName()
					+ " failed; the reads go on, and further failures are not logged", cause);
		}
	}

}
