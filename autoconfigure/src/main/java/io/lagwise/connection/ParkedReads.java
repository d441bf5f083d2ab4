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

	/**
	 * One for all: a barrier tells it once.
	 */
	private final Runnable onBarrierEnd = this::barrierEnded;

	private final LongSupplier clock;

	ParkedReads(ReplicationBarrier barrier, LongSupplier clock) {
		this.barrier = barrier;
		this.clock = clock;
	}

	/**
	 * Let a read wait.
	 * @param demand what has to be proven, and for how long to wait for that
	 * @param attempt sends the read to a replica if one has caught up, and tells whether
	 * nothing more is to be done
	 * @param giveUp goes on without a replica
	 * @return whether the read waits; if not, it would be in vain
	 */
	boolean park(ReadDemand demand, BooleanSupplier attempt, Runnable giveUp) {
		long now = this.clock.getAsLong();
		Duration patience = Duration.ofNanos(demand.maxWait());
		if (patience.isZero() || !this.barrier.isPromising(patience, now)) {
			return false;
		}
		this.waiting.add(new ParkedRead(now + demand.maxWait(), attempt, giveUp));
		this.barrier.request(demand.floor(now), patience, this.onBarrierEnd);
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
			long now = this.clock.getAsLong();
			this.barrier.request(now, Duration.ofNanos(Math.max(next.deadline - now, 1)), this.onBarrierEnd);
		}
	}

	private record ParkedRead(long deadline, BooleanSupplier attempt, Runnable giveUp) {

	}

}
