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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.lagwise.replication.NodeAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a primary says to {@code ROLE}.
 *
 * @param offset how far it has written
 * @param acknowledged how much of that each attached replica has last said to have
 * applied, at the address that the replica announces
 */
record RoleReply(long offset, Map<NodeAddress, Long> acknowledged) {

	/**
	 * Return the reply of a primary, or {@code null} if it is not that of a primary.
	 */
	static @Nullable RoleReply ofPrimary(@Nullable List<?> reply) {
		if (reply == null || reply.size() < 3 || !"master".equals(reply.get(0))
				|| !(reply.get(1) instanceof Long offset) || !(reply.get(2) instanceof List<?> replicas)) {
			return null;
		}
		Map<NodeAddress, Long> acknowledged = new HashMap<>();
		for (Object replica : replicas) {
			if (replica instanceof List<?> fields && fields.size() >= 3) {
				NodeAddress address = NodeAddress.announced(text(fields.get(0)), text(fields.get(1)));
				if (address != null) {
					// two that announce the same address cannot be told apart
					acknowledged.merge(address, number(fields.get(2)), Math::min);
				}
			}
		}
		return new RoleReply(offset, Map.copyOf(acknowledged));
	}

	/**
	 * Return the same reply with other names for the replicas.
	 * @param names returns the name by which a replica is known
	 */
	RoleReply renamed(UnaryOperator<NodeAddress> names) {
		Map<NodeAddress, Long> renamed = new HashMap<>();
		this.acknowledged.forEach((replica, applied) -> renamed.merge(names.apply(replica), applied, Math::min));
		return new RoleReply(this.offset, Map.copyOf(renamed));
	}

	/**
	 * Return the replicas that have applied at least that much.
	 */
	List<NodeAddress> replicasAt(long offset) {
		List<NodeAddress> replicas = new ArrayList<>();
		this.acknowledged.forEach((replica, applied) -> {
			if (applied >= offset) {
				replicas.add(replica);
			}
		});
		replicas.sort(NodeAddress.ORDER);
		return replicas;
	}

	private static @Nullable String text(@Nullable Object field) {
		return (field != null) ? field.toString() : null;
	}

	private static long number(@Nullable Object field) {
		try {
			return (field instanceof Long number) ? number : Long.parseLong(String.valueOf(field));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

}
