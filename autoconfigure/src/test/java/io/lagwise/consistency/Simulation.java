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

package io.lagwise.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;

import io.lagwise.consistency.FreshnessSimulationTests.Mistake;
import io.lagwise.consistency.FreshnessSimulationTests.Tally;

/**
 * One primary, one replica and one client with a watermark, in random order of events. A
 * server is the list of the writes that it holds and the name of its history; an offset
 * is the length of that list. After each event everything acknowledged before the proven
 * instant, as far as it has survived, must be in the list of the replica.
 */
final class Simulation {

	private static final long END = 3_000;

	private static final int POLL_INTERVAL = 20;

	/**
	 * How many writes the check goes back: more than a restart or a failover loses.
	 */
	private static final int RECENT = 50;

	private final Random random;

	private final Mistake mistake;

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final FreshnessWatermark watermark = new FreshnessWatermark(0);

	private final List<Acknowledged> acknowledged = new ArrayList<>();

	private Server primary = new Server("1", new ArrayList<>());

	private Server replica = new Server("1", new ArrayList<>());

	/**
	 * What feeds the replica: the primary, or one that has been deposed.
	 */
	private Server upstream = this.primary;

	private boolean linkUp = true;

	private boolean connected = true;

	private int histories = 1;

	private int writes;

	private int strayWrites;

	private long now;

	private long sequence;

	private long checks;

	private long violations;

	Simulation(long seed, Mistake mistake) {
		this.random = new Random(seed);
		this.mistake = mistake;
	}

	Tally run() {
		every(5, this::write);
		every(POLL_INTERVAL, this::pollPrimary);
		every(POLL_INTERVAL, this::pollReplica);
		every(8, this::replicate);
		every(400, () -> this.linkUp = false);
		every(150, () -> this.linkUp = true);
		every(700, this::restartReplica);
		every(900, this::failOver);
		every(500, this::rejoin);
		for (Event event = this.events.poll(); event != null && event.at() < END; event = this.events.poll()) {
			this.now = event.at();
			event.action().run();
			check();
		}
		return new Tally(this.checks, this.violations);
	}

	private void write() {
		Server target = this.primary;
		after(delay(), () -> {
			int write = ++this.writes;
			target.log().add(write);
			after(delay(), () -> this.acknowledged.add(new Acknowledged(write, this.now)));
		});
		// a deposed primary goes on for others
		if (this.upstream != this.primary) {
			this.upstream.log().add(--this.strayWrites);
			this.upstream.log().add(--this.strayWrites);
		}
	}

	private void replicate() {
		if (!this.linkUp) {
			return;
		}
		List<Integer> source = this.upstream.log();
		List<Integer> target = this.replica.log();
		this.replica = new Server(this.upstream.id(),
				this.replica.isWithin(this.upstream) ? target : new ArrayList<>(source));
		int end = Math.min(target.size() + this.random.nextInt(8), source.size());
		if (end > target.size()) {
			target.addAll(source.subList(target.size(), end));
		}
	}

	private void pollPrimary() {
		Server target = this.primary;
		long sentAt = this.now;
		after(delay(), () -> {
			String id = target.id();
			int offset = target.log().size();
			after(delay(), () -> {
				if (target == this.primary) {
					this.watermark.primaryAnswered(instant(sentAt), name(id), offset);
				}
			});
		});
	}

	private void pollReplica() {
		long sentAt = this.now;
		if (!this.connected) {
			return;
		}
		after(delay(), () -> {
			Server answering = this.replica;
			int offset = answering.log().size();
			boolean linkUp = this.linkUp;
			after(delay(), () -> this.watermark.replicaAnswered(instant(sentAt), name(answering.id()), offset, linkUp));
		});
	}

	/**
	 * The replica comes back with what was on its disk. Until the client notices, its
	 * reads fail with the connection that they are on.
	 */
	private void restartReplica() {
		if (!this.connected) {
			return;
		}
		this.connected = false;
		this.linkUp = false;
		List<Integer> log = this.replica.log();
		this.replica = new Server(this.replica.id(),
				new ArrayList<>(log.subList(0, log.size() - Math.min(log.size(), this.random.nextInt(30)))));
		after(1 + this.random.nextInt(5), this::noticeRestart);
	}

	private void noticeRestart() {
		this.connected = true;
		if (this.mistake != Mistake.NEVER_VOID) {
			this.watermark.invalidate((this.mistake != Mistake.LATE_ANSWERS_COUNT) ? this.now : this.now - 100);
		}
	}

	/**
	 * A node that has some of the writes takes over; the replica stays with the old one
	 * for the time being.
	 */
	private void failOver() {
		List<Integer> log = this.primary.log();
		int lost = Math.min(log.size(), this.random.nextInt(4));
		this.primary = new Server(Integer.toString(++this.histories),
				new ArrayList<>(log.subList(0, log.size() - lost)));
		if (this.mistake != Mistake.NEVER_VOID) {
			this.watermark.invalidate(this.now);
		}
	}

	private void rejoin() {
		this.upstream = this.primary;
	}

	private void check() {
		long freshAsOf = this.watermark.freshAsOf();
		if (freshAsOf == FreshnessWatermark.UNPROVEN || !this.connected) {
			return;
		}
		this.checks++;
		int oldest = Math.max(this.acknowledged.size() - RECENT, 0);
		for (Acknowledged write : this.acknowledged.subList(oldest, this.acknowledged.size())) {
			if (write.at() < freshAsOf && this.primary.holds(write.write()) && !this.replica.holds(write.write())) {
				this.violations++;
				return;
			}
		}
	}

	private long instant(long sentAt) {
		return (this.mistake == Mistake.TIME_OF_RECEIPT) ? this.now : sentAt;
	}

	private String name(String id) {
		return (this.mistake == Mistake.OFFSET_WITHOUT_ID) ? "any" : id;
	}

	/**
	 * Mostly short, now and then as long as a pause.
	 */
	private long delay() {
		return (this.random.nextInt(20) == 0) ? 1 + this.random.nextInt(80) : 1 + this.random.nextInt(6);
	}

	private void every(int interval, Runnable action) {
		after(1 + this.random.nextInt(2 * interval), () -> {
			action.run();
			every(interval, action);
		});
	}

	private void after(long delay, Runnable action) {
		this.events.add(new Event(this.now + delay, this.sequence++, action));
	}

	private record Server(String id, List<Integer> log) {

		/**
		 * Writes are unique, so the last one tells.
		 */
		boolean isWithin(Server other) {
			int last = this.log.size() - 1;
			return last < 0 || (last < other.log.size() && Objects.equals(this.log.get(last), other.log.get(last)));
		}

		/**
		 * Search from the end: what is asked for is recent.
		 */
		boolean holds(int write) {
			return this.log.lastIndexOf(write) >= 0;
		}

	}

	private record Acknowledged(int write, long at) {

	}

	private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			return (this.at != other.at) ? Long.compare(this.at, other.at)
					: Long.compare(this.sequence, other.sequence);
		}

	}

}
