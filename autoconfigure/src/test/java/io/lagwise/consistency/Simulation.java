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

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.WriteFate;
import org.jspecify.annotations.Nullable;

/**
 * A random schedule of everything that can happen to three servers, to the messages
 * between them and an application, and to the application itself: writes of two
 * applications, replication, saving, crashes, restarts from nothing and from both kinds
 * of files, failovers, reconfiguration with and without disconnected clients, polls and
 * reads that are late or lost, barriers, and tokens. Whatever the decision core says is
 * compared with what the servers hold.
 * <p>
 * Excepted from what a read must hold is what the primary has lost: of that it is checked
 * that nobody is told that it is kept. One instance runs any number of schedules, one
 * after the other.
 */
final class Simulation {

	private static final int STEPS = 200;

	private static final int KEYS = 3;

	private static final int NODES = SimulatedServers.COUNT;

	private static final int WRITES = 5;

	private static final int READS = 4;

	private static final int TOKENS = 4;

	private static final int FAILOVERS = 3;

	private static final long NONE = FreshnessWatermark.UNPROVEN;

	private static final Action[] COMMON = Action.table(1);

	private static final Action[] WITH_MORE_FAILOVERS = Action.table(6);

	private static final Action[] WITHOUT_WRITES = Action.tableWithoutWrites(0);

	/**
	 * What happens when the primary has died.
	 */
	private static final Action[] WITHOUT_PRIMARY = Action.tableWithoutWrites(1);

	private static final int STEPS_WITHOUT_WRITES = 40;

	private final Mistake mistake;

	private final Tally tally;

	private final SimulatedServers servers = new SimulatedServers();

	private final FreshnessWatermark[] watermarks = new FreshnessWatermark[NODES];

	private final Write[] writes = new Write[WRITES];

	private final Read[] reads = new Read[READS];

	private final Poll[] polls = new Poll[NODES];

	private final Token[] tokens = new Token[TOKENS];

	private final Barrier barrier = new Barrier();

	private final Session session = new Session();

	private final Session[] application = new Session[KEYS];

	private final int[] readGenerations = new int[NODES];

	private final int[] readConnections = new int[NODES];

	/**
	 * What is proven of a replica may be wrong from when it has gone elsewhere unnoticed
	 * until it is asked again.
	 */
	private final int[] knownMoves = new int[NODES];

	/**
	 * What this application was told to be written.
	 */
	private final Write[] acknowledged = new Write[128];

	private PeerProofs peers = new PeerProofs(true);

	private SessionHistory sessionHistory = SessionHistory.ofSession(0);

	private SessionHistory applicationHistory = SessionHistory.ofApplication(0, KEYS + 1);

	private AcknowledgedWrites counter = new AcknowledgedWrites();

	private Lineage lineage = new Lineage();

	private PrimaryHistory history = new PrimaryHistory(this.counter, this.lineage, () -> this.now);

	private int acknowledgedCount;

	private int failovers;

	/**
	 * The primary as far as the application knows.
	 */
	private int charge;

	private int sampledId;

	private long sampledAt;

	private int connections;

	private long invalidatedAt;

	/**
	 * Whether nothing is written any more, and nothing read from the primary.
	 */
	private boolean withoutWrites;

	/**
	 * Whether the primary has died, and the application hardly learns of the next one.
	 */
	private boolean withoutPrimary;

	private long now;

	private long random;

	Simulation(Mistake mistake, Tally tally) {
		this.mistake = mistake;
		this.tally = tally;
		Arrays.setAll(this.writes, (i) -> new Write());
		Arrays.setAll(this.reads, (i) -> new Read());
		Arrays.setAll(this.polls, (i) -> new Poll());
		Arrays.setAll(this.tokens, (i) -> new Token());
		Arrays.setAll(this.application, (i) -> new Session());
		Arrays.setAll(this.acknowledged, (i) -> new Write());
	}

	void run(long seed) {
		reset(seed);
		Action[] actions = (seed % 4 != 0) ? COMMON : WITH_MORE_FAILOVERS;
		int last = (seed % 4 == 1) ? STEPS_WITHOUT_WRITES + below(STEPS / 4) : 2 * STEPS;
		for (int i = 0; i < STEPS; i++) {
			if (i >= last - STEPS_WITHOUT_WRITES) {
				actions = losePrimary(last - i);
			}
			this.now += 1 + (next() & 0xFFFFF);
			Action action = actions[below(actions.length)];
			perform(action);
			if (action.canMakeProofsWrong) {
				checkWatermarks();
			}
		}
		this.tally.addSchedule();
	}

