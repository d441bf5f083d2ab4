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

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveRedisOperations;
import org.springframework.data.redis.core.RedisConnectionUtils;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;

import static org.awaitility.Awaitility.await;

/**
 * How a few calls in a row get to Redis.
 *
 * @param <C> what they are made on
 */
interface Style<C> {

	List<String> outcomes(Subject subject, List<Call<C>> calls, Keys keys, Rendering rendering);

	static Map<String, Style<RedisConnection>> ofConnections() {
		Map<String, Style<RedisConnection>> styles = new LinkedHashMap<>();
		styles.put("a connection each", (subject, calls, keys, rendering) -> calls.stream().map((call) -> {
			try (RedisConnection connection = subject.connection()) {
				return call.outcome(connection, rendering);
			}
		}).toList());
		styles.put("one connection", (subject, calls, keys, rendering) -> {
			try (RedisConnection connection = subject.connection()) {
				return calls.stream().map((call) -> call.outcome(connection, rendering)).toList();
			}
		});
		styles.put("two connections in turn", (subject, calls, keys, rendering) -> {
			try (RedisConnection one = subject.connection(); RedisConnection other = subject.connection()) {
				List<String> outcomes = new ArrayList<>();
				for (Call<RedisConnection> call : calls) {
					outcomes.add(call.outcome((outcomes.size() % 2 == 0) ? one : other, rendering));
				}
				return outcomes;
			}
		});
		styles.put("pipeline", (subject, calls, keys, rendering) -> {
			try (RedisConnection connection = subject.connection()) {
				connection.openPipeline();
				List<String> outcomes = tried(calls, connection, rendering);
				connection.stringCommands().set(Text.bytes(keys.named("end")), Text.bytes("reached"));
				outcomes.add(attempt(rendering, connection::closePipeline));
				awaitEnd(subject, keys);
				return outcomes;
			}
		});
		styles.put("transaction", (subject, calls, keys, rendering) -> {
			try (RedisConnection connection = subject.connection()) {
				connection.multi();
				List<String> outcomes = tried(calls, connection, rendering);
				outcomes.add(attempt(rendering, connection::exec));
				return outcomes;
			}
		});
		return styles;
	}

	static Map<String, Style<RedisOperations<String, String>>> ofTemplates() {
		Map<String, Style<RedisOperations<String, String>>> styles = new LinkedHashMap<>();
		styles.put("a connection each", (subject, calls, keys, rendering) -> {
			RedisOperations<String, String> operations = subject.operations();
			return calls.stream().map((call) -> call.outcome(operations, rendering)).toList();
		});
		styles.put("session", (subject, calls, keys, rendering) -> {
			List<String> outcomes = new ArrayList<>();
			subject.template()
				.execute(inSession(
						(operations) -> outcomes.addAll(tried(calls, subject.recorded(operations), rendering))));
			return outcomes;
		});
		styles.put("pipeline", (subject, calls, keys, rendering) -> {
			List<String> outcomes = new ArrayList<>();
			// what a server has not read when a connection is closed is lost, and
			// pipelines end at the first error
			RedisConnectionUtils.bindConnection(subject.factory());
			try {
				String results = attempt(rendering,
						() -> subject.template().executePipelined(inSession((operations) -> {
							outcomes.addAll(tried(calls, subject.recorded(operations), rendering));
							operations.opsForValue().set(keys.named("end"), "reached");
						})));
				outcomes.add(results);
				awaitEnd(subject, keys);
			}
			finally {
				RedisConnectionUtils.unbindConnection(subject.factory());
			}
			return outcomes;
		});
		styles.put("transaction", (subject, calls, keys, rendering) -> {
			List<String> outcomes = new ArrayList<>();
			subject.template().execute(inSession((operations) -> {
				operations.multi();
				outcomes.addAll(tried(calls, subject.recorded(operations), rendering));
				outcomes.add(attempt(rendering, operations::exec));
			}));
			return outcomes;
		});
		return styles;
	}

	static Map<String, Style<ReactiveRedisConnection>> ofReactiveConnections() {
		Map<String, Style<ReactiveRedisConnection>> styles = new LinkedHashMap<>();
		styles.put("a connection each", (subject, calls, keys, rendering) -> calls.stream().map((call) -> {
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				return call.outcome(connection, rendering);
			}
		}).toList());
		styles.put("two connections in turn", (subject, calls, keys, rendering) -> {
			try (ReactiveRedisConnection one = subject.reactiveConnection();
					ReactiveRedisConnection other = subject.reactiveConnection()) {
				List<String> outcomes = new ArrayList<>();
				for (Call<ReactiveRedisConnection> call : calls) {
					outcomes.add(call.outcome((outcomes.size() % 2 == 0) ? one : other, rendering));
				}
				return outcomes;
			}
		});
		return styles;
	}

	static Map<String, Style<ReactiveRedisOperations<String, String>>> ofReactiveTemplates() {
		return Map.of("a connection each", (subject, calls, keys, rendering) -> {
			ReactiveRedisOperations<String, String> operations = subject.reactiveOperations();
			return calls.stream().map((call) -> call.outcome(operations, rendering)).toList();
		});
	}

	/**
	 * Wait until the server has executed what was pipelined. Whoever closes a pipeline is
	 * told of the first command that has failed while others are still under way.
	 */
	private static void awaitEnd(Subject subject, Keys keys) {
		await().pollInterval(Duration.ofMillis(1))
			.atMost(Duration.ofSeconds(20))
			.until(() -> subject.template().delete(keys.named("end")));
	}

	private static <C> List<String> tried(List<Call<C>> calls, C context, Rendering rendering) {
		List<String> outcomes = new ArrayList<>();
		calls.forEach((call) -> outcomes.add(call.outcome(context, rendering)));
		return outcomes;
	}

	private static String attempt(Rendering rendering, Supplier<?> attempt) {
		try {
			return rendering.text(attempt.get());
		}
		catch (RuntimeException ex) {
			return rendering.text(ex);
		}
	}

	private static SessionCallback<Object> inSession(Consumer<RedisOperations<String, String>> action) {
		return new SessionCallback<>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> Object execute(RedisOperations<K, V> operations) {
				action.accept((RedisOperations<String, String>) operations);
				return null;
			}

		};
	}

}
