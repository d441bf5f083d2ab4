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

import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.data.redis.connection.ReactiveGeoCommands;
import org.springframework.data.redis.connection.ReactiveHashCommands;
import org.springframework.data.redis.connection.ReactiveHyperLogLogCommands;
import org.springframework.data.redis.connection.ReactiveKeyCommands;
import org.springframework.data.redis.connection.ReactiveListCommands;
import org.springframework.data.redis.connection.ReactiveNumberCommands;
import org.springframework.data.redis.connection.ReactivePubSubCommands;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveScriptingCommands;
import org.springframework.data.redis.connection.ReactiveServerCommands;
import org.springframework.data.redis.connection.ReactiveSetCommands;
import org.springframework.data.redis.connection.ReactiveStreamCommands;
import org.springframework.data.redis.connection.ReactiveStringCommands;
import org.springframework.data.redis.connection.ReactiveZSetCommands;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionCommands;
import org.springframework.data.redis.connection.RedisGeoCommands;
import org.springframework.data.redis.connection.RedisHashCommands;
import org.springframework.data.redis.connection.RedisHyperLogLogCommands;
import org.springframework.data.redis.connection.RedisKeyCommands;
import org.springframework.data.redis.connection.RedisListCommands;
import org.springframework.data.redis.connection.RedisPubSubCommands;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.RedisServerCommands;
import org.springframework.data.redis.connection.RedisSetCommands;
import org.springframework.data.redis.connection.RedisStreamCommands;
import org.springframework.data.redis.connection.RedisStringCommands;
import org.springframework.data.redis.connection.RedisTxCommands;
import org.springframework.data.redis.connection.RedisZSetCommands;
import org.springframework.data.redis.core.BoundGeoOperations;
import org.springframework.data.redis.core.BoundHashFieldExpirationOperations;
import org.springframework.data.redis.core.BoundHashOperations;
import org.springframework.data.redis.core.BoundKeyExpirationOperations;
import org.springframework.data.redis.core.BoundListOperations;
import org.springframework.data.redis.core.BoundSetOperations;
import org.springframework.data.redis.core.BoundStreamOperations;
import org.springframework.data.redis.core.BoundValueOperations;
import org.springframework.data.redis.core.BoundZSetOperations;
import org.springframework.data.redis.core.GeoOperations;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.HyperLogLogOperations;
import org.springframework.data.redis.core.ListOperations;
import org.springframework.data.redis.core.ReactiveGeoOperations;
import org.springframework.data.redis.core.ReactiveHashOperations;
import org.springframework.data.redis.core.ReactiveHyperLogLogOperations;
import org.springframework.data.redis.core.ReactiveListOperations;
import org.springframework.data.redis.core.ReactiveRedisOperations;
import org.springframework.data.redis.core.ReactiveSetOperations;
import org.springframework.data.redis.core.ReactiveStreamOperations;
import org.springframework.data.redis.core.ReactiveValueOperations;
import org.springframework.data.redis.core.ReactiveZSetOperations;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SetOperations;
import org.springframework.data.redis.core.StreamOperations;
import org.springframework.data.redis.core.ValueOperations;
import org.springframework.data.redis.core.ZSetOperations;

/**
 * An interface of Spring Data Redis whose methods are called at random, with what they
 * are called on.
 *
 * @param <C> what gives access to it
 * @param type the interface
 * @param content what the keys hold
 * @param access returns the interface, for a key where it is bound to one
 */
record CommandGroup<C>(Class<?> type, Content content, BiFunction<C, String, Object> access) {

	static final List<CommandGroup<RedisConnection>> OF_CONNECTIONS = List.of(
			group(RedisKeyCommands.class, Content.MIXED, (connection, key) -> connection.keyCommands()),
			group(RedisStringCommands.class, Content.STRING, (connection, key) -> connection.stringCommands()),
			group(RedisListCommands.class, Content.LIST, (connection, key) -> connection.listCommands()),
			group(RedisSetCommands.class, Content.SET, (connection, key) -> connection.setCommands()),
			group(RedisZSetCommands.class, Content.SORTED_SET, (connection, key) -> connection.zSetCommands()),
			group(RedisHashCommands.class, Content.HASH, (connection, key) -> connection.hashCommands()),
			group(RedisHyperLogLogCommands.class, Content.HYPER_LOG_LOG,
					(connection, key) -> connection.hyperLogLogCommands()),
			group(RedisGeoCommands.class, Content.GEO, (connection, key) -> connection.geoCommands()),
			group(RedisStreamCommands.class, Content.STREAM, (connection, key) -> connection.streamCommands()));