	/**
	 * Die after some time without writes; a replica may be restarted from an older file
	 * after that.
	 */
	private Action[] losePrimary(int steps) {
		this.withoutWrites = true;
		if (steps == STEPS_WITHOUT_WRITES / 2) {
			this.servers.save(1);
			this.servers.save(2);
		}
		else if (steps == 0) {
			this.servers.crash(this.charge);
			this.withoutPrimary = true;
			this.failovers = FAILOVERS - 1 - below(2);
		}
		else if (steps == -10 && isChance(1, 3)) {
			int node = 1 + below(2);
			this.servers.crash(node);
			this.servers.restartFromFile(node);
		}
		return this.withoutPrimary ? WITHOUT_PRIMARY : WITHOUT_WRITES;
	}

	private void reset(long seed) {
		this.random = seed * 0x9E3779B97F4A7C15L + 0x1234567;
		for (int i = 0; i < 4; i++) {
			next();
		}
		this.now = next() >> 8;
		this.servers.reset();
		for (int node = 0; node < NODES; node++) {
			this.watermarks[node] = new FreshnessWatermark(this.now);
			this.polls[node].reset();
			this.readGenerations[node] = 1;
			this.readConnections[node] = node + 1;
			this.knownMoves[node] = this.servers.moves(node);
			this.application[node].reset();
		}
		for (Write write : this.writes) {
			write.state = State.IDLE;
		}
		for (Read read : this.reads) {
			read.state = State.IDLE;
		}
		for (Token token : this.tokens) {
			token.history = 0;
		}
		this.barrier.state = State.IDLE;
		this.session.reset();
		this.peers = new PeerProofs(true);
		for (int node = 0; node < NODES; node++) {
			this.peers.opened(this.readConnections[node], this.servers.process(node));
		}
		this.sessionHistory = SessionHistory.ofSession(this.now, this.peers);
		this.applicationHistory = SessionHistory.ofApplication(this.now, KEYS + 1, this.peers);
		this.counter = new AcknowledgedWrites();
		this.lineage = new Lineage();
		this.history = new PrimaryHistory(this.counter, this.lineage, () -> this.now);
		this.acknowledgedCount = 0;
		this.withoutWrites = false;
		this.withoutPrimary = false;
		this.failovers = 0;
		this.charge = 0;
		this.sampledId = 0;
		this.connections = NODES + 1;
		this.invalidatedAt = this.now++;
		lookAtAll();
	}

	/**
	 * Nothing is written before all have first answered.
	 */
	private void lookAtAll() {
		for (int node = 0; node < NODES; node++) {
			Poll poll = this.polls[node];
			poll.sentAt = this.now;
			poll.generation = this.servers.generation(node);
			poll.connection = ++this.connections;
			look(poll, node);
			learn(poll, node);
		}
	}

	private void perform(Action action) {
		switch (action) {
			case WRITE -> sendWrite();
			case EXECUTE_WRITE -> execute(this.writes[below(WRITES)]);
			case END_WRITE -> end(this.writes[below(WRITES)]);
			case PING -> this.servers.execute(below(NODES), this.now);
			case REPLICATE -> this.servers.replicate(below(NODES), 1 + below(4));
			case CONNECT -> this.servers.connect(below(NODES));
			case DISCONNECT -> this.servers.disconnect(below(NODES));
			case SAVE -> this.servers.save(below(NODES));
			case CRASH -> this.servers.crash(below(NODES));
			case RESTART -> restart(below(NODES));
			case FAIL_OVER -> failOver(below(NODES));
			case RECONFIGURE -> this.servers.reconfigure(below(NODES), isChance(3, 4));
			case RENAME -> this.servers.rename(this.servers.official());
			case POLL -> ask(below(NODES));
			case EXECUTE_POLL -> execute(below(NODES));
			case END_POLL -> end(below(NODES));
			case READ -> sendRead();
			case EXECUTE_READ -> execute(this.reads[below(READS)]);
			case END_READ -> end(this.reads[below(READS)]);
			case RECONNECT -> reconnect(below(NODES));
			case LOSE_CLIENTS -> this.servers.disconnectClients(below(NODES));
			case BARRIER -> goOnWithBarrier();
			case TOKEN -> issue(below(TOKENS));
		}
	}

