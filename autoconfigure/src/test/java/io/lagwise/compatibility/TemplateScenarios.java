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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.stream.StreamRecords;
import org.springframework.data.redis.core.BoundHashOperations;
import org.springframework.data.redis.core.BoundKeyOperations;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StreamOperations;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.hash.ObjectHashMapper;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * What is done with templates in several steps.
 */
final class TemplateScenarios {

	private static final RedisScript<Long> COUNT = RedisScript.of("return redis.call('INCRBY', KEYS[1], ARGV[1])",
			Long.class);

	private TemplateScenarios() {
	}

	static Map<String, Scenario> all() {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put("templates, callbacks", TemplateScenarios::callbacks);
		scenarios.put("templates, pipelines", TemplateScenarios::pipelines);
		scenarios.put("templates, optimistic locking", TemplateScenarios::optimisticLocking);
		scenarios.put("templates, scripts", TemplateScenarios::scripts);
		scenarios.put("templates, cursors", TemplateScenarios::cursors);
		scenarios.put("templates, views", TemplateScenarios::views);
		return scenarios;
	}

	private static void callbacks(Subject subject, Keys keys, Transcript transcript) {
		RedisOperations<String, String> template = subject.operations();
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 5; i++) {
			byte[] value = Text.bytes("value " + i);
			transcript.note("write and read", () -> template.execute((RedisCallback<Object>) (connection) -> {
				connection.stringCommands().set(key, value);
				return connection.stringCommands().get(key);
			}));
			transcript.note("read", () -> template
				.execute((RedisCallback<Object>) (connection) -> connection.stringCommands().get(key)));
			transcript.note("session", () -> template.execute(inSession((session) -> {
				session.opsForValue().append(keys.first(), "!");
				return List.of(session.opsForValue().get(keys.first()), session.opsForValue().size(keys.first()));
			})));
			transcript.note("publish", () -> template.convertAndSend(keys.named("channel"), "message"));
		}
	}

	private static void pipelines(Subject subject, Keys keys, Transcript transcript) {
		RedisOperations<String, String> template = subject.operations();
		RedisCallback<Object> calls = (connection) -> pipelined(connection, Text.bytes(keys.first()));
		SessionCallback<Object> session = inSession((operations) -> {
			operations.opsForValue().append(keys.first(), "?");
			operations.opsForValue().get(keys.first());
			operations.opsForList().range(keys.second(), 0, -1);
			return null;
		});
		for (int i = 0; i < 5; i++) {
			String value = "value " + i;
			template.opsForList().rightPush(keys.second(), value);
			transcript.note("calls", () -> template.executePipelined(calls));
			transcript.note("calls", () -> template.executePipelined(calls, RedisSerializer.byteArray()));
			transcript.note("session", () -> template.executePipelined(session));
			transcript.note("session", () -> template.executePipelined(session, RedisSerializer.string()));
			transcript.note("not null",
					() -> template.executePipelined((RedisCallback<Object>) (connection) -> "not null"));
		}
	}

	private static Object pipelined(RedisConnection connection, byte[] key) {
		connection.stringCommands().append(key, Text.bytes("."));
		connection.stringCommands().get(key);
		connection.keyCommands().exists(key);
		return null;
	}

	private static void optimisticLocking(Subject subject, Keys keys, Transcript transcript) {
		for (int i = 0; i < 5; i++) {
			boolean disturbed = i % 2 == 0;
			transcript.note("stock", () -> subject.template().execute(inSession((raw) -> {
				RedisOperations<String, String> session = subject.recorded(raw);
				session.watch(keys.first());
				session.watch(List.of(keys.second(), keys.third()));
				String stock = session.opsForValue().get(keys.first());
				if (disturbed) {
					subject.template().opsForValue().increment(keys.first(), 10);
				}
				session.multi();
				session.opsForValue().set(keys.first(), Integer.toString(Integer.parseInt("0" + stock) + 1));
				session.opsForValue().get(keys.first());
				return session.exec();
			})));
			transcript.note("after", () -> subject.template().opsForValue().get(keys.first()));
			transcript.note("discarded", () -> subject.template().execute(inSession((raw) -> {
				RedisOperations<String, String> session = subject.recorded(raw);
				session.watch(keys.first());
				session.unwatch();
				session.multi();
				session.opsForValue().set(keys.first(), "discarded");
				session.discard();
				session.multi();
				session.opsForValue().increment(keys.second());
				session.opsForValue().get(keys.second());
				return session.exec(RedisSerializer.string());
			})));
			transcript.note("after", () -> subject.template().opsForValue().get(keys.second()));
		}
	}

	private static void scripts(Subject subject, Keys keys, Transcript transcript) {
		RedisOperations<String, String> template = subject.operations();
		List<String> key = List.of(keys.first());
		for (int i = 0; i < 5; i++) {
			transcript.note("count", () -> template.execute(COUNT, key, "3"));
			transcript.note("get", () -> template.opsForValue().get(keys.first()));
			transcript.note("read",
					() -> template.execute(RedisScript.of("return redis.call('GET', KEYS[1])", String.class),
							RedisSerializer.string(), RedisSerializer.string(), key));
		}
	}

	private static void cursors(Subject subject, Keys keys, Transcript transcript) {
		RedisOperations<String, String> template = subject.operations();
		for (int i = 0; i < 3; i++) {
			template.opsForSet().add(keys.first(), "member " + i, "other " + i);
			transcript.note("sticky", () -> sticky(template, Text.bytes(keys.first())));
			transcript.note("set", () -> template.opsForSet().scan(keys.first(), ScanOptions.NONE));
		}
	}

	private static List<String> sticky(RedisOperations<String, String> template, byte[] key) {
		List<String> members = new ArrayList<>();
		try (Cursor<byte[]> cursor = template
			.executeWithStickyConnection((RedisCallback<Cursor<byte[]>>) (connection) -> connection.setCommands()
				.sScan(key, ScanOptions.NONE))) {
			cursor.forEachRemaining((member) -> members.add(Text.of(member)));
		}
		return members.stream().sorted().toList();
	}

	private static void views(Subject subject, Keys keys, Transcript transcript) {
		RedisOperations<String, String> template = subject.operations();
		String key = keys.first();
		transcript.note("serializers",
				() -> List.of(template.getKeySerializer() == RedisSerializer.string(),
						template.getValueSerializer() != null, template.getHashKeySerializer() != null,
						template.getHashValueSerializer() != null));
		transcript.note("operations",
				() -> List.of(template.opsForValue().getOperations() != null,
						template.opsForList().getOperations() != null, template.opsForSet().getOperations() != null,
						template.opsForZSet().getOperations() != null, template.opsForHash().getOperations() != null,
						template.opsForGeo().getOperations() != null));
		transcript.note("bound operations", () -> List.of(template.boundValueOps(key).getOperations() != null,
				template.boundListOps(key).getOperations() != null, template.boundSetOps(key).getOperations() != null,
				template.boundZSetOps(key).getOperations() != null, template.boundHashOps(key).getOperations() != null,
				template.boundGeoOps(key).getOperations() != null));
		transcript.note("keys",
				() -> List.of(template.boundValueOps(key).getKey(), template.boundListOps(key).getKey(),
						template.boundSetOps(key).getKey(), template.boundZSetOps(key).getKey(),
						template.boundHashOps(key).getKey(), template.boundGeoOps(key).getKey()));
		StreamOperations<String, Object, Object> streams = template.opsForStream();
		transcript.note("streams", () -> template.opsForStream(new ObjectHashMapper()) != null);
		transcript.note("mapper", () -> streams.getHashMapper(String.class) != null);
		transcript.note("record", () -> streams.deserializeRecord(
				StreamRecords.rawBytes(Map.of(Text.bytes("a"), Text.bytes("1"))).withStreamKey(Text.bytes("stream"))));
		transcript.note("mapped",
				() -> streams.map(
						StreamRecords.<String, Object, Object>mapBacked(Map.of("payload", "1")).withStreamKey("stream"),
						String.class));
		transcript.note("cluster", () -> template.opsForCluster().getClass().getSimpleName());
		BoundHashOperations<String, Object, Object> hash = template.boundHashOps(key);
		transcript.run("put", () -> hash.put("a", "1"));
		transcript.note("expire", () -> hash.hashExpiration().persist());
		transcript.note("expire", () -> hash.hashExpiration("a").persist());
		transcript.note("expire", () -> hash.hashExpiration(List.of("a")).persist());
		transcript.note("expire", () -> template.opsForHash().expiration(key).persist());
		transcript.note("expire", () -> template.opsForHash().expiration(key, List.of("a")).persist());
		transcript.note("expire", () -> template.opsForHash().expiration(key, "a").persist());
		for (BoundKeyOperations<String> bound : List.of(template.boundValueOps(key), template.boundListOps(key),
				template.boundSetOps(key), template.boundZSetOps(key), hash, template.boundGeoOps(key))) {
			transcript.note("left", () -> bound.expiration().getTimeToLive());
		}
	}

	private static SessionCallback<Object> inSession(Function<RedisOperations<String, String>, Object> action) {
		return new SessionCallback<>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> Object execute(RedisOperations<K, V> operations) {
				return action.apply((RedisOperations<String, String>) operations);
			}

		};
	}

}
