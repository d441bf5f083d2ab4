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

package io.lagwise.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes what changes among the nodes as application events.
 * <p>
 * A thread of its own tells the listeners, in the order of the changes, so that one that
 * asks Redis something cannot stop the monitor that it may be waiting for. What changes
 * before the application has started is told then, when its listeners are there.
 */
final class ReplicationEventPublisher implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(ReplicationEventPublisher.class);

	private static final int KEPT_UNTIL_THE_START = 100;

	private final ApplicationEventPublisher publisher;

	private final List<PayloadApplicationEvent<?>> early = new ArrayList<>();

	private @Nullable ThreadPoolExecutor executor;

	private boolean failureReported;

	ReplicationEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	/**
	 * Return a listener that publishes with the name of a connection factory as the
	 * source.
	 */
	ReplicationListener forFactory(String connectionFactory) {
		return (event) -> publish(new PayloadApplicationEvent<ReplicationEvent>(connectionFactory, event));
	}

	@Override
	public synchronized void start() {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> {
					Thread thread = new Thread(task, "lagwise-events");
					thread.setDaemon(true);
					return thread;
				});
		executor.allowCoreThreadTimeOut(true);
		this.executor = executor;
		this.early.forEach((event) -> executor.execute(() -> tell(event)));
		this.early.clear();
	}

	@Override
	public synchronized void stop() {
		if (this.executor != null) {
			this.executor.getQueue().clear();
			this.executor.shutdown();
			this.executor = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.executor != null;
	}

	private synchronized void publish(PayloadApplicationEvent<?> event) {
		if (this.executor != null) {
			this.executor.execute(() -> tell(event));
		}
		else if (this.early.size() < KEPT_UNTIL_THE_START) {
			this.early.add(event);
		}
	}

	private void tell(PayloadApplicationEvent<?> event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException ex) {
			if (!this.failureReported) {
				this.failureReported = true;
				logger.warn("A listener failed on " + event.getPayload()
						+ "; changes go on to be published, and further failures are not logged", ex);
			}
		}
	}

}