	private void restart(int node) {
		if (this.withoutPrimary && node == this.charge) {
			return;
		}
		switch (below(4)) {
			case 0 -> this.servers.restartEmpty(node);
			case 1 -> this.servers.restartFromCommands(node);
			default -> this.servers.restartFromFile(node);
		}
	}

	private void failOver(int node) {
		if (node != this.servers.official() && this.failovers < FAILOVERS) {
			this.failovers++;
			this.servers.promote(node, isChance(3, 4));
		}
	}

	private void reconnect(int node) {
		if (this.servers.isAlive(node) && this.readGenerations[node] != this.servers.generation(node)) {
			this.readGenerations[node] = this.servers.generation(node);
			if (this.mistake != Mistake.NEVER_VOID) {
				this.peers.closed(this.readConnections[node],
						(this.mistake == Mistake.LIMIT_BEFORE_THE_END) ? this.now - (1L << 26) : this.now);
				this.readConnections[node] = ++this.connections;
				this.peers.opened(this.readConnections[node], this.servers.process(node));
				this.watermarks[node].invalidate(invalidationTime());
			}
		}
	}

	private long invalidationTime() {
		this.invalidatedAt = this.now;
		return (this.mistake == Mistake.LATE_ANSWERS_COUNT) ? this.now - (1L << 26) : this.now;
	}

	private void sendWrite() {
		Write write = this.writes[below(WRITES)];
		if (write.state != State.IDLE) {
			return;
		}
		write.writer = Writer.VALUES[below(3)];
		write.key = below(KEYS);
		write.node = (write.writer != Writer.STRANGER) ? this.charge : below(NODES);
		write.generation = this.servers.generation(write.node);
		write.sentAt = this.now;
		write.since = this.history.successions();
		write.entry = 0;
		write.state = State.SENT;
		if (isChance(1, 2)) {
			execute(write);
		}
	}

	private void execute(Write write) {
		if (write.state != State.SENT) {
			return;
		}
		if (write.generation == this.servers.generation(write.node)) {
			write.entry = this.servers.execute(write.node, this.now);
		}
		write.state = State.EXECUTED;
		if (isChance(1, 2)) {
			this.now++;
			end(write);
		}
	}

	private void end(Write write) {
		if (write.state == State.EXECUTED) {
			end(write, write.entry != 0 && isChance(15, 16));
		}
	}

	private void end(Write write, boolean acknowledged) {
		write.state = State.IDLE;
		if (write.writer == Writer.STRANGER) {
			return;
		}
		write.endedAt = this.now;
		note(write);
		if (!acknowledged) {
			return;
		}
		if (this.mistake != Mistake.KEPT_BY_OFFSET_ALONE) {
			this.counter.acknowledged(write.sentAt, true);
		}
		if (this.mistake == Mistake.SUCCESSIONS_AT_THE_ANSWER) {
			write.since = this.history.successions();
		}
		if (this.acknowledgedCount < this.acknowledged.length) {
			this.acknowledged[this.acknowledgedCount++].copy(write);
		}
		this.application[write.key].wrote(write.entry, write.since, this.now);
		if (write.writer == Writer.SESSION) {
			this.session.wrote(write.entry, write.since, this.now);
		}
	}

	private void note(Write write) {
		long instant = (this.mistake == Mistake.FLOOR_AT_SENDING) ? write.sentAt : this.now;
		this.applicationHistory.wrote(write.key, instant);
		if (write.writer == Writer.SESSION) {
			this.sessionHistory.wrote(0, instant);
		}
	}

	private void ask(int node) {
		Poll poll = this.polls[node];
		if (poll.state != State.IDLE || !this.servers.isAlive(node)) {
			return;
		}
		if (poll.generation != this.servers.generation(node)) {
			poll.generation = this.servers.generation(node);
			poll.connection = ++this.connections;
		}
		poll.sentAt = this.now;
		poll.state = State.SENT;
		if (isChance(1, 2)) {
			execute(node);
		}
	}

	private void execute(int node) {
		Poll poll = this.polls[node];
		if (poll.state != State.SENT) {
			return;
		}
		if (!this.servers.isAlive(node) || poll.generation != this.servers.generation(node)) {
			poll.state = State.IDLE;
			return;
		}
		look(poll, node);
		if (isChance(1, 2)) {
			this.now += next() & 0xFFFF;
			end(node);
		}
	}

