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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The ways in which applications read, each with the only right answer to its read.
 */
enum ReadStyle {

	BLOCKING_GET {

		@Override
		@Nullable Object read(Access access) {
			return access.template.opsForValue().get("key-1");
		}

	},

	BLOCKING_MGET {

		@Override
		@Nullable Object read(Access access) {
			return access.template.opsForValue().multiGet(KEYS);
		}

		@Override
		Object answer() {
			return VALUES;
		}

	},

	BLOCKING_LIST {

		@Override
		@Nullable Object read(Access access) {
			return access.template.opsForList().range("list", 0, -1);
		}

		@Override
		Object answer() {
			return ELEMENTS;
		}

	},

	PIPELINE {

		@Override
		Object read(Access access) {
			return access.template.executePipelined((RedisCallback<Object>) (connection) -> {
				KEYS.forEach((key) -> connection.stringCommands().get(bytes(key)));
				return null;
			});
		}

		@Override
		Object answer() {
			return VALUES;
		}

	},

	ASYNCHRONOUS_GET {

		@Override
		Object read(Access access) throws Exception {
			return text(await(access.commands.get(bytes("key-1"))));
		}

	},

	ASYNCHRONOUS_MGET {

		@Override
		Object read(Access access) throws Exception {
			List<KeyValue<byte[], byte[]>> values = await(
					access.commands.mget(KEYS.stream().map(ReadStyle::bytes).toArray(byte[][]::new)));
			return values.stream().map((value) -> text(value.getValueOrElse(null))).toList();
		}

		@Override
		Object answer() {
			return VALUES;
		}

	},

	ASYNCHRONOUS_LIST {

		@Override
		Object read(Access access) throws Exception {
			return await(access.commands.lrange(bytes("list"), 0, -1)).stream().map(ReadStyle::text).toList();
		}

		@Override
		Object answer() {
			return ELEMENTS;
		}

	},

	REACTIVE_GET {

		@Override
		@Nullable Object read(Access access) {
			return access.reactive.opsForValue().get("key-1").block(LIMIT);
		}

	},

	REACTIVE_LIST {

		@Override
		@Nullable Object read(Access access) {
			return access.reactive.opsForList().range("list", 0, -1).collectList().block(LIMIT);
		}

		@Override
		Object answer() {
			return ELEMENTS;
		}

	},

	REACTIVE_MANY {

		@Override
		@Nullable Object read(Access access) {
			return Flux.fromIterable(KEYS)
				.flatMapSequential(
						(key) -> access.reactive.opsForValue().get(key).switchIfEmpty(Mono.just("(nothing)")))
				.collectList()
				.block(LIMIT);
		}

		@Override
		Object answer() {
			return VALUES;
		}

	};

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final List<String> KEYS = IntStream.rangeClosed(1, 10).mapToObj((i) -> "key-" + i).toList();

	private static final List<String> VALUES = IntStream.rangeClosed(1, 10).mapToObj((i) -> "value-" + i).toList();

	private static final List<String> ELEMENTS = IntStream.rangeClosed(1, 200).mapToObj((i) -> "element-" + i).toList();

	/**
	 * Write what is read.
	 */
	static void write(StringRedisTemplate template) {
		for (int i = 0; i < KEYS.size(); i++) {
			template.opsForValue().set(KEYS.get(i), VALUES.get(i));
		}
		template.opsForList().rightPushAll("list", ELEMENTS);
	}

	abstract @Nullable Object read(Access access) throws Exception;

	/**
	 * Return the only right answer.
	 */
	Object answer() {
		return "value-1";
	}

	private static <T> T await(Future<T> future) throws Exception {
		return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte @Nullable [] bytes) {
		return (bytes != null) ? new String(bytes, StandardCharsets.UTF_8) : "(nothing)";
	}

	/**
	 * One connection factory, as applications see it.
	 */
	static final class Access implements AutoCloseable {

		private final StringRedisTemplate template;

		private final ReactiveStringRedisTemplate reactive;

		private final RedisConnection connection;

		private final RedisAsyncCommands<byte[], byte[]> commands;

		@SuppressWarnings("unchecked")
		Access(ReplicaAwareConnectionFactory factory) {
			this.template = new StringRedisTemplate(factory);
			this.reactive = new ReactiveStringRedisTemplate(factory);
			this.connection = factory.getConnection();
			this.commands = (RedisAsyncCommands<byte[], byte[]>) this.connection.getNativeConnection();
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

}
