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
import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;

/**
 * Three servers as they really are: each is the list of the entries that it holds, the
 * name of its history, and what it says of the former one. An entry is a number that is
 * never used again, and has one place in every list that holds it; so two lists agree up
 * to a place if they agree at it. Everything is kept in arrays, for a million schedules.
 */
final class SimulatedServers {

	static final int COUNT = 3;

	private static final int CAPACITY = 192;

	private static final int HISTORIES = 48;

	private static final int ENTRIES = 320;

	private static final String[] NAMES = new String[HISTORIES];

	static {
		Arrays.setAll(NAMES, (id) -> "history-" + id);
	}

	private final int[][] logs = new int[COUNT][CAPACITY];

	private final int[] lengths = new int[COUNT];

	/**
	 * What has to be added to the length for the offset.
	 */
	private final int[] shifts = new int[COUNT];

	private final int[] ids = new int[COUNT];

	private final int[] formerIds = new int[COUNT];

	private final int[] switchOffsets = new int[COUNT];

	private final boolean[] primaries = new boolean[COUNT];

	private final int[] upstreams = new int[COUNT];

	private final boolean[] links = new boolean[COUNT];

	private final boolean[] alive = new boolean[COUNT];

	/**
	 * Changes whenever the connections of clients break.
	 */
	private final int[] generations = new int[COUNT];

	/**
	 * How often a node was started.
	 */
	private final int[] processes = new int[COUNT];

	/**
	 * How often a node has gone elsewhere and no connection of a client was lost: it was
	 * given another role by hand, or replaced what it held by the copy of a primary that
	 * has less.
	 */
	private final int[] moves = new int[COUNT];

	private final int[][] files = new int[COUNT][CAPACITY];

	private final int[] fileLengths = new int[COUNT];

	private final int[] fileShifts = new int[COUNT];

	private final int[] fileIds = new int[COUNT];

	/**
	 * All that was ever written under an ID, with what came before.
	 */
	private final int[][] histories = new int[HISTORIES][CAPACITY];

	private final int[] historyLengths = new int[HISTORIES];

	private final int[] historyShifts = new int[HISTORIES];

	private final int[] places = new int[ENTRIES];

	private final long[] executedAt = new long[ENTRIES];

	private int entries;

	private int lastId;

	private int official;

	void reset() {
		this.entries = 0;
		this.lastId = 1;
		this.official = 0;
		Arrays.fill(this.lengths, 0);
		Arrays.fill(this.shifts, 0);
		Arrays.fill(this.ids, 1);
		Arrays.fill(this.formerIds, 0);
		Arrays.fill(this.switchOffsets, -1);
		Arrays.fill(this.upstreams, 0);
		Arrays.fill(this.fileIds, 0);
		Arrays.fill(this.generations, 1);
		Arrays.fill(this.alive, true);
		Arrays.fill(this.historyLengths, 0);
		for (int node = 0; node < COUNT; node++) {
			this.primaries[node] = node == 0;
			this.links[node] = node != 0;
		}
		this.historyShifts[1] = 0;
	}

	static String name(int id) {
		return NAMES[id];
	}

	/**
	 * Return the node that Sentinel would name.
	 */
	int official() {
		return this.official;
	}

	boolean isAlive(int node) {
		return this.alive[node];
	}

	boolean isPrimary(int node) {
		return this.alive[node] && this.primaries[node];
	}

	int generation(int node) {
		return this.generations[node];
	}

	/**
	 * Return the name of the process, different from that of every other one.
	 */
	String process(int node) {
		return node + "/" + this.processes[node];
	}

	/**
	 * Break the connections of clients, and nothing else.
	 */
	void disconnectClients(int node) {
		this.generations[node]++;
	}

	int moves(int node) {
		return this.moves[node];
	}

	int id(int node) {
		return this.ids[node];
	}

	int offset(int node) {
		return this.lengths[node] + this.shifts[node];
	}

	int lastEntry(int node) {
		return (this.lengths[node] > 0) ? this.logs[node][this.lengths[node] - 1] : 0;
	}

	boolean holds(int node, int entry) {
		int place = this.places[entry];
		return entry == 0 || (place < this.lengths[node] && this.logs[node][place] == entry);
	}