	private void look(Poll poll, int node) {
		poll.state = State.EXECUTED;
		poll.status = this.servers.status(node);
		poll.id = this.servers.id(node);
		poll.process = this.servers.process(node);
		poll.moves = this.servers.moves(node);
		poll.judged = 0;
		poll.held = 0;
		for (int i = 0; i < TOKENS; i++) {
			if (this.tokens[i].history != 0) {
				poll.judged |= 1 << i;
				poll.held |= this.servers.holds(node, this.tokens[i].entry) ? 1 << i : 0;
			}
		}
	}

	private void end(int node) {
		Poll poll = this.polls[node];
		if (poll.state != State.EXECUTED) {
			return;
		}
		if (isChance(1, 16)) {
			poll.state = State.IDLE;
		}
		else {
			learn(poll, node);
		}
	}

	private void learn(Poll poll, int node) {
		poll.state = State.IDLE;
		ReplicationStatus status = Objects.requireNonNull(poll.status);
		this.knownMoves[node] = poll.moves;
		this.peers.answered(poll.process, poll.sentAt, forPeers(status));
		boolean claims = status.role() == NodeRole.PRIMARY;
		if (node != this.charge && node == this.servers.official() && claims
				&& isChance(this.withoutPrimary ? 1 : 12, 16)) {
			follow(node);
			return;
		}
		long sentAt = (this.mistake == Mistake.TIME_OF_RECEIPT) ? this.now : poll.sentAt;
		if (node != this.charge) {
			learnFromReplica(status);
			this.watermarks[node].replicaAnswered(sentAt, name(status), status.offset(),
					status.link() == LinkStatus.UP);
		}
		else if (claims) {
			sample(poll, status, sentAt);
		}
		judge(poll, status, node == this.charge && claims);
	}

	private ReplicationStatus forPeers(ReplicationStatus status) {
		return (this.mistake != Mistake.PEERS_WITHOUT_OFFSET) ? status : new ReplicationStatus(status.role(),
				status.replicationId(), 1, status.link(), null, List.of(), status.formerReplicationId(), 1);
	}

	private void learnFromReplica(ReplicationStatus status) {
		if (this.mistake == Mistake.LINEAGE_FROM_REPLICAS) {
			this.lineage.learn(promoted(status));
		}
	}

	/**
	 * The connections to the former primary are closed; what is under way on them ends
	 * with an unknown outcome.
	 */
	private void follow(int node) {
		this.charge = node;
		this.sampledAt = this.now;
		this.history.handedOver(this.now);
		for (Read read : this.reads) {
			if (read.freshAsOf == NONE && read.node != node) {
				read.state = State.IDLE;
			}
		}
		for (Write write : this.writes) {
			if (write.state != State.IDLE && write.writer != Writer.STRANGER && write.node != node) {
				end(write, false);
			}
		}
		if (this.mistake != Mistake.NEVER_VOID) {
			for (FreshnessWatermark watermark : this.watermarks) {
				watermark.invalidate(invalidationTime());
			}
		}
	}

	private void sample(Poll poll, ReplicationStatus status, long sentAt) {
		if (this.sampledId != 0 && sentAt - this.sampledAt <= 0) {
			// sent before the node was put in charge
			return;
		}
		this.sampledAt = sentAt;
		int formerId = this.sampledId;
		int connection = (this.mistake == Mistake.ONE_CONNECTION_FOR_ALL_POLLS) ? 1 : poll.connection;
		@Nullable Succession succession = this.history
			.sampled((this.mistake == Mistake.HISTORY_AS_OF_RECEIPT) ? this.now : sentAt, this.now, connection, status);
		this.sampledId = poll.id;
		for (FreshnessWatermark watermark : this.watermarks) {
			watermark.primaryAnswered(sentAt, name(status), status.offset());
		}
		if (succession != null) {
			checkSuccession(succession, formerId);
		}
		else if (isChance(1, 4)) {
			checkFates(sentAt);
		}
	}

	private void checkFates(long until) {
		for (int i = 0; i < this.acknowledgedCount; i++) {
			Write write = this.acknowledged[i];
			if (write.endedAt - until > 0) {
				continue;
			}
			boolean kept = this.servers.isIn(this.sampledId, write.entry);
			WriteFate fate = this.history.fateOf(write.since, write.endedAt, write.sentAt, write.endedAt);
			if (fate == WriteFate.KEPT) {
				claim(Claim.KEPT, kept);
			}
			else if (fate == WriteFate.LOST && write.since == this.history.successions() - 1) {
				claim(Claim.LOST, !kept);
			}
		}
	}

