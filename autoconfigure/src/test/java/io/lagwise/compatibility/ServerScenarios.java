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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveServerCommands;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisServerCommands;
import org.springframework.data.redis.connection.RedisServerCommands.FlushOption;
import org.springframework.data.redis.connection.ReturnType;

/**
 * What concerns the whole server, and is done while nothing else is.
 */
final class ServerScenarios {

	private ServerScenarios() {
	}

	static Map<String, Scenario> all() {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put("blocking, whole server", ServerScenarios::wholeServer);
		scenarios.put("reactive, whole server", ServerScenarios::wholeServerReactively);
		scenarios.put("templates, whole server", ServerScenarios::wholeServerOfTemplates);
		return scenarios;
	}

	private static void wholeServer(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 3; i++) {
			FlushOption option = FlushOption.values()[i % 2];
			try (RedisConnection connection = subject.connection()) {
				transcript.run("flush all", () -> connection.serverCommands().flushAll());
				transcript.note("size", () -> connection.serverCommands().dbSize());
				transcript.note("no key", () -> connection.keyCommands().randomKey());
				connection.stringCommands().set(key, key);
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("size", () -> connection.serverCommands().dbSize());
				transcript.note("key", () -> connection.keyCommands().randomKey());
				transcript.note("keys", () -> connection.keyCommands().keys(Text.bytes("*")));
				transcript.run("flush", () -> connection.serverCommands().flushDb());
				transcript.note("get", () -> connection.stringCommands().get(key));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get", () -> connection.stringCommands().get(key));
				connection.stringCommands().set(key, key);
				transcript.run("flush", () -> connection.serverCommands().flushDb(option));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get", () -> connection.stringCommands().get(key));
				connection.stringCommands().set(key, key);
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.run("flush all", () -> connection.serverCommands().flushAll(option));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get", () -> connection.stringCommands().get(key));
				transcript.note("exists", () -> connection.keyCommands().exists(key));
			}
		}
		try (RedisConnection connection = subject.connection()) {
			questions(connection.serverCommands(), transcript);
			scripts(connection, transcript);
		}
	}

	private static void questions(RedisServerCommands server, Transcript transcript) {
		transcript.note("time", () -> server.time() > 1_600_000_000_000L);
		transcript.note("time", () -> server.time(TimeUnit.SECONDS) > 1_600_000_000L);
		transcript.note("last save", () -> server.lastSave() > 1_600_000_000L);
		transcript.note("version", () -> server.info().getProperty("redis_version"));
		transcript.note("version", () -> server.info("server").getProperty("redis_version"));
		transcript.note("role", () -> server.info("replication").getProperty("role"));
		transcript.run("set", () -> server.setConfig("slowlog-max-len", "99"));
		transcript.note("setting", () -> server.getConfig("slowlog-max-len"));
		transcript.run("no such setting", () -> server.setConfig("no-such-setting", "99"));
		transcript.run("name", () -> server.setClientName(Text.bytes("compatibility")));
		transcript.note("name", server::getClientName);
		transcript.note("listed",
				() -> server.getClientList().stream().anyMatch((client) -> "compatibility".equals(client.getName())));
		transcript.run("no such client", () -> server.killClient("127.0.0.1", 1));
	}

	private static void scripts(RedisConnection connection, Transcript transcript) {
		String digest = connection.scriptingCommands().scriptLoad(Text.bytes("return 1"));
		transcript.note("exists", () -> connection.scriptingCommands().scriptExists(digest));
		transcript.run("flush", () -> connection.scriptingCommands().scriptFlush());
		transcript.note("exists", () -> connection.scriptingCommands().scriptExists(digest));
		transcript.note("run", () -> connection.scriptingCommands().evalSha(digest, ReturnType.INTEGER, 0));
	}

	private static void wholeServerReactively(Subject subject, Keys keys, Transcript transcript) {
		for (int i = 0; i < 3; i++) {
			FlushOption option = FlushOption.values()[i % 2];
			reactively(subject, keys, transcript, (server) -> server.flushAll());
			reactively(subject, keys, transcript, (server) -> server.flushDb());
			reactively(subject, keys, transcript, (server) -> server.flushAll(option));
			reactively(subject, keys, transcript, (server) -> server.flushDb(option));
		}
		try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
			ReactiveServerCommands server = connection.serverCommands();
			transcript.note("ping", connection::ping);
			transcript.note("time", () -> server.time().map((time) -> time > 1_600_000_000_000L));
			transcript.note("time", () -> server.time(TimeUnit.SECONDS).map((time) -> time > 1_600_000_000L));
			transcript.note("last save", () -> server.lastSave().map((time) -> time > 1_600_000_000L));
			transcript.note("version", () -> server.info().map((info) -> info.getProperty("redis_version")));
			transcript.note("role", () -> server.info("replication").map((info) -> info.getProperty("role")));
			transcript.note("setting", () -> server.setConfig("slowlog-max-len", "98"));
			transcript.note("setting", () -> server.getConfig("slowlog-max-len"));
			transcript.note("name", () -> server.setClientName("reactive"));
			transcript.note("name", server::getClientName);
			transcript.note("listed",
					() -> server.getClientList().any((client) -> "reactive".equals(client.getName())));
			transcript.note("no such client", () -> server.killClient("127.0.0.1", 1));
			transcript.note("flush scripts", () -> connection.scriptingCommands().scriptFlush());
		}
	}

	private static void reactively(Subject subject, Keys keys, Transcript transcript,
			Function<ReactiveServerCommands, Object> flush) {
		try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
			transcript.note("set",
					() -> connection.stringCommands().set(Text.buffer(keys.first()), Text.buffer("value")));
			transcript.note("size", () -> connection.serverCommands().dbSize());
			transcript.note("key", () -> connection.keyCommands().randomKey());
			transcript.note("keys", () -> connection.keyCommands().scan());
			transcript.note("flush", () -> flush.apply(connection.serverCommands()));
		}
		try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
			transcript.note("get", () -> connection.stringCommands().get(Text.buffer(keys.first())));
		}
	}

	private static void wholeServerOfTemplates(Subject subject, Keys keys, Transcript transcript) {
		for (int i = 0; i < 3; i++) {
			subject.template().opsForValue().set(keys.first(), "value");
			transcript.note("key", () -> subject.operations().randomKey());
			transcript.note("key", () -> subject.reactiveOperations().randomKey());
			transcript.note("keys", () -> subject.operations().keys("*"));
			transcript.note("scan", () -> subject.reactiveOperations().scan());
			transcript.note("clients", () -> !subject.operations().getClientList().isEmpty());
			transcript.run("no such client", () -> subject.operations().killClient("127.0.0.1", 1));
			transcript.note("delete", () -> subject.operations().delete(keys.first()));
			transcript.note("has key", () -> subject.operations().hasKey(keys.first()));
		}
	}

}
