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

package io.lagwise.history;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The ways in which applications read and write the keys of a history.
 */
final class Access {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final RedisScript<String> SCRIPT = new DefaultRedisScript<>(
			"local r = redis.call(ARGV[1], KEYS[1], ARGV[2]); return type(r) == 'string' and r or false", String.class);

	private final StringRedisTemplate template;

	private final ReactiveStringRedisTemplate reactive;

	Access(RedisConnectionFactory factory) {
		this.template = new StringRedisTemplate(factory);
		this.reactive = new ReactiveStringRedisTemplate((ReactiveRedisConnectionFactory) factory);
	}

	/**
	 * Append to a list.
	 */
	void append(Style style, String key, String value) {
		switch (style) {
			case PLAIN -> this.template.opsForList().rightPush(key, value);
			case PIPELINE -> this.template.executePipelined((RedisCallback<Object>) (connection) -> {
				connection.listCommands().rPush(bytes(key), bytes(value));
				return null;
			});
			case TRANSACTION -> transaction((operations) -> operations.opsForList().rightPush(key, value));
			case SCRIPT -> this.template.execute(SCRIPT, List.of(key), "RPUSH", value);
			case REACTIVE -> this.reactive.opsForList().rightPush(key, value).block(LIMIT);
		}
	}

	/**
	 * Give a register a value.
	 * @return the value before, if there was one
	 */
	List<String> set(Style style, String key, String value) {
		return switch (style) {
			case PLAIN, PIPELINE -> optional(this.template.opsForValue().getAndSet(key, value));
			case TRANSACTION ->
				optional((String) transaction((operations) -> operations.opsForValue().getAndSet(key, value)).get(0));
			case SCRIPT -> optional(this.template.execute(SCRIPT, List.of(key), "GETSET", value));
			case REACTIVE -> optional(this.reactive.opsForValue().getAndSet(key, value).block(LIMIT));
		};
	}

	/**
	 * Read lists and registers, together if the style is a pipeline.
	 * @return their elements and values, in the order of the keys
	 */
	List<List<String>> read(Style style, List<String> keys) {
		if (style == Style.PIPELINE) {
			return pipeline(keys);
		}
		List<List<String>> answers = new ArrayList<>();
		for (String key : keys) {
			answers.add((style == Style.REACTIVE) ? readReactively(key) : readPlainly(key));
		}
		return answers;
	}

	private List<String> readPlainly(String key) {
		return isList(key) ? this.template.opsForList().range(key, 0, -1)
				: optional(this.template.opsForValue().get(key));
	}

	private List<String> readReactively(String key) {
		return isList(key) ? this.reactive.opsForList().range(key, 0, -1).collectList().block(LIMIT)
				: optional(this.reactive.opsForValue().get(key).block(LIMIT));
	}

	private List<List<String>> pipeline(List<String> keys) {
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			keys.forEach((key) -> {
				if (isList(key)) {
					connection.listCommands().lRange(bytes(key), 0, -1);
				}
				else {
					connection.stringCommands().get(bytes(key));
				}
			});
			return null;
		});
		return results.stream().map(Access::strings).toList();
	}

	private List<Object> transaction(Transaction transaction) {
		return this.template.execute(new SessionCallback<>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
				operations.multi();
				transaction.queue((RedisOperations<String, String>) operations);
				return operations.exec();
			}

		});
	}

	static boolean isList(String key) {
		return key.startsWith("list");
	}

	private static List<String> strings(@Nullable Object result) {
		return (result instanceof List<?> list) ? list.stream().map(String.class::cast).toList()
				: optional((String) result);
	}

	private static List<String> optional(@Nullable String value) {
		return (value != null) ? List.of(value) : List.of();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * How a command is sent.
	 */
	enum Style {

		PLAIN, PIPELINE, TRANSACTION, SCRIPT, REACTIVE

	}

	private interface Transaction {

		void queue(RedisOperations<String, String> operations);

	}

}