	private void checkSuccession(Succession succession, int formerId) {
		checkFates(this.now);
		int missing = 0;
		for (int i = 0; i < this.acknowledgedCount; i++) {
			int entry = this.acknowledged[i].entry;
			if (this.servers.isIn(formerId, entry) && !this.servers.isIn(this.sampledId, entry)) {
				missing++;
			}
		}
		if (succession.fate() == WriteFate.KEPT) {
			claim(Claim.ALL_KEPT, missing == 0);
		}
		else if (succession.fate() == WriteFate.LOST) {
			claim(Claim.SOME_LOST, missing > 0);
		}
		claim(Claim.AT_RISK, missing <= succession.atRisk());
		checkKept(this.session);
		for (Session entry : this.application) {
			checkKept(entry);
		}
	}

	private void checkKept(Session session) {
		if (session.seenAt != NONE && this.history.fateOf(session.since, session.seenAt) == WriteFate.KEPT) {
			claim(Claim.KEPT, this.servers.isIn(this.sampledId, session.read)
					&& this.servers.isIn(this.sampledId, session.written));
		}
	}

	private void judge(Poll poll, ReplicationStatus status, boolean inCharge) {
		for (int i = 0; i < TOKENS; i++) {
			Token token = this.tokens[i];
			if ((poll.judged & (1 << i)) == 0) {
				continue;
			}
			boolean held = (poll.held & (1 << i)) != 0;
			HistoryPosition position = token.position();
			if (this.mistake == Mistake.POSITION_WITHOUT_ID) {
				position = new HistoryPosition(status.replicationId(), position.offset());
			}
			boolean fooled = this.mistake == Mistake.FORK_POINT_OF_A_REPLICA && !inCharge;
			PositionVerdict verdict = fooled ? this.lineage.judge(position, promoted(status), true)
					: this.lineage.judge(position, status, inCharge);
			if (verdict == PositionVerdict.SATISFIED) {
				claim(Claim.SATISFIED, held);
				if (inCharge) {
					claim(Claim.REBASED, isSame(this.lineage.rebase(position, status), poll.id, token));
				}
			}
			else if (verdict == PositionVerdict.LOST) {
				claim(Claim.POSITION_LOST, !held && !this.servers.isIn(poll.id, token.entry));
			}
		}
	}

	private boolean isSame(@Nullable HistoryPosition rebased, int history, Token token) {
		return rebased != null && rebased.replicationId().equals(SimulatedServers.name(history))
				&& this.servers.entryAt(history, (int) rebased.offset()) == token.entry;
	}

	private void issue(int number) {
		Token token = this.tokens[number];
		int node = below(NODES);
		if (isChance(1, 2)) {
			HistoryPosition position = this.history.covering(this.now - (next() & 0xFFFFFF));
			if (position != null) {
				token.set(this.sampledId, (int) position.offset(), this.servers);
			}
			checkCovering(this.now - (next() & 0xFFFFFF));
		}
		else if (this.servers.isPrimary(node)) {
			token.set(this.servers.id(node), this.servers.offset(node), this.servers);
		}
		for (Poll poll : this.polls) {
			// what it has found says nothing of a token that did not exist
			poll.judged &= ~(1 << number);
		}
	}

	private void checkCovering(long instant) {
		HistoryPosition position = this.history.covering(instant);
		if (position == null) {
			return;
		}
		for (int i = 0; i < this.acknowledgedCount; i++) {
			Write write = this.acknowledged[i];
			if (write.endedAt - instant <= 0 && this.servers.isIn(this.sampledId, write.entry)) {
				claim(Claim.COVERED, this.servers.offsetIn(this.sampledId, write.entry) <= position.offset());
			}
		}
	}

