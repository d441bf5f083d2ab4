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

package io.lagwise.compatibility;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.data.geo.Point;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.RecordId;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import org.springframework.data.redis.connection.stream.StreamRecords;

/**
 * What the keys of a transcript hold before a few commands are tried on them.
 */
enum Content {

	STRING {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			string(connection, keys.first(), Integer.toString(10 + edition % 90));
			string(connection, keys.second(), "1" + edition);
			string(connection, keys.third(), "abc" + edition);
			list(connection, keys.ofAnotherType(), "a");
			singles(keys).forEach((key) -> string(connection, key, "a"));
		}
	},

	LIST {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			list(connection, keys.first(), other(edition), "a", "b", "c", "1", "2", "a", "x" + edition);
			list(connection, keys.second(), "x" + edition, "b", "c");
			list(connection, keys.third(), "3", "1", "2" + edition);
			string(connection, keys.ofAnotherType(), "a");
			singles(keys).forEach((key) -> list(connection, key, "a"));
		}
	},

	SET {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			set(connection, keys.first(), "a", "b", "c", "1", "x" + edition);
			set(connection, keys.second(), "b", "c", "d", "x" + edition, other(edition));
			set(connection, keys.third(), "1", "2", "30" + edition);
			string(connection, keys.ofAnotherType(), "a");
			singles(keys).forEach((key) -> set(connection, key, "a"));
		}
	},

	SORTED_SET {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			sortedSet(connection, keys.first(), other(edition), "b", "x" + edition, "c", "d", "a");
			sortedSet(connection, keys.second(), "b", "c", "x" + edition, "d" + edition);
			sortedSet(connection, keys.third(), "1", other(edition), "2", "a");
			string(connection, keys.ofAnotherType(), "a");
			singles(keys).forEach((key) -> sortedSet(connection, key, "a"));
		}
	},

	HASH {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			hash(connection, keys.first(), "a", Integer.toString(edition % 90), "b", "2", "c", "x" + edition);
			hash(connection, keys.second(), "a", "10", "d", edition % 90 + ".5");
			hash(connection, keys.third(), "1", "1", other(edition), "x");
			string(connection, keys.ofAnotherType(), "a");
			singles(keys).forEach((key) -> hash(connection, key, "a", "1"));
		}
	},

	HYPER_LOG_LOG {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			for (int i = 0; i <= edition % 20; i++) {
				connection.hyperLogLogCommands().pfAdd(Text.bytes(keys.first()), Text.bytes("a", "b", "x" + i));
				connection.hyperLogLogCommands().pfAdd(Text.bytes(keys.second()), Text.bytes("c", "y" + i));
			}
			connection.hyperLogLogCommands().pfAdd(Text.bytes(keys.third()), Text.bytes("1"));
			list(connection, keys.ofAnotherType(), "a");
		}
	},

	GEO {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			places(connection, keys.first(), other(edition), "b", "c", "a", "x" + edition);
			places(connection, keys.second(), "x" + edition, "b", "d");
			places(connection, keys.third(), "1", other(edition));
			string(connection, keys.ofAnotherType(), "a");
		}
	},

	STREAM {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			stream(connection, keys.first(), 5, edition);
			stream(connection, keys.second(), 2, edition);
			connection.streamCommands()
				.xAdd(StreamRecords.rawBytes(Map.of(Text.bytes("a"), Text.bytes("1")))
					.withId(RecordId.of("1-0"))
					.withStreamKey(Text.bytes(keys.third())));
			string(connection, keys.ofAnotherType(), "a");
		}
	},

	MIXED {
		@Override
		void write(RedisConnection connection, Keys keys, int edition) {
			String[] types = { keys.first(), keys.second(), keys.third(), keys.ofAnotherType() };
			string(connection, types[edition % 4], "10");
			list(connection, types[(edition + 1) % 4], "3", "1", "2");
			set(connection, types[(edition + 2) % 4], "30", "1", "2");
			sortedSet(connection, types[(edition + 3) % 4], "1", "2");
			Stream.of("1", "2", "3", "30")
				.forEach((number) -> string(connection, keys.named("weight:" + number), "-" + number));
		}
	};

	abstract void write(RedisConnection connection, Keys keys, int edition);

	/**
	 * Replace whatever the keys hold.
	 * @param edition a number that makes the content different from what was there before
	 */
	void fill(RedisConnection connection, Keys keys, int edition) {
		connection.keyCommands().del(Text.bytes(keys.all().toArray(String[]::new)));
		write(connection, keys, edition);
	}

	private static String other(int edition) {
		return List.of("a", "b", "c", "d", "1", "2", "30").get(edition % 7);
	}

	private static Stream<String> singles(Keys keys) {
		return Stream.iterate(0, (number) -> number < Keys.SINGLES, (number) -> number + 1).map(keys::single);
	}

	private static void string(RedisConnection connection, String key, String value) {
		connection.stringCommands().set(Text.bytes(key), Text.bytes(value));
	}

	private static void list(RedisConnection connection, String key, String... values) {
		connection.listCommands().rPush(Text.bytes(key), Text.bytes(values));
	}

	private static void set(RedisConnection connection, String key, String... members) {
		connection.setCommands().sAdd(Text.bytes(key), Text.bytes(members));
	}

	private static void sortedSet(RedisConnection connection, String key, String... members) {
		for (int i = 0; i < members.length; i++) {
			connection.zSetCommands().zAdd(Text.bytes(key), i + 1, Text.bytes(members[i]));
		}
	}

	private static void hash(RedisConnection connection, String key, String... entries) {
		Map<byte[], byte[]> hash = new LinkedHashMap<>();
		for (int i = 0; i < entries.length; i += 2) {
			hash.put(Text.bytes(entries[i]), Text.bytes(entries[i + 1]));
		}
		connection.hashCommands().hMSet(Text.bytes(key), hash);
	}

	private static void places(RedisConnection connection, String key, String... members) {
		for (int i = 0; i < members.length; i++) {
			connection.geoCommands().geoAdd(Text.bytes(key), new Point(13 + i, 37 + i / 2.0), Text.bytes(members[i]));
		}
	}

	@SuppressWarnings("unchecked")
	private static void stream(RedisConnection connection, String key, int entries, int edition) {
		for (int i = 1; i <= entries; i++) {
			connection.streamCommands()
				.xAdd(StreamRecords.rawBytes(Map.of(Text.bytes("a"), Text.bytes(i + " of " + edition)))
					.withId(RecordId.of(i + "-0"))
					.withStreamKey(Text.bytes(key)));
		}
		connection.streamCommands().xGroupCreate(Text.bytes(key), "g", ReadOffset.from("0-0"));
		connection.streamCommands()
			.xReadGroup(Consumer.from("g", "c"), StreamReadOptions.empty().count(entries / 2 + 1),
					StreamOffset.create(Text.bytes(key), ReadOffset.lastConsumed()));
	}

}
