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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares {@code command-keys.txt} with what a running server says of its commands.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class CommandKeysIntegrationTests {

	private final LettuceConnectionFactory factory;

	CommandKeysIntegrationTests(ReplicatedRedis redis) {
		RedisNode primary = redis.primary();
		this.factory = new LettuceConnectionFactory(primary.host(), primary.port());
		this.factory.afterPropertiesSet();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void theFileOverlooksNoKeyOfAnyCommandOfTheServer() {
		Map<String, String> overlooked = new TreeMap<>();
		List<String> compared = new ArrayList<>();
		try (LettuceConnection connection = (LettuceConnection) this.factory.getConnection()) {
			for (Object command : (List<?>) Objects
				.requireNonNull(connection.execute("COMMAND", new NestedMultiOutput<>(StringCodec.UTF8)))) {
				List<?> fields = (List<?>) command;
				String name = String.valueOf(fields.get(0)).toUpperCase(Locale.ROOT);
				KeyPosition listed = KeyPosition.table().get(name);
				if (listed != null && !String.valueOf(fields.get(2)).contains("module")) {
					compared.add(name);
					KeyPosition demanded = position(fields);
					if (listed.compareTo(demanded) < 0) {
						overlooked.put(name, listed + " instead of " + demanded);
					}
				}
			}
		}
		assertThat(compared).contains("SET", "DEL", "FLUSHALL", "XGROUP", "EVAL").hasSizeGreaterThan(200);
		assertThat(overlooked).isEmpty();
	}

	@Test
	void commandsThatTheFileDoesNotListMayWriteAnything() {
		assertThat(KeyPosition.table()).doesNotContainKey("BF.ADD");
		assertThat(KeyPosition.table()).containsEntry("FLUSHALL", KeyPosition.ANYTHING)
			.containsEntry("SET", KeyPosition.FIRST)
			.containsEntry("MSET", KeyPosition.EVERY)
			.containsEntry("PING", KeyPosition.NONE);
	}

	/**
	 * Derive where the keys stand from what the server says: its flags, the first, the
	 * last and the distance of the keys, and its subcommands.
	 */
	private static KeyPosition position(List<?> fields) {
		String flags = String.valueOf(fields.get(2));
		long first = (Long) fields.get(3);
		long last = (Long) fields.get(4);
		if (flags.contains("movablekeys")) {
			return KeyPosition.EVERY;
		}
		if (first == 0) {
			boolean keyed = fields.size() > 9
					&& ((List<?>) fields.get(9)).stream().anyMatch((sub) -> (Long) ((List<?>) sub).get(3) > 0);
			KeyPosition unkeyed = flags.contains("write") ? KeyPosition.ANYTHING : KeyPosition.NONE;
			return keyed ? KeyPosition.EVERY : unkeyed;
		}
		return (first == 1 && last == 1) ? KeyPosition.FIRST : KeyPosition.EVERY;
	}

}
