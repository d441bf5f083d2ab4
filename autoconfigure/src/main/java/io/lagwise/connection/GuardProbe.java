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
import java.util.concurrent.atomic.AtomicLong;

import io.lagwise.routing.NodeGuard;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Tries a replica whose guard lets no reads through, with a PING on the connection that
 * the reads would take: users' reads do not pay for finding out. At most one is under
 * way.
 */
final class GuardProbe {

	private final NodeGuard guard;

	private final long timeout;

	/**
	 * When the probe that is under way was sent, or zero.
	 */
	private final AtomicLong sentAt = new AtomicLong();

	GuardProbe(NodeGuard guard, Duration timeout) {
		this.guard = guard;
		this.timeout = timeout.toNanos();
	}

	/**
	 * Send a probe if the guard wants one, and give up one that is not answered in time.
	 * Called at intervals by one thread.
	 */
	void probeIfWanted(long now, @Nullable StatefulRedisConnection<byte[], byte[]> connection) {
		long sentAt = this.sentAt.get();
		if (sentAt != 0) {
			if (now - sentAt > this.timeout) {
				end(sentAt, false, now);
			}
		}
		else if (connection != null && !this.guard.permitsReads() && this.guard.wantsProbe()) {
			this.sentAt.set(now);
			UntracedQuestion.ping()
				.send(connection)
				.whenComplete((pong, failure) -> end(now, failure == null || isAnswer(failure), System.nanoTime()));
		}
	}

	// a user without the right to PING is told so by a node that is well
	private static boolean isAnswer(Throwable failure) {
		Refusal refusal = Refusal.ofCommand(failure);
		return refusal != null && refusal.kind() == Refusal.Kind.COMMAND;
	}

	private void end(long sentAt, boolean answered, long now) {
		if (this.sentAt.compareAndSet(sentAt, 0)) {
			this.guard.probed(answered, Duration.ofNanos(now - sentAt));
		}
	}

}