	static final List<CommandGroup<ReactiveRedisConnection>> OF_REACTIVE_CONNECTIONS = List.of(
			group(ReactiveKeyCommands.class, Content.MIXED, (connection, key) -> connection.keyCommands()),
			group(ReactiveStringCommands.class, Content.STRING, (connection, key) -> connection.stringCommands()),
			group(ReactiveNumberCommands.class, Content.STRING, (connection, key) -> connection.numberCommands()),
			group(ReactiveListCommands.class, Content.LIST, (connection, key) -> connection.listCommands()),
			group(ReactiveSetCommands.class, Content.SET, (connection, key) -> connection.setCommands()),
			group(ReactiveZSetCommands.class, Content.SORTED_SET, (connection, key) -> connection.zSetCommands()),
			group(ReactiveHashCommands.class, Content.HASH, (connection, key) -> connection.hashCommands()),
			group(ReactiveHyperLogLogCommands.class, Content.HYPER_LOG_LOG,
					(connection, key) -> connection.hyperLogLogCommands()),
			group(ReactiveGeoCommands.class, Content.GEO, (connection, key) -> connection.geoCommands()),
			group(ReactiveStreamCommands.class, Content.STREAM, (connection, key) -> connection.streamCommands()));

	static final List<CommandGroup<RedisOperations<String, String>>> OF_TEMPLATES = List.of(
			group(RedisOperations.class, Content.MIXED, (template, key) -> template),
			group(ValueOperations.class, Content.STRING, (template, key) -> template.opsForValue()),
			group(ListOperations.class, Content.LIST, (template, key) -> template.opsForList()),
			group(SetOperations.class, Content.SET, (template, key) -> template.opsForSet()),
			group(ZSetOperations.class, Content.SORTED_SET, (template, key) -> template.opsForZSet()),
			group(HashOperations.class, Content.HASH, (template, key) -> template.opsForHash()),
			group(HyperLogLogOperations.class, Content.HYPER_LOG_LOG, (template, key) -> template.opsForHyperLogLog()),
			group(GeoOperations.class, Content.GEO, (template, key) -> template.opsForGeo()),
			group(StreamOperations.class, Content.STREAM, (template, key) -> template.opsForStream()),
			group(BoundValueOperations.class, Content.STRING, RedisOperations::boundValueOps),
			group(BoundListOperations.class, Content.LIST, RedisOperations::boundListOps),
			group(BoundSetOperations.class, Content.SET, RedisOperations::boundSetOps),
			group(BoundZSetOperations.class, Content.SORTED_SET, RedisOperations::boundZSetOps),
			group(BoundHashOperations.class, Content.HASH, RedisOperations::boundHashOps),
			group(BoundGeoOperations.class, Content.GEO, RedisOperations::boundGeoOps),
			group(BoundStreamOperations.class, Content.STREAM, RedisOperations::boundStreamOps),
			group(BoundKeyExpirationOperations.class, Content.MIXED, RedisOperations::expiration),
			group(BoundHashFieldExpirationOperations.class, Content.HASH,
					(template, key) -> template.opsForHash().expiration(key, "a", "b")));

	static final List<CommandGroup<ReactiveRedisOperations<String, String>>> OF_REACTIVE_TEMPLATES = List.of(
			group(ReactiveRedisOperations.class, Content.MIXED, (template, key) -> template),
			group(ReactiveValueOperations.class, Content.STRING, (template, key) -> template.opsForValue()),
			group(ReactiveListOperations.class, Content.LIST, (template, key) -> template.opsForList()),
			group(ReactiveSetOperations.class, Content.SET, (template, key) -> template.opsForSet()),
			group(ReactiveZSetOperations.class, Content.SORTED_SET, (template, key) -> template.opsForZSet()),
			group(ReactiveHashOperations.class, Content.HASH, (template, key) -> template.opsForHash()),
			group(ReactiveHyperLogLogOperations.class, Content.HYPER_LOG_LOG,
					(template, key) -> template.opsForHyperLogLog()),
			group(ReactiveGeoOperations.class, Content.GEO, (template, key) -> template.opsForGeo()),
			group(ReactiveStreamOperations.class, Content.STREAM, (template, key) -> template.opsForStream()));

	/**
	 * Interfaces that scenarios call, each command with what it needs.
	 */
	private static final List<Class<?>> OF_SCENARIOS = List.of(RedisScriptingCommands.class, RedisServerCommands.class,
			RedisPubSubCommands.class, RedisTxCommands.class, RedisConnectionCommands.class,
			ReactiveScriptingCommands.class, ReactiveServerCommands.class, ReactivePubSubCommands.class);

	/**
	 * Return every interface all of whose methods have to be called.
	 */
	static Set<Class<?>> types() {
		return Stream
			.concat(Stream.of(OF_CONNECTIONS, OF_REACTIVE_CONNECTIONS, OF_TEMPLATES, OF_REACTIVE_TEMPLATES)
				.flatMap(List::stream)
				.map((group) -> ((CommandGroup<?>) group).type()), OF_SCENARIOS.stream())
			.collect(Collectors.toSet());
	}

	static boolean isRecorded(Class<?> type) {
		return RECORDED.contains(type);
	}

	private static final Set<Class<?>> RECORDED = types();

	boolean isBound() {
		return this.type.getSimpleName().startsWith("Bound");
	}

	private static <C> CommandGroup<C> group(Class<?> type, Content content, BiFunction<C, String, Object> access) {
		return new CommandGroup<>(type, content, access);
	}

}
