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

package io.lagwise.usage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.data.geo.Point;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * What the primary holds of a repository of people, compared with itself: each index with
 * the entities, and the entities with each index.
 */
final class StoredPeople implements AutoCloseable {

	private static final String KEYSPACE = "people";

	private final ReplicatedRedis redis;

	private final LettuceConnectionFactory factory;

	private final StringRedisTemplate template;

	private StoredPeople(ReplicatedRedis redis, LettuceConnectionFactory factory) {
		this.redis = redis;
		this.factory = factory;
		this.template = new StringRedisTemplate(factory);
	}

	static StoredPeople of(ReplicatedRedis redis) {
		RedisNode primary = redis.primary();
		LettuceConnectionFactory factory = new LettuceConnectionFactory(primary.host(), primary.port());
		factory.afterPropertiesSet();
		factory.start();
		return new StoredPeople(redis, factory);
	}

	/**
	 * Delete everything, at the replicas as well.
	 */
	void clear() {
		this.redis.execute(this.redis.primary(), "FLUSHALL");
		awaitReplicas();
	}

	void awaitReplicas() {
		this.redis.awaitInSync();
	}

	/**
	 * Return the names of all keys that belong to the repository.
	 */
	Set<String> keys() {
		return new TreeSet<>(Objects.requireNonNull(this.template.keys(KEYSPACE + "*")));
	}

	boolean hasField(String id, String path) {
		return entity(KEYSPACE + ":" + id).keySet()
			.stream()
			.anyMatch((field) -> field.equals(path) || field.startsWith(path + "."));
	}

	/**
	 * Return what does not fit together.
	 * @param ids which identifiers to look at
	 * @return a sentence for each
	 */
	List<String> contradictions(Predicate<String> ids) {
		Map<String, Set<String>> indexes = new TreeMap<>();
		Map<String, Set<String>> indexesOfEntities = new TreeMap<>();
		Map<String, Map<String, String>> entities = new TreeMap<>();
		List<String> contradictions = new ArrayList<>();
		for (String key : keys()) {
			String name = key.substring(Math.min(key.length(), KEYSPACE.length() + 1));
			DataType type = this.template.type(key);
			if (name.endsWith(":idx")) {
				indexesOfEntities.put(name.substring(0, name.length() - 4), members(key));
			}
			else if (name.endsWith(":phantom")) {
				String id = name.substring(0, name.length() - 8);
				if (ids.test(id) && !Boolean.TRUE.equals(this.template.hasKey(KEYSPACE + ":" + id))) {
					contradictions.add("shadow copy of " + id + ", which does not exist");
				}
			}
			else if (type == DataType.HASH) {
				entities.put(name, entity(key));
			}
			else if (type == DataType.SET) {
				indexes.put(key, members(key));
			}
			else if (type == DataType.ZSET) {
				indexes.put(key, new TreeSet<>(Objects.requireNonNull(this.template.opsForZSet().range(key, 0, -1))));
			}
		}
		Map<String, Set<String>> expected = expected(entities);
		Map<String, Set<String>> all = new TreeMap<>(expected);
		indexes.forEach((index, members) -> all.putIfAbsent(index, Set.of()));
		for (String index : all.keySet()) {
			Set<String> held = indexes.getOrDefault(index, Set.of());
			Set<String> due = expected.getOrDefault(index, Set.of());
			held.stream()
				.filter(ids.and((id) -> !due.contains(id)))
				.forEach((id) -> contradictions.add(index + " holds " + id + ", which is " + entities.get(id)));
			due.stream()
				.filter(ids.and((id) -> !held.contains(id)))
				.forEach((id) -> contradictions.add(index + " lacks " + id + ", which is " + entities.get(id)));
			if (!index.equals(KEYSPACE)) {
				due.stream()
					.filter(ids.and((id) -> !indexesOfEntities.getOrDefault(id, Set.of()).contains(index)))
					.forEach((id) -> contradictions.add(id + " does not know that it is in " + index));
			}
		}
		entities.forEach((id, entity) -> {
			if (ids.test(id) && !isWhereItSays(id, entity)) {
				contradictions.add(KEYSPACE + ":location has another place for " + id + ", which is " + entity);
			}
		});
		indexesOfEntities.keySet()
			.stream()
			.filter(ids.and((id) -> !entities.containsKey(id)))
			.forEach((id) -> contradictions.add("indexes of " + id + ", which does not exist"));
		return contradictions;
	}

	private boolean isWhereItSays(String id, Map<String, String> entity) {
		String x = entity.get("location.x");
		String y = entity.get("location.y");
		List<Point> places = this.template.opsForGeo().position(KEYSPACE + ":location", id);
		Point place = (places != null && !places.isEmpty()) ? places.get(0) : null;
		// whether it is there at all has been looked at before
		return x == null || y == null || place == null || (Math.abs(place.getX() - Double.parseDouble(x)) < 0.001
				&& Math.abs(place.getY() - Double.parseDouble(y)) < 0.001);
	}

	private static Map<String, Set<String>> expected(Map<String, Map<String, String>> entities) {
		Map<String, Set<String>> indexes = new LinkedHashMap<>();
		entities.forEach((id, entity) -> {
			add(indexes, KEYSPACE, id);
			entity.forEach((field, value) -> {
				if (field.equals("city") || field.equals("address.street")) {
					add(indexes, KEYSPACE + ":" + field + ":" + value, id);
				}
				else if (field.startsWith("tags.")) {
					add(indexes, KEYSPACE + ":tags:" + value, id);
				}
				else if (field.startsWith("location")) {
					add(indexes, KEYSPACE + ":location", id);
				}
			});
		});
		return indexes;
	}

	private static void add(Map<String, Set<String>> indexes, String index, String id) {
		indexes.computeIfAbsent(index, (it) -> new TreeSet<>()).add(id);
	}

	private Map<String, String> entity(String key) {
		return new TreeMap<>(this.template.<String, String>opsForHash().entries(key));
	}

	private Set<String> members(String key) {
		return new TreeSet<>(Objects.requireNonNull(this.template.opsForSet().members(key)));
	}

	@Override
	public void close() {
		this.factory.destroy();
	}

}
