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

package io.lagwise.replication;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What a node says of its own replication: its answer to {@code INFO replication}.
 *
 * @param role the role that the node plays
 * @param replicationId the ID of the history of writes that the node holds
 * @param offset how far into that history the node is, in bytes: for a primary what it
 * has written, for a replica what it has applied
 * @param link the state of a replica's link; {@link LinkStatus#UP} for a primary
 * @param upstream the node that a replica follows; {@code null} for a primary
 * @param attachedReplicas the replicas that are attached to the node, at the addresses
 * that they announce
 * @param formerReplicationId the ID of the history that the node held before, or
 * {@code null} if it has held no other
 * @param switchOffset where the node left that history: what lies before this offset is
 * common to both; only a primary's tells where the histories part
 * @param announced whether the node is to be shown to clients: a replica may be hidden
 * ({@code replica-announced no})
 */
public record ReplicationStatus(NodeRole role, String replicationId, long offset, LinkStatus link,
		@Nullable NodeAddress upstream, List<NodeAddress> attachedReplicas, @Nullable String formerReplicationId,
		long switchOffset, boolean announced) {

	/**
	 * Create the status of a node that is to be shown to clients.
	 * @param role the role that the node plays
	 * @param replicationId the ID of the history of writes that the node holds
	 * @param offset how far into that history the node is, in bytes
	 * @param link the state of a replica's link
	 * @param upstream the node that a replica follows
	 * @param attachedReplicas the replicas that are attached to the node
	 * @param formerReplicationId the ID of the history that the node held before
	 * @param switchOffset where the node left that history
	 */
	public ReplicationStatus(NodeRole role, String replicationId, long offset, LinkStatus link,
			@Nullable NodeAddress upstream, List<NodeAddress> attachedReplicas, @Nullable String formerReplicationId,
			long switchOffset) {
		this(role, replicationId, offset, link, upstream, attachedReplicas, formerReplicationId, switchOffset, true);
	}

	private static final Pattern ATTACHED_REPLICA = Pattern.compile("slave\\d{1,9}");

	/**
	 * Create the status of a node that has held one history only.
	 * @param role the role that the node plays
	 * @param replicationId the ID of the history of writes that the node holds
	 * @param offset how far into that history the node is, in bytes
	 * @param link the state of a replica's link
	 * @param upstream the node that a replica follows
	 * @param attachedReplicas the replicas that are attached to the node
	 */
	public ReplicationStatus(NodeRole role, String replicationId, long offset, LinkStatus link,
			@Nullable NodeAddress upstream, List<NodeAddress> attachedReplicas) {
		this(role, replicationId, offset, link, upstream, attachedReplicas, null, -1);
	}

	/**
	 * Parse an answer to {@code INFO replication}.
	 * @param info the answer
	 * @return the status
	 * @throws IllegalArgumentException if the answer does not describe a node's
	 * replication
	 */
	public static ReplicationStatus parse(String info) {
		Map<String, String> fields = new HashMap<>();
		info.lines().forEach((line) -> {
			int separator = line.indexOf(':');
			if (separator > 0) {
				fields.put(line.substring(0, separator), line.substring(separator + 1).trim());
			}
		});
		String role = fields.get("role");
		String replicationId = fields.get("master_replid");
		if (role == null || !StringUtils.hasText(replicationId)) {
			throw new IllegalArgumentException("INFO replication names neither role nor replication ID");
		}
		boolean primary = role.equals("master");
		if (!primary && !role.equals("slave")) {
			throw new IllegalArgumentException("INFO replication names the role '" + role + "'");
		}
		return new ReplicationStatus(primary ? NodeRole.PRIMARY : NodeRole.REPLICA, replicationId,
				offset(fields, primary), primary ? LinkStatus.UP : link(fields), primary ? null : upstream(fields),
				attachedReplicas(fields), formerReplicationId(fields), number(fields.get("second_repl_offset")),
				!"0".equals(fields.get("replica_announced")));
	}

	/**
	 * Return the same status with other names for the nodes that it mentions.
	 * @param names returns the name by which a node is known
	 * @return the status
	 */
	ReplicationStatus renamed(UnaryOperator<NodeAddress> names) {
		return new ReplicationStatus(this.role, this.replicationId, this.offset, this.link,
				(this.upstream != null) ? names.apply(this.upstream) : null,
				this.attachedReplicas.stream().map(names).toList(), this.formerReplicationId, this.switchOffset,
				this.announced);
	}

	/**
	 * A replica that does not say where it is counts as behind everything. A primary must
	 * say it: what it does not say cannot be what its replicas have reached.
	 */
	private static long offset(Map<String, String> fields, boolean primary) {
		long offset = number(fields.get(primary ? "master_repl_offset" : "slave_repl_offset"));
		if (primary && offset < 0) {
			throw new IllegalArgumentException("INFO replication of a primary does not say how far it has written");
		}
		return offset;
	}

	private static long number(@Nullable String field) {
		try {
			return (field != null) ? Long.parseLong(field) : -1;
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	/**
	 * Return whether another status says the same but for the offset.
	 * @param other the other status
	 * @return whether nothing but the offset differs
	 */
	public boolean isSameApartFromOffset(@Nullable ReplicationStatus other) {
		return other != null && this.role == other.role && this.link == other.link
				&& this.replicationId.equals(other.replicationId) && Objects.equals(this.upstream, other.upstream)
				&& Objects.equals(this.formerReplicationId, other.formerReplicationId)
				&& this.switchOffset == other.switchOffset && this.announced == other.announced
				&& this.attachedReplicas.equals(other.attachedReplicas);
	}

	private static @Nullable String formerReplicationId(Map<String, String> fields) {
		String id = fields.get("master_replid2");
		return (id == null || id.chars().allMatch((digit) -> digit == '0')) ? null : id;
	}

	private static LinkStatus link(Map<String, String> fields) {
		if ("1".equals(fields.get("master_sync_in_progress"))) {
			return LinkStatus.SYNCHRONIZING;
		}
		return "up".equals(fields.get("master_link_status")) ? LinkStatus.UP : LinkStatus.DOWN;
	}

	private static @Nullable NodeAddress upstream(Map<String, String> fields) {
		return NodeAddress.announced(fields.get("master_host"), fields.get("master_port"));
	}

	private static List<NodeAddress> attachedReplicas(Map<String, String> fields) {
		return fields.entrySet()
			.stream()
			.filter((field) -> ATTACHED_REPLICA.matcher(field.getKey()).matches())
			.sorted(Comparator.comparingInt((field) -> Integer.parseInt(field.getKey().substring("slave".length()))))
			.map((field) -> attachedReplica(field.getValue()))
			.filter(Objects::nonNull)
			.toList();
	}

	private static @Nullable NodeAddress attachedReplica(String description) {
		Map<String, String> replica = new HashMap<>();
		for (String pair : description.split(",")) {
			int separator = pair.indexOf('=');
			replica.put(pair.substring(0, Math.max(separator, 0)), pair.substring(separator + 1));
		}
		return NodeAddress.announced(replica.get("ip"), replica.get("port"));
	}

}