	private void sendRead() {
		Read read = this.reads[below(READS)];
		if (read.state != State.IDLE) {
			return;
		}
		int kind = below(3);
		read.key = (kind == 0) ? -1 : below(KEYS);
		read.bound = (kind == 2) ? 1L << (22 + below(4)) : 0;
		read.since = this.history.successions();
		read.freshAsOf = NONE;
		read.lacksSince = Long.MAX_VALUE;
		read.takeover = false;
		read.split = this.charge != this.servers.official();
		Session session = (kind == 0) ? this.session : this.application[read.key];
		if (kind != 2) {
			review(session);
			read.mustRead = session.read;
			read.mustWritten = session.written;
		}
		if (!isSentToReplica(read, below(NODES)) && kind != 2 && !this.withoutWrites) {
			read.node = this.charge;
			read.generation = this.servers.generation(this.charge);
			read.state = State.SENT;
		}
		if (isChance(1, 2)) {
			execute(read);
		}
	}

	private boolean isSentToReplica(Read read, int node) {
		if (node == this.charge) {
			return false;
		}
		long freshAsOf = this.watermarks[node].freshAsOf();
		int connection = connection(node);
		boolean admitted = (read.bound != 0) ? isWithinBound(read.bound, freshAsOf)
				: (read.key < 0) ? this.sessionHistory.admits(0, connection, freshAsOf)
						: this.applicationHistory.admits(read.key, connection, freshAsOf);
		if (admitted) {
			read.node = node;
			read.generation = this.readGenerations[node];
			read.connection = connection;
			read.freshAsOf = freshAsOf;
			read.moves = this.knownMoves[node];
			read.takeover = read.bound == 0 && !withoutPeers(read, connection, freshAsOf);
			read.state = State.SENT;
		}
		return admitted;
	}

	private boolean withoutPeers(Read read, int connection, long freshAsOf) {
		SessionHistory history = (read.key < 0) ? this.sessionHistory : this.applicationHistory;
		return history.admitsWithoutPeers(Math.max(read.key, 0), connection, freshAsOf);
	}

	private int connection(int node) {
		return (this.mistake == Mistake.OTHER_REPLICA_WITHOUT_PROOF) ? 1 : this.readConnections[node];
	}

	private boolean isWithinBound(long bound, long freshAsOf) {
		return freshAsOf != NONE && this.now - freshAsOf <= bound;
	}

	private void execute(Read read) {
		if (read.state != State.SENT) {
			return;
		}
		if (!this.servers.isAlive(read.node) || read.generation != this.servers.generation(read.node)) {
			read.state = State.IDLE;
			return;
		}
		read.state = State.EXECUTED;
		boolean moved = read.freshAsOf != NONE && read.moves != this.servers.moves(read.node);
		read.seen = moved ? 0 : this.servers.lastEntry(read.node);
		read.split |= this.charge != this.servers.official();
		if (read.bound != 0) {
			read.lacksSince = !moved
					? this.servers.lacksSince(read.node, this.sampledId, this.charge, this.servers.official())
					: Long.MAX_VALUE;
		}
		else if (!moved) {
			boolean shown = isShown(read, read.mustRead) && isShown(read, read.mustWritten);
			claim((read.key < 0) ? Claim.SESSION_READ : Claim.APPLICATION_READ, shown);
			if (read.takeover) {
				claim(Claim.TAKEN_OVER, shown);
			}
		}
		if (isChance(1, 2)) {
			this.now++;
			end(read);
		}
	}

	/**
	 * Return whether a read shows an entry, or nothing could because the primary has lost
	 * it.
	 */
	private boolean isShown(Read read, int entry) {
		return this.servers.holds(read.node, entry) || !this.servers.holds(this.charge, entry)
				|| !this.servers.holds(this.servers.official(), entry);
	}

	private void end(Read read) {
		if (read.state != State.EXECUTED) {
			return;
		}
		read.state = State.IDLE;
		if (read.bound != 0) {
			if (this.mistake == Mistake.AGE_AT_SENDING || isWithinBound(read.bound, read.freshAsOf)) {
				claim(Claim.READ_WITHIN_BOUND, read.lacksSince - (this.now - read.bound) >= 0
						|| read.lacksSince == Long.MAX_VALUE || read.split);
			}
			return;
		}
		boolean bySession = read.key < 0;
		SessionHistory history = bySession ? this.sessionHistory : this.applicationHistory;
		if (read.freshAsOf == NONE) {
			if (this.mistake != Mistake.PRIMARY_READ_SETS_NO_FLOOR) {
				history.readFromPrimary(Math.max(read.key, 0), this.now);
			}
		}
		else if (this.mistake != Mistake.REPLICA_READ_NOT_NOTED) {
			history.readFromReplica(Math.max(read.key, 0), read.connection, read.freshAsOf, this.now);
		}
		Session session = bySession ? this.session : this.application[read.key];
		int since = (this.mistake == Mistake.SUCCESSIONS_AT_THE_ANSWER) ? this.history.successions() : read.since;
		session.saw(read.seen, since, this.now);
	}

