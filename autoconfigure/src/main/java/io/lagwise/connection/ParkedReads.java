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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Reads that wait a moment for a replica to catch up. They share the barrier that makes
 * the replicas say how far they are.
 */
final class ParkedReads {

	private final Queue<ParkedRead> waiting = new ConcurrentLinkedQueue<>();

	private final ReplicationBarrier barrier;

	private final LongSupplier clock;

	ParkedReads(ReplicationBarrier barrier, LongSupplier clock) {
		this.barrier = barrier;
		this.clock = clock;
	}

	/**
	 * Let a read wait.
	 * @param maxWait for how long at most, in nanoseconds
	 * @param attempt sends the read to a replica if one has caught up, and tells whether
	 * nothing more is to be done
	 * @param giveUp goes on without a replica
	 * @return whether the read waits; if not, it would be in vain
	 */
	boolean park(long maxWait, BooleanSupplier attempt, Runnable giveUp) {
		long now = this.clock.getAsLong();
		Duration patience = Duration.ofNanos(maxWait);
		if (maxWait == 0 || !this.barrier.isPromising(patience, now)) {
			return false;
		}
		this.waiting.add(new ParkedRead(now + maxWait, attempt, giveUp));
		this.barrier.request(patience, this::barrierEnded);
		return true;
	}

	/**
	 * Let those go on whose replica has caught up, and those whose time is up. Called at
	 * short intervals, and when there is news of a replica.
	 */
	void sweep() {
		long now = this.clock.getAsLong();
		for (int i = this.waiting.size(); i > 0; i--) {
			ParkedRead read = this.waiting.poll();
			if (read == null) {
				return;
			}
			if (read.attempt.getAsBoolean()) {
				continue;
			}
			if (now - read.deadline >= 0) {
				read.giveUp.run();
			}
			else {
				this.waiting.add(read);
			}
		}
	}

	private void barrierEnded() {
		sweep();
		ParkedRead next = this.waiting.peek();
		if (next != null) {
			this.barrier.request(Duration.ofNanos(Math.max(next.deadline - this.clock.getAsLong(), 1)),
					this::barrierEnded);
		}
	}

	private record ParkedRead(long deadline, BooleanSupplier attempt, Runnable giveUp) {

	}

}