	boolean isIn(int history, int entry) {
		int place = this.places[entry];
		return entry == 0 || (place < this.historyLengths[history] && this.histories[history][place] == entry);
	}

	int offsetIn(int history, int entry) {
		return this.places[entry] + 1 + this.historyShifts[history];
	}

	/**
	 * Return the entry that ends at an offset of a history; 0 for its beginning.
	 */
	int entryAt(int history, int offset) {
		int place = offset - this.historyShifts[history] - 1;
		return (place >= 0) ? this.histories[history][place] : 0;
	}

	/**
	 * Return the last entry that was executed before an instant, and that two nodes still
	 * hold.
	 */
	int lastBefore(long instant, int history, int node, int other) {
		int[] log = this.histories[history];
		for (int place = this.historyLengths[history] - 1; place >= 0; place--) {
			int entry = log[place];
			if (this.executedAt[entry] - instant < 0 && holds(node, entry) && holds(other, entry)) {
				return entry;
			}
		}
		return 0;
	}

	/**
	 * Return when the first entry was executed that a node lacks and two others hold.
	 */
	long lacksSince(int node, int history, int one, int other) {
		int[] log = this.histories[history];
		for (int place = 0; place < this.historyLengths[history]; place++) {
			int entry = log[place];
			if (!holds(node, entry)) {
				return (holds(one, entry) && holds(other, entry)) ? this.executedAt[entry] : Long.MAX_VALUE;
			}
		}
		return Long.MAX_VALUE;
	}

	/**
	 * Execute something that has a place in the history.
	 * @return the entry, or 0 if the node cannot
	 */
	int execute(int node, long now) {
		if (!isPrimary(node) || this.lengths[node] == CAPACITY || this.entries == ENTRIES - 1) {
			return 0;
		}
		int entry = ++this.entries;
		int place = this.lengths[node]++;
		int history = this.ids[node];
		this.places[entry] = place;
		this.executedAt[entry] = now;
		this.logs[node][place] = entry;
		this.histories[history][place] = entry;
		this.historyLengths[history] = place + 1;
		return entry;
	}

	void replicate(int node, int count) {
		if (!this.alive[node] || this.primaries[node] || !this.links[node]) {
			return;
		}
		int upstream = this.upstreams[node];
		int length = this.lengths[node];
		int end = Math.min(length + count, this.lengths[upstream]);
		System.arraycopy(this.logs[upstream], length, this.logs[node], length, end - length);
		this.lengths[node] = end;
	}

	/**
	 * A replica without a link goes on where it was if it can, else with a full copy.
	 */
	void connect(int node) {
		int upstream = this.upstreams[node];
		if (!this.alive[node] || this.primaries[node] || this.links[node] || !isPrimary(upstream)) {
			return;
		}
		int offset = offset(node);
		if (this.ids[node] == this.formerIds[upstream] && offset < this.switchOffsets[upstream]) {
			this.formerIds[node] = this.ids[node];
			this.switchOffsets[node] = offset + 1;
			this.ids[node] = this.ids[upstream];
		}
		else if (this.ids[node] != this.ids[upstream] || offset > offset(upstream)) {
			if (!holds(upstream, lastEntry(node))) {
				this.moves[node]++;
			}
			copy(this.logs[upstream], this.lengths[upstream], node);
			this.shifts[node] = this.shifts[upstream];
			this.ids[node] = this.ids[upstream];
			this.formerIds[node] = 0;
			this.switchOffsets[node] = -1;
		}
		this.links[node] = true;
	}

	void disconnect(int node) {
		this.links[node] = false;
	}

	void crash(int node) {
		if (this.alive[node]) {
			this.alive[node] = false;
			this.links[node] = false;
			loseFollowers(node);
		}
	}

	void save(int node) {
		if (this.alive[node]) {
			System.arraycopy(this.logs[node], 0, this.files[node], 0, this.lengths[node]);
			this.fileLengths[node] = this.lengths[node];
			this.fileShifts[node] = this.shifts[node];
			this.fileIds[node] = this.ids[node];
		}
	}

	void restartEmpty(int node) {
		if (begin(node)) {
			this.lengths[node] = 0;
			this.shifts[node] = 0;
			startHistory(node, 0, -1);
		}
	}

