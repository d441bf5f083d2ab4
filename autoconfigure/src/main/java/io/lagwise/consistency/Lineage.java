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

import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Knows which history has come out of which, and judges from that who holds what.
 * <p>
 * A node that becomes the primary starts a history of its own, with a new replication ID
 * and with what it has of the former one as its beginning; offsets go on counting. So a
 * position is held by a node of a later history if it lies before every point at which
 * the histories between them have parted, and is lost if it does not.
 * <p>
 * Where two histories part is what the primary of the later one says. A replica that
 * changes over to the later one reports the point that it had reached itself, which may
 * be anywhere before: enough to say what it holds, not to say what is lost.
 * <p>
 * Can be used by any number of threads.
 */
public final class Lineage {

	private static final int CAPACITY = 64;

	private static final long UNRELATED = -1;

	private volatile Map<String, Link> links = Map.of();

	/**
	 * Note what the primary in charge says of its origin.
	 * @param primary the status of the node in charge; it is ignored unless it says that
	 * it is a primary
	 */
	public void learn(ReplicationStatus primary) {
		String parent = primary.formerReplicationId();
		if (primary.role() != NodeRole.PRIMARY || parent == null || parent.equals(primary.replicationId())) {
			return;
		}
		Link link = new Link(parent, primary.switchOffset() - 1);
		if (!link.equals(this.links.get(primary.replicationId()))) {
			add(primary.replicationId(), link);
		}
	}

	/**
	 * Judge whether a node holds everything up to a position.
	 * @param position the position
	 * @param node what the node says
	 * @param inCharge whether it is the primary in charge, the only one that can tell
	 * what is lost
	 * @return the verdict; for any other node than the primary in charge either
	 * {@link PositionVerdict#SATISFIED} or {@link PositionVerdict#BEHIND}
	 */
	public PositionVerdict judge(HistoryPosition position, ReplicationStatus node, boolean inCharge) {
		if (isHeldBy(position, node)) {
			return PositionVerdict.SATISFIED;
		}
		if (!inCharge || node.role() != NodeRole.PRIMARY || node.replicationId().equals(position.replicationId())) {
			return PositionVerdict.BEHIND;
		}
		long shared = shared(node, position.replicationId());
		return (shared != UNRELATED && position.offset() > shared) ? PositionVerdict.LOST : PositionVerdict.UNKNOWN;
	}

	/**
	 * Express a position in the history of the primary in charge.
	 * @param position the position
	 * @param primary what the primary in charge says
	 * @return the same point in its history, or {@code null} if it does not hold it
	 */
	public @Nullable HistoryPosition rebase(HistoryPosition position, ReplicationStatus primary) {
		if (judge(position, primary, true) != PositionVerdict.SATISFIED) {
			return null;
		}
		return new HistoryPosition(primary.replicationId(), position.offset());
	}

	/**
	 * Return how much of a former history the primary in charge holds: the last offset
	 * that they share, or a negative number if they are not known to be related.
	 */
	long shared(ReplicationStatus primary, String former) {
		if (former.equals(primary.formerReplicationId())) {
			return primary.switchOffset() - 1;
		}
		return shared(primary.replicationId(), former);
	}

	private boolean isHeldBy(HistoryPosition position, ReplicationStatus node) {
		if (node.role() != NodeRole.PRIMARY && node.link() != LinkStatus.UP) {
			return false;
		}
		if (position.replicationId().equals(node.formerReplicationId()) && position.offset() < node.switchOffset()) {
			return true;
		}
		if (node.offset() < position.offset()) {
			return false;
		}
		return node.replicationId().equals(position.replicationId())
				|| position.offset() <= shared(node.replicationId(), position.replicationId());
	}

	private long shared(String descendant, String ancestor) {
		Map<String, Link> links = this.links;
		long shared = Long.MAX_VALUE;
		Link link = links.get(descendant);
		for (int steps = 0; link != null && steps < CAPACITY; steps++) {
			shared = Math.min(shared, link.lastShared());
			if (link.parent().equals(ancestor)) {
				return shared;
			}
			link = links.get(link.parent());
		}
		return UNRELATED;
	}

	private synchronized void add(String child, Link link) {
		Map<String, Link> links = new LinkedHashMap<>(this.links);
		links.remove(child);
		links.put(child, link);
		if (links.size() > CAPACITY) {
			links.remove(links.keySet().iterator().next());
		}
		this.links = links;
	}

	private record Link(String parent, long lastShared) {

	}

}