	/**
	 * What a session is told to be lost is not expected of its reads any more.
	 */
	private void review(Session session) {
		if (session.since == this.history.successions()) {
			return;
		}
		if (this.history.fateOf(session.since, session.seenAt) != WriteFate.KEPT) {
			session.read = 0;
			session.written = 0;
		}
		session.since = this.history.successions();
	}

	private void goOnWithBarrier() {
		Barrier barrier = this.barrier;
		switch (barrier.state) {
			case IDLE -> {
				barrier.node = this.charge;
				barrier.generation = this.servers.generation(barrier.node);
				barrier.sentAt = this.now;
				barrier.state = State.SENT;
			}
			case SENT -> {
				barrier.entry = (barrier.generation == this.servers.generation(barrier.node))
						? this.servers.execute(barrier.node, this.now) : 0;
				barrier.state = (barrier.entry != 0) ? State.EXECUTED : State.IDLE;
			}
			case EXECUTED -> {
				barrier.confirmed = 0;
				for (int node = 0; node < NODES; node++) {
					if (this.servers.isInStep(node, barrier.node, barrier.entry)) {
						barrier.confirmed |= 1 << node;
					}
				}
				barrier.state = (barrier.generation == this.servers.generation(barrier.node)) ? State.ANSWERED
						: State.IDLE;
			}
			case ANSWERED -> {
				barrier.state = State.IDLE;
				if (barrier.node == this.charge) {
					confirm(barrier);
				}
			}
		}
	}

	private void confirm(Barrier barrier) {
		long sentAt = barrier.sentAt;
		if (this.mistake == Mistake.CONFIRMED_AT_THE_ANSWER) {
			sentAt = this.now;
		}
		else if (this.mistake == Mistake.CONFIRMED_AFTER_INVALIDATION && this.invalidatedAt - sentAt >= 0) {
			sentAt = this.invalidatedAt + 1;
		}
		for (int node = 0; node < NODES; node++) {
			if ((barrier.confirmed & (1 << node)) != 0) {
				this.watermarks[node].confirmed(sentAt);
			}
		}
	}

	private void checkWatermarks() {
		if (this.sampledId == 0) {
			return;
		}
		for (int node = 0; node < NODES; node++) {
			long freshAsOf = this.watermarks[node].freshAsOf();
			if (freshAsOf != NONE && node != this.charge && this.servers.isAlive(node)
					&& this.readGenerations[node] == this.servers.generation(node) && !isMoved(node)) {
				int last = this.servers.lastBefore(freshAsOf, this.sampledId, this.charge, this.servers.official());
				claim(Claim.FRESH_AS_OF, this.servers.holds(node, last));
			}
		}
	}

	private boolean isMoved(int node) {
		return this.knownMoves[node] != this.servers.moves(node);
	}

	private String name(ReplicationStatus status) {
		return (this.mistake == Mistake.OFFSET_WITHOUT_ID) ? "any" : status.replicationId();
	}

	private static ReplicationStatus promoted(ReplicationStatus status) {
		return new ReplicationStatus(NodeRole.PRIMARY, status.replicationId(), status.offset(), LinkStatus.UP, null,
				status.attachedReplicas(), status.formerReplicationId(), status.switchOffset());
	}

	private void claim(Claim claim, boolean isTrue) {
		this.tally.add(claim, isTrue);
	}

	private boolean isChance(int part, int whole) {
		return below(whole) < part;
	}

	private int below(int limit) {
		return (int) (((next() >>> 33) * limit) >>> 31);
	}

	private long next() {
		long random = this.random;
		random ^= random << 13;
		random ^= random >>> 7;
		random ^= random << 17;
		this.random = random;
		return random;
	}

	private enum State {

		IDLE, SENT, EXECUTED, ANSWERED

	}

	private enum Writer {

		SESSION, APPLICATION, STRANGER;

		private static final Writer[] VALUES = values();

	}

	/**
	 * What can happen next, and how often it does.
	 */
	private enum Action {

