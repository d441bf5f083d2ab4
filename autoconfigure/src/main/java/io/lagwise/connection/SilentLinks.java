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

package io.lagwise.connection;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Closes connections to the primary that owe answers and have fallen silent, though the
 * primary answers elsewhere: a firewall may have forgotten them, or a cable was pulled.
 * They are opened again, and what they owe is treated as after any loss.
 * <p>
 * That a server answers others is not proof enough: it can hold back writes only
 * ({@code CLIENT PAUSE}, {@code FAILOVER}). So a new connection is opened and has to get
 * an answer to a {@code PUBLISH}, which counts as a write. And the silent one must have
 * been silent still when its thread has had time to look.
 */
final class SilentLinks {

	private static final Log logger = LogFactory.getLog(SilentLinks.class);

	private static final Duration TIME_TO_LOOK = Duration.ofMillis(50);

	/**
	 * How long to wait after the primary was asked.
	 */
	private static final long PAUSE = Duration.ofSeconds(1).toNanos();

	private final Supplier<? extends Collection<Channel>> channels;

	private final Supplier<? extends CompletableFuture<?>> proof;

	/**
	 * What is overdue, with the time at which it was heard of last.
	 */
	private final Map<Channel, Long> suspects = new ConcurrentHashMap<>();

	private final AtomicBoolean asking = new AtomicBoolean();

	private final LongSupplier clock;

	private long askedAt;

	/**
	 * Create an observer.
	 * @param channels gives the connections that are open
	 * @param proof asks the node in charge over a new connection, and completes
	 * exceptionally if it is not certain that it takes writes
	 * @param clock the monotonic clock
	 */
	SilentLinks(Supplier<? extends Collection<Channel>> channels, Supplier<? extends CompletableFuture<?>> proof,
			LongSupplier clock) {
		this.channels = channels;
		this.proof = proof;
		this.clock = clock;
		this.askedAt = clock.getAsLong() - PAUSE;
	}

	/**
	 * Look at every connection. Called at intervals, by a thread that must not wait.
	 */
	void look() {
		for (Channel channel : this.channels.get()) {
			LinkActivity activity = channel.pipeline().get(LinkActivity.class);
			if (activity != null) {
				channel.eventLoop().execute(() -> look(channel, activity));
			}
		}
		this.suspects.keySet().removeIf((channel) -> !channel.isActive());
		long now = this.clock.getAsLong();
		if (!this.suspects.isEmpty() && now - this.askedAt >= PAUSE && this.asking.compareAndSet(false, true)) {
			this.askedAt = now;
			Map<Channel, Long> suspects = Map.copyOf(this.suspects);
			this.proof.get().whenComplete((answer, failure) -> {
				this.asking.set(false);
				if (failure == null) {
					suspects.forEach(this::convict);
				}
			});
		}
	}

	private void look(Channel channel, LinkActivity activity) {
		if (channel.isActive() && activity.isOverdue(channel, this.clock.getAsLong())) {
			this.suspects.put(channel, activity.heardAt());
		}
		else {
			this.suspects.remove(channel);
		}
	}

	private void convict(Channel channel, long heardAt) {
		LinkActivity activity = channel.pipeline().get(LinkActivity.class);
		if (activity != null) {
			// the answers may be waiting in the socket
			channel.eventLoop()
				.schedule(() -> channel.eventLoop()
					.schedule(() -> close(channel, activity, heardAt), TIME_TO_LOOK.toMillis(), TimeUnit.MILLISECONDS),
						TIME_TO_LOOK.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void close(Channel channel, LinkActivity activity, long heardAt) {
		long now = this.clock.getAsLong();
		if (channel.isActive() && activity.heardAt() == heardAt && activity.isOverdue(channel, now)) {
			logger.warn("A connection to the primary at " + channel.remoteAddress() + " has owed an answer and been "
					+ "silent for " + activity.overdueFor(now).toMillis() + " ms, while a new one is answered: it is "
					+ "replaced. What it may have written fails with a WriteOutcomeUnknownException, reads are "
					+ "sent again");
			channel.close();
		}
	}

}
