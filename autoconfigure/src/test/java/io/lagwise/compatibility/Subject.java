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

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveRedisOperations;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A connection factory whose answers are compared with those of others.
 */
final class Subject {

	private final String name;

	private final LettuceConnectionFactory factory;

	private final Coverage coverage;

	private final StringRedisTemplate template;

	private final ReactiveStringRedisTemplate reactiveTemplate;

	/**
	 * Create a subject.
	 * @param name a name as long as those of the others, for its keys
	 * @param factory the factory, started
	 * @param coverage is told of answers
	 */
	Subject(String name, LettuceConnectionFactory factory, Coverage coverage) {
		this.name = name;
		this.factory = factory;
		this.coverage = coverage;
		this.template = new StringRedisTemplate(factory);
		this.reactiveTemplate = new ReactiveStringRedisTemplate(factory);
	}

	String name() {
		return this.name;
	}

	Keys keys(String title) {
		return new Keys(this.name + ":" + title.replace(' ', '-') + ":");
	}

	LettuceConnectionFactory factory() {
		return this.factory;
	}

	RedisConnection connection() {
		return Recorder.record(RedisConnection.class, this.factory.getConnection(), this.coverage);
	}

	ReactiveRedisConnection reactiveConnection() {
		return Recorder.record(ReactiveRedisConnection.class, this.factory.getReactiveConnection(), this.coverage);
	}

	StringRedisTemplate template() {
		return this.template;
	}

	RedisOperations<String, String> operations() {
		return recorded(this.template);
	}

	ReactiveStringRedisTemplate reactiveTemplate() {
		return this.reactiveTemplate;
	}

	@SuppressWarnings("unchecked")
	RedisOperations<String, String> recorded(RedisOperations<String, String> operations) {
		return Recorder.record(RedisOperations.class, operations, this.coverage);
	}

	@SuppressWarnings("unchecked")
	ReactiveRedisOperations<String, String> reactiveOperations() {
		return Recorder.record(ReactiveRedisOperations.class, this.reactiveTemplate, this.coverage);
	}

	/**
	 * Return what the server calls a dump of a string, for commands that restore it.
	 */
	byte[] dump(Keys keys) {
		try (RedisConnection connection = this.factory.getConnection()) {
			byte[] key = Text.bytes(keys.named("dumped"));
			connection.stringCommands().set(key, Text.bytes("restored"));
			connection.openPipeline();
			connection.keyCommands().dump(key);
			connection.keyCommands().del(key);
			return (byte[]) connection.closePipeline().get(0);
		}
	}

}
