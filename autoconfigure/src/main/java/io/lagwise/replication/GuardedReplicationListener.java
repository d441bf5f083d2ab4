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

package io.lagwise.replication;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Lets no mistake of a listener hurt the monitor: what it throws is logged once.
 */
final class GuardedReplicationListener implements ReplicationListener {

	private static final Log logger = LogFactory.getLog(GuardedReplicationListener.class);

	private final ReplicationListener delegate;

	private final AtomicBoolean reported = new AtomicBoolean();

	GuardedReplicationListener(ReplicationListener delegate) {
		this.delegate = delegate;
	}

	@Override
	public void onEvent(ReplicationEvent event) {
		try {
			this.delegate.onEvent(event);
		}
		catch (RuntimeException ex) {
			if (this.reported.compareAndSet(false, true)) {
				logger.warn("Replication listener " + this.delegate.getClass().getName() + " failed on "
						+ event.getClass().getSimpleName() + "; further failures are not logged", ex);
			}
		}
	}

}
