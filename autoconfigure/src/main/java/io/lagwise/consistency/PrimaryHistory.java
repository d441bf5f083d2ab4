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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.WriteFate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how far the primary in charge was and when, and says what has become of
 * writes once another history takes the place of the one that they were part of.
 * <p>
 * Two facts carry all that is said. A poll that was <em>sent</em> at some instant finds
 * at least the offset of every write acknowledged before it; so if it found no more than
 * the new history shares with the old one, all of those are kept. And a write that was
 * sent after the <em>answer</em> to a poll had arrived ends behind the offset that it
 * found; so if that is the end of what is shared or lies beyond, and the old history was
 * still being written when the write was acknowledged, it is lost. What lies between the
 * two is possibly lost.
 * <p>
 * Where a history comes from cannot be told after two failovers between two polls, or
 * when a primary was restarted from a file that does not say. Then everything is possibly
 * lost.
 * <p>
 * Only polls of the node in charge count, and only those that were sent since it was put
 * in charge. What is acknowledged before the first of them is not spoken of, nor is what
 * a former primary acknowledges after the first one of its successor was answered: the
 * connections to it are to be closed before that. Can be used by any number of threads.
 */
public final class PrimaryHistory {

	private static final int REMEMBERED = 64;

	private static final long NEVER = FreshnessWatermark.UNPROVEN;

	private final AcknowledgedWrites writes;

	private final Lineage lineage;

	private final LongSupplier clock;

	private final SampleLog samples = new SampleLog();

	private final Deque<Reading> readings = new ArrayDeque<>(4);

	private final Deque<Break> breaks = new ArrayDeque<>();

	private @Nullable String replicationId;

	private int connection;

	private long offset;

	private long sentAt;

	private long countsAfter = NEVER;

	private long certainSentAt = NEVER;

	private volatile int successions;

	/**
	 * Create a history of which nothing is known.
	 * @param writes counts the writes of this application
	 * @param lineage is told of the origin of each history
	 * @param clock the monotonic clock
	 */
	public PrimaryHistory(AcknowledgedWrites writes, Lineage lineage, LongSupplier clock) {
		this.writes = writes;
		this.lineage = lineage;
		this.clock = clock;
	}

	/**
	 * Note that the primary in charge has answered a poll.
	 * @param sentAt when the poll was sent, taken before sending it
	 * @param answeredAt when the answer had arrived
	 * @param connection the number of the connection on which it was asked: polls with
	 * the same number were answered by the same process
	 * @param status what the primary says; ignored unless it says that it is a primary
	 * @return what has become of the writes until then if they were part of another
	 * history; {@code null} if it is the same one
	 */
	public synchronized @Nullable Succession sampled(long sentAt, long answeredAt, int connection,
			ReplicationStatus status) {
		if (status.role() != NodeRole.PRIMARY || (this.countsAfter != NEVER && sentAt - this.countsAfter <= 0)) {
			return null;
		}
		this.countsAfter = sentAt;
		this.lineage.learn(status);
		Succession succession = continues(connection, status) ? null : succeed(answeredAt, status);
		if (!status.replicationId().equals(this.replicationId) || succession != null) {
			this.samples.clear();
			this.certainSentAt = NEVER;
		}
		this.replicationId = status.replicationId();
		this.connection = connection;
		this.offset = status.offset();
		this.sentAt = sentAt;
		Reading reading = readingBefore(sentAt);
		this.samples.add(sentAt, answeredAt, status.offset(), reading.acknowledged());
		this.certainSentAt = reading.certainSentAt();
		read();
		return succession;
	}

	/**
	 * Note that another node has been put in charge. To be called before it is written
	 * to: what it has answered to polls that were sent until then may be what it held as
	 * a deposed primary.
	 * @param now the time; polls that were sent until then do not count
	 */
	public synchronized void handedOver(long now) {
		if (this.countsAfter == NEVER || now - this.countsAfter > 0) {
			this.countsAfter = now;
		}
	}

	/**
	 * Return how often another history has taken the place of that of the primary.
	 * @return the number, which only grows
	 */
	public int successions() {
		return this.successions;
	}

	/**
	 * Return what has become of a state that somebody has seen.
	 * @param sinceSuccession how many successions there had been when the first of it was
	 * asked for; not when the answer came, which may be that of a deposed primary
	 * @param seenAt when the last of it was read or acknowledged
	 * @return {@link WriteFate#KEPT} or {@link WriteFate#POSSIBLY_LOST}
	 */
	public WriteFate fateOf(int sinceSuccession, long seenAt) {
		return fateOf(sinceSuccession, seenAt, NEVER, NEVER);
	}

	/**
	 * Return whether it is known of every history that has begun since then where it has
	 * come from.
	 * @param sinceSuccession how many successions there had been
	 * @return whether the origin of all is known
	 */
	public synchronized boolean isOriginKnown(int sinceSuccession) {
		int since = this.successions - sinceSuccession;
		return since <= this.breaks.size()
				&& this.breaks.stream().skip(this.breaks.size() - since).allMatch(Break::related);
	}