	void restartFromFile(int node) {
		if (this.fileIds[node] == 0) {
			restartEmpty(node);
		}
		else if (begin(node)) {
			copy(this.files[node], this.fileLengths[node], node);
			this.shifts[node] = this.fileShifts[node];
			if (this.primaries[node]) {
				startHistory(node, this.fileIds[node], offset(node) + 1);
			}
			else {
				this.ids[node] = this.fileIds[node];
				this.formerIds[node] = 0;
				this.switchOffsets[node] = -1;
			}
		}
	}

	/**
	 * All data is there, and nothing says where it comes from.
	 */
	void restartFromCommands(int node) {
		if (begin(node)) {
			this.shifts[node] = -this.lengths[node];
			startHistory(node, 0, -1);
		}
	}

	/**
	 * A primary that nobody has followed so far names its history anew for the first one.
	 */
	void rename(int node) {
		if (isPrimary(node) && this.formerIds[node] == 0 && this.lastId < HISTORIES - 1 && !isFollowed(node)) {
			startHistory(node, 0, -1);
		}
	}

	void promote(int node, boolean disconnectClients) {
		if (this.alive[node] && !this.primaries[node] && this.lastId < HISTORIES - 1) {
			this.primaries[node] = true;
			this.links[node] = false;
			startHistory(node, this.ids[node], offset(node) + 1);
			this.official = node;
			leave(node, disconnectClients);
		}
	}

	/**
	 * Make a node follow the official primary.
	 */
	void reconfigure(int node, boolean disconnectClients) {
		if (!this.alive[node] || node == this.official) {
			return;
		}
		if (this.primaries[node]) {
			this.primaries[node] = false;
			loseFollowers(node);
		}
		else if (this.upstreams[node] == this.official) {
			return;
		}
		this.upstreams[node] = this.official;
		this.links[node] = false;
		leave(node, disconnectClients);
	}

	boolean isInStep(int node, int primary, int entry) {
		return this.alive[node] && this.links[node] && !this.primaries[node] && this.upstreams[node] == primary
				&& holds(node, entry);
	}

	ReplicationStatus status(int node) {
		boolean primary = this.primaries[node];
		int former = this.formerIds[node];
		return new ReplicationStatus(primary ? NodeRole.PRIMARY : NodeRole.REPLICA, NAMES[this.ids[node]], offset(node),
				(primary || this.links[node]) ? LinkStatus.UP : LinkStatus.DOWN, null, List.of(),
				(former != 0) ? NAMES[former] : null, this.switchOffsets[node]);
	}

	/**
	 * Sentinel disconnects the clients of every node whose role it changes. Who does so
	 * by hand may not.
	 */
	private void leave(int node, boolean disconnectClients) {
		if (disconnectClients) {
			this.generations[node]++;
		}
		else {
			this.moves[node]++;
		}
	}

	private boolean begin(int node) {
		if (this.alive[node] || this.lastId == HISTORIES - 1) {
			return false;
		}
		this.alive[node] = true;
		this.links[node] = false;
		this.processes[node]++;
		this.generations[node]++;
		return true;
	}

	private void startHistory(int node, int former, int switchOffset) {
		int id = ++this.lastId;
		this.ids[node] = id;
		this.formerIds[node] = former;
		this.switchOffsets[node] = switchOffset;
		System.arraycopy(this.logs[node], 0, this.histories[id], 0, this.lengths[node]);
		this.historyLengths[id] = this.lengths[node];
		this.historyShifts[id] = this.shifts[node];
		loseFollowers(node);
	}

	private boolean isFollowed(int node) {
		for (int other = 0; other < COUNT; other++) {
			if (other != node && this.links[other] && this.upstreams[other] == node) {
				return true;
			}
		}
		return false;
	}

	private void loseFollowers(int node) {
		for (int other = 0; other < COUNT; other++) {
			if (other != node && this.upstreams[other] == node) {
				this.links[other] = false;
			}
		}
	}

	private void copy(int[] log, int length, int node) {
		System.arraycopy(log, 0, this.logs[node], 0, length);
		this.lengths[node] = length;
	}

}