		WRITE(18, false), EXECUTE_WRITE(6, false), END_WRITE(10, false), READ(20, false), EXECUTE_READ(5, false),
		END_READ(8, false), PING(3, false), REPLICATE(18, false), DISCONNECT(1, false), SAVE(1, false), TOKEN(2, false),
		CONNECT(8, true), CRASH(1, true), RESTART(3, true), FAIL_OVER(1, true), RECONFIGURE(2, true), RENAME(1, true),
		POLL(18, true), EXECUTE_POLL(6, true), END_POLL(10, true), RECONNECT(3, true), BARRIER(8, true),
		LOSE_CLIENTS(1, false);

		private final int weight;

		private final boolean canMakeProofsWrong;

		Action(int weight, boolean canMakeProofsWrong) {
			this.weight = weight;
			this.canMakeProofsWrong = canMakeProofsWrong;
		}

		static Action[] table(int failovers) {
			return table((action) -> action.weight(failovers));
		}

		static Action[] tableWithoutWrites(int losses) {
			return table((action) -> action.weightWithoutWrites(losses));
		}

		private static Action[] table(ToIntFunction<Action> weight) {
			return Arrays.stream(values())
				.flatMap((action) -> Collections.nCopies(weight.applyAsInt(action), action).stream())
				.toArray(Action[]::new);
		}

		private int weight(int failovers) {
			return switch (this) {
				case FAIL_OVER, RECONFIGURE -> this.weight * failovers;
				case LOSE_CLIENTS -> 0;
				default -> this.weight;
			};
		}

		private int weightWithoutWrites(int losses) {
			return switch (this) {
				case WRITE, EXECUTE_WRITE, END_WRITE, BARRIER, TOKEN, RENAME -> 0;
				case RECONFIGURE, DISCONNECT -> 0;
				case CRASH, RESTART -> this.weight * losses;
				case RECONNECT, FAIL_OVER -> this.weight * losses * 8;
				case LOSE_CLIENTS -> this.weight * losses * 2;
				case READ, EXECUTE_READ, POLL -> this.weight * (1 + losses);
				case PING -> this.weight * 2;
				default -> this.weight;
			};
		}

	}

	/**
	 * What a session, or the application for one key, has seen.
	 */
	private static final class Session {

		private int read;

		private int written;

		private int since;

		private long seenAt;

		void reset() {
			this.read = 0;
			this.written = 0;
			this.since = 0;
			this.seenAt = NONE;
		}

		void wrote(int entry, int since, long now) {
			this.written = entry;
			see(since, now);
		}

		void saw(int entry, int since, long now) {
			this.read = entry;
			see(since, now);
		}

		private void see(int since, long now) {
			this.since = Math.min(this.since, since);
			this.seenAt = now;
		}

	}

	private static final class Write {

		private State state = State.IDLE;

		private Writer writer = Writer.STRANGER;

		private int key;

		private int node;

		private int generation;

		private int entry;

		private int since;

		private long sentAt;

		private long endedAt;

		void copy(Write other) {
			this.entry = other.entry;
			this.since = other.since;
			this.sentAt = other.sentAt;
			this.endedAt = other.endedAt;
		}

	}

	private static final class Read {

		private State state = State.IDLE;

		/**
		 * The key, negative for a read of the session.
		 */
		private int key;

		private int node;

		private int generation;

		private int connection;

		private int since;

		private int mustRead;

		private int mustWritten;

		private int seen;

		private int moves;

		private boolean split;

		private boolean takeover;

		private long bound;

		private long freshAsOf;

		private long lacksSince;

	}

	private static final class Poll {

		private State state = State.IDLE;

		private int generation;

		private int connection;

		private int id;

		private int judged;

		private int held;

		private int moves;

		private long sentAt;

		private String process = "";

		private @Nullable ReplicationStatus status;

		void reset() {
			this.state = State.IDLE;
			this.generation = 0;
		}

	}

	private static final class Token {

		private int history;

		private int offset;

		private int entry;

		void set(int history, int offset, SimulatedServers servers) {
			this.history = history;
			this.offset = offset;
			this.entry = servers.entryAt(history, offset);
		}

		HistoryPosition position() {
			return new HistoryPosition(SimulatedServers.name(this.history), this.offset);
		}

	}

	private static final class Barrier {

		private State state = State.IDLE;

		private int node;

		private int generation;

		private int entry;

		private int confirmed;

		private long sentAt;

	}

}
