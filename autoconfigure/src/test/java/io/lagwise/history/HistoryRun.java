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

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Lets clients work while something is done to the servers, and collects what they saw
 * and what the servers hold in the end.
 */
final class HistoryRun implements AutoCloseable {

	/**
	 * Every answer of a replica that follows without delay is fresh: such a run would
	 * prove nothing.
	 */
	private static final List<Duration> DELAYS = List.of(Duration.ofMillis(1), Duration.ofMillis(30));

	private final ReplicatedRedis redis;

	private final HistoryRecorder recorder = new HistoryRecorder();

	private final List<HistoryClient> clients = new ArrayList<>();

	private long lossesFrom = History.NEVER;

	HistoryRun(ReplicatedRedis redis) {
		this.redis = redis;
	}

	/**
	 * Delay one replica a little and the other one more.
	 */
	HistoryRun delayed() {
		List<RedisNode> replicas = this.redis.replicas();
		for (int i = 0; i < replicas.size(); i++) {
			this.redis.delayReplication(replicas.get(i), DELAYS.get(i % DELAYS.size()));
		}
		return this;
	}

	HistoryRecorder recorder() {
		return this.recorder;
	}

	ReplicatedRedis redis() {
		return this.redis;
	}

	void add(HistoryClient client) {
		this.clients.add(client);
	}

	/**
	 * Let sessions go from each client to the next one and back.
	 */
	void handOverSessions() {
		for (int i = 0; i < this.clients.size(); i++) {
			this.clients.get(i).handOverTo(this.clients.get((i + 1) % this.clients.size()));
		}
	}

	void start() {
		this.clients.forEach(HistoryClient::start);
	}

	/**
	 * Let the clients work for some time.
	 */
	void goOn(Duration time) {
		await().pollDelay(time).atMost(time.plusSeconds(30)).until(() -> true);
	}

	/**
	 * Let the clients work until there are that many more operations.
	 */
	void goOnFor(int operations) {
		int before = this.recorder.size();
		await().atMost(Duration.ofMinutes(2)).until(() -> this.recorder.size() >= before + operations);
	}

	/**
	 * Note that acknowledged writes may be destroyed from now on.
	 */
	void writesMayBeLostFromNowOn() {
		if (this.lossesFrom == History.NEVER) {
			this.lossesFrom = System.nanoTime();
		}
	}

	/**
	 * Wait until the clients have another primary.
	 */
	void awaitPrimaryOtherThan(RedisNode node) {
		await().atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(this.clients)
				.allSatisfy((client) -> assertThat(client.factory().getTopology().primaryAddress()).isPresent()
					.get()
					.hasToString(this.redis.primary().address())
					.doesNotHaveToString(node.address())));
	}

	/**
	 * Stop the clients, wait until the replicas are in sync and look at what all nodes
	 * hold.
	 */
	History end(Duration tolerance) {
		this.clients.forEach(HistoryClient::stop);
		this.redis.nodes().forEach(this.redis::healReplication);
		this.redis.awaitInSync();
		List<Operation> operations = this.recorder.operations();
		List<String> keys = operations.stream().map(Operation::key).distinct().sorted().toList();
		Map<String, Map<String, List<String>>> nodes = new LinkedHashMap<>();
		this.redis.nodes().forEach((node) -> nodes.put(node.address(), contents(node, keys)));
		return new History(operations, this.recorder.announcements(), this.recorder.doubtsAboutSessions(), nodes,
				this.redis.primary().address(), this.lossesFrom, tolerance);
	}

	@Override
	public void close() {
		this.clients.forEach(HistoryClient::close);
	}

	private static Map<String, List<String>> contents(RedisNode node, List<String> keys) {
		RedisClient client = RedisClient.create(RedisURI.create(node.host(), node.port()));
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			RedisAsyncCommands<String, String> commands = connection.async();
			Map<String, RedisFuture<?>> answers = keys.stream()
				.collect(Collectors.toMap((key) -> key,
						(key) -> Access.isList(key) ? commands.lrange(key, 0, -1) : commands.get(key)));
			LettuceFutures.awaitAll(30, TimeUnit.SECONDS, answers.values().toArray(RedisFuture<?>[]::new));
			Map<String, List<String>> contents = new HashMap<>();
			answers.forEach((key, answer) -> contents.put(key, strings(answer.toCompletableFuture().join())));
			return contents;
		}
		finally {
			client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
		}
	}

	private static List<String> strings(@Nullable Object answer) {
		if (answer instanceof List<?> list) {
			return list.stream().map(String.class::cast).toList();
		}
		return (answer != null) ? List.of((String) answer) : List.of();
	}

}
