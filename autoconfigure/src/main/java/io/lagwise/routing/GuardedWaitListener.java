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

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Lets no mistake of a listener hurt those who wait: what it throws is logged once.
 */
final class GuardedWaitListener implements WaitListener {

	private static final Log logger = LogFactory.getLog(GuardedWaitListener.class);

	private final WaitListener delegate;

	private final AtomicBoolean reported = new AtomicBoolean();

	GuardedWaitListener(WaitListener delegate) {
		this.delegate = delegate;
	}

	@Override
	public void writesConfirmed(int required, int confirmed, long nanos) {
		tell(() -> this.delegate.writesConfirmed(required, confirmed, nanos));
	}

	@Override
	public void barrierEnded(int asked, int confirmed, long nanos) {
		tell(() -> this.delegate.barrierEnded(asked, confirmed, nanos));
	}

	private void tell(Runnable event) {
		try {
			event.run();
		}
		catch (RuntimeException ex) {
			if (this.reported.compareAndSet(false, true)) {
				logger.warn("Wait listener " + this.delegate.getClass().getName()
						+ " failed; reads and writes go on, and further failures are not logged", ex);
			}
		}
	}

}