	/**
	 * Return what has become of a state that somebody has seen, and of the last write
	 * that is part of it.
	 * @param sinceSuccession how many successions there had been when the first of it was
	 * asked for
	 * @param seenAt when the last of it was read or acknowledged
	 * @param writtenAt when a write was sent that has certainly changed something, or
	 * {@link FreshnessWatermark#UNPROVEN}
	 * @param acknowledgedAt when that write was acknowledged
	 * @return the worst that has happened to it
	 */
	public WriteFate fateOf(int sinceSuccession, long seenAt, long writtenAt, long acknowledgedAt) {
		if (sinceSuccession == this.successions) {
			return WriteFate.KEPT;
		}
		synchronized (this) {
			int since = this.successions - sinceSuccession;
			WriteFate worst = (since > this.breaks.size()) ? WriteFate.POSSIBLY_LOST : WriteFate.KEPT;
			int skipped = this.breaks.size() - since;
			for (Break one : this.breaks) {
				if (skipped-- <= 0) {
					worst = worse(worst, one.fateOf(seenAt, writtenAt, acknowledgedAt));
				}
			}
			return worst;
		}
	}

	/**
	 * Return a position in the history of the primary that covers everything that was
	 * acknowledged, or read from any node, until an instant.
	 * @param instant the instant
	 * @return the position, or {@code null} while no poll that was sent since then has
	 * been answered
	 */
	public synchronized @Nullable HistoryPosition covering(long instant) {
		int place = this.samples.firstSentSince(instant);
		if (this.replicationId == null || place == this.samples.size()) {
			return null;
		}
		return new HistoryPosition(this.replicationId, this.samples.offset(place));
	}

	/**
	 * A process that names its history anew and claims no former one still has the same
	 * data: so it does when the first replica attaches, or the last one has been gone for
	 * long.
	 */
	private boolean continues(int connection, ReplicationStatus status) {
		if (this.replicationId == null) {
			return true;
		}
		if (status.replicationId().equals(this.replicationId)) {
			return status.offset() >= this.offset;
		}
		return connection == this.connection && status.formerReplicationId() == null;
	}

	private Succession succeed(long answeredAt, ReplicationStatus status) {
		String former = this.replicationId;
		long shared = (former != null && !former.equals(status.replicationId())) ? this.lineage.shared(status, former)
				: -1;
		Break end = (shared >= 0) ? breakAt(shared) : new Break(NEVER, NEVER, NEVER, false);
		Succession succession = assess(shared, end, answeredAt);
		this.breaks.add(end);
		if (this.breaks.size() > REMEMBERED) {
			this.breaks.remove();
		}
		this.successions++;
		return succession;
	}

	private Break breakAt(long shared) {
		int kept = this.samples.lastUpTo(shared);
		int beyond = this.samples.firstAtLeast(shared);
		return new Break((kept >= 0) ? this.samples.sentAt(kept) : NEVER,
				(beyond < this.samples.size()) ? this.samples.answeredAt(beyond) : NEVER, this.sentAt, true);
	}

	private Succession assess(long shared, Break end, long answeredAt) {
		long count = this.writes.count();
		int kept = (shared >= 0) ? this.samples.lastUpTo(shared) : -1;
		long atRisk = count - ((kept >= 0) ? this.samples.acknowledged(kept) : 0);
		if (atRisk == 0) {
			return new Succession(WriteFate.KEPT, end.keptAsOf(), answeredAt, 0,
					(count == 0) ? "nothing had been written"
							: "the last write was acknowledged before the histories parted at offset " + shared);
		}
		if (end.hasLost(this.certainSentAt)) {
			return new Succession(WriteFate.LOST, end.keptAsOf(), answeredAt, atRisk,
					"the former primary went on writing after the histories had parted at offset " + shared);
		}
		return new Succession(WriteFate.POSSIBLY_LOST, end.keptAsOf(), answeredAt, atRisk,
				(shared < 0) ? "the new history does not say where it comes from"
						: "writes may have been acknowledged after the histories had parted at offset " + shared);
	}

	/**
	 * What was read from the counters at or before an instant.
	 */
	private Reading readingBefore(long instant) {
		Reading found = Reading.NOTHING;
		for (Reading reading : this.readings) {
			if (reading.doneAt() - instant <= 0) {
				found = reading;
			}
		}
		return found;
	}

	private void read() {
		if (this.readings.size() == 4) {
			this.readings.remove();
		}
		long acknowledged = this.writes.count();
		long certainSentAt = this.writes.lastCertainSentAt();
		this.readings.add(new Reading(this.clock.getAsLong(), acknowledged, certainSentAt));
	}

	private static WriteFate worse(WriteFate one, WriteFate other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	/**
	 * The end of a history.
	 *
	 * @param keptAsOf what was seen before is kept
	 * @param partedAt what was written later is behind the point where the histories part
	 * @param writtenUntil when the history was still being written
	 * @param related whether the next history is known to have come from it
	 */
	private record Break(long keptAsOf, long partedAt, long writtenUntil, boolean related) {

		WriteFate fateOf(long seenAt, long writtenAt, long acknowledgedAt) {
			if (seenAt == NEVER || (this.keptAsOf != NEVER && seenAt - this.keptAsOf <= 0)) {
				return WriteFate.KEPT;
			}
			boolean lost = hasLost(writtenAt) && acknowledgedAt - this.writtenUntil <= 0;
			return lost ? WriteFate.LOST : WriteFate.POSSIBLY_LOST;
		}

		boolean hasLost(long writtenAt) {
			return writtenAt != NEVER && this.partedAt != NEVER && writtenAt - this.partedAt > 0;
		}

	}

	private record Reading(long doneAt, long acknowledged, long certainSentAt) {

		static final Reading NOTHING = new Reading(0, 0, NEVER);

	}

}
