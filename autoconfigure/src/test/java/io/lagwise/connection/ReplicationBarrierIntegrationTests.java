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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.routing.WaitListener;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A barrier on real servers. What polls prove is only what a test has asked for itself.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class ReplicationBarrierIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ReplicatedRedis redis;

	private final List<Ended> ended = new CopyOnWriteArrayList<>();

	private final Watermarks watermarks = new Watermarks();

	private ReplicaAwareConnectionFactory factory;

	private ClientResources resources;

	private NodeClient client;

	private ReplicationBarrier barrier;

	ReplicationBarrierIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.resources = ClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
		connect(TestFactories.sentinelConfiguration(this.redis));
		this.redis.awaitInSync();
	}

	@AfterEach
	void disconnect() {
		this.barrier.close();
		this.client.close();
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
		this.factory.destroy();
	}

	@Test
	void replicasAreProvenToHaveWhatWasAcknowledgedBefore() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(20)));
		awaitPromise(PATIENCE);
		for (int i = 0; i < 50; i++) {
			String value = "value " + i;
			// a replica that was slow when the machine paused is not waited for every
			// time
			await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(30)).until(() -> areAllProvenToHave(value));
		}
		assertThat(this.ended).contains(new Ended(2, 2));
	}

	@Test
	void nothingIsProvenOfAReplicaThatHasNotCaughtUp() {
		RedisNode slow = this.redis.replicas().get(0);
		awaitPromise(PATIENCE);
		this.redis.freeze(slow);
		this.redis.execute(this.redis.primary(), "SET", "key", "newer");
		long acknowledged = System.nanoTime();
		request(acknowledged, Duration.ofMillis(100));
		assertThat(freshAsOf(slow)).isLessThan(acknowledged);
		assertThat(freshAsOf(this.redis.replicas().get(1))).isGreaterThanOrEqualTo(acknowledged);
		assertThat(this.ended).endsWith(new Ended(2, 1));
	}

	@Test
	void aSlowReplicaIsNotWaitedForByEverybody() {
		RedisNode slow = this.redis.replicas().get(0);
		awaitPromise(PATIENCE);
		this.redis.freeze(slow);
		request(System.nanoTime(), PATIENCE);
		assertThat(this.ended).endsWith(new Ended(2, 1));
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			request(System.nanoTime(), PATIENCE);
			assertThat(this.ended).endsWith(new Ended(1, 1));
		});
		this.redis.thaw(slow);
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			poll();
			request(System.nanoTime(), PATIENCE);
			assertThat(this.ended).endsWith(new Ended(2, 2));
		});
	}

	@Test
	void whoComesMeanwhileSharesTheNextOne() {
		awaitPromise(PATIENCE);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(300)));
		this.ended.clear();
		List<CompletableFuture<Void>> waiting = IntStream.range(0, 100).mapToObj((i) -> {
			CompletableFuture<Void> end = new CompletableFuture<>();
			this.barrier.request(PATIENCE, () -> end.complete(null));
			return end;
		}).toList();
		assertThat(waiting).allSatisfy((end) -> assertThat(end).succeedsWithin(Duration.ofSeconds(30)));
		assertThat(this.ended).hasSizeBetween(1, 10);
	}

	@Test
	void whatBeganLateEnoughIsShared() {
		awaitPromise(PATIENCE);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(300)));
		this.ended.clear();
		long instant = System.nanoTime();
		List<CompletableFuture<Void>> waiting = IntStream.range(0, 100).mapToObj((i) -> {
			CompletableFuture<Void> end = new CompletableFuture<>();
			this.barrier.request(instant, PATIENCE, () -> end.complete(null));
			return end;
		}).toList();
		assertThat(waiting).allSatisfy((end) -> assertThat(end).succeedsWithin(Duration.ofSeconds(30)));
		assertThat(this.ended).hasSize(1);
	}

	@Test
	void barriersThatAreTooSlowAreNotPromisedAndTriedNowAndThen() {
		awaitPromise(PATIENCE);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
		Duration patience = Duration.ofMillis(10);
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			request(System.nanoTime(), patience);
			poll();
			assertThat(this.barrier.isPromising(patience, System.nanoTime())).isFalse();
		});
		this.redis.replicas().forEach(this.redis::healReplication);
		this.redis.awaitInSync();
		await().atMost(Duration.ofSeconds(60)).until(() -> {
			poll();
			return this.barrier.isPromising(Duration.ofMillis(100), System.nanoTime());
		});
	}

	@Test
	void aPrimaryThatIsFrozenEndsItInTime() {
		awaitPromise(PATIENCE);
		this.redis.freeze(this.redis.primary());
		request(System.nanoTime(), Duration.ofMillis(50));
		assertThat(this.barrier.isPromising(PATIENCE, System.nanoTime())).isFalse();
	}

	@Test
	void anotherPrimaryIsAskedAfterAFailover() {
		awaitPromise(PATIENCE);
		RedisNode old = this.redis.primary();
		this.redis.failover();
		await().atMost(Duration.ofSeconds(30))
			.until(() -> !this.factory.getTopology().primaryAddress().orElseThrow().equals(address(old)));
		awaitPromise(PATIENCE);
		long instant = System.nanoTime();
		request(instant, PATIENCE);
		assertThat(this.redis.replicas()).anyMatch((replica) -> freshAsOf(replica) >= instant);
	}

	@ParameterizedTest
	@CsvSource({ "-publish, PUBLISH, +publish &lagwise:*", "resetchannels, PUBLISH, +publish &lagwise:*",
			"-role, ROLE, +role", "-wait, WAIT, +wait" })
	void whatIsRefusedIsSaidOnceAndPromisedNoMore(String rule, String command, String advice, CapturedOutput output) {
		this.redis.nodes()
			.forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "limited", "reset", "on", ">secret", "~*",
					"&*", "+@all", rule));
		try {
			RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
			configuration.setUsername("limited");
			configuration.setPassword("secret");
			this.barrier.close();
			this.client.close();
			connect(configuration);
			awaitPromise(PATIENCE);
			request(System.nanoTime(), PATIENCE);
			assertThat(this.barrier.isPromising(PATIENCE, System.nanoTime())).isFalse();
			request(System.nanoTime(), PATIENCE);
			assertThat(output).containsOnlyOnce(command + " is refused by " + this.redis.primary().address())
				.contains("NOPERM", "add " + advice + " to the user")
				.doesNotContain("secret");
		}
		finally {
			this.redis.nodes().forEach((node) -> this.redis.execute(node, "ACL", "DELUSER", "limited"));
		}
	}

	private void connect(RedisSentinelConfiguration configuration) {
		this.client = new NodeClient(this.resources, ClientOptions.create(),
				new NodeUris(configuration, TestFactories.clientConfiguration(), NodeCredentials.NONE), Runnable::run);
		this.barrier = new ReplicationBarrier(this.client, this.factory::getTopology, this.watermarks,
				new RefusedCommands(), ReplicaReadOptions.DEFAULTS.withWaitListener(new WaitListener() {

					@Override
					public void barrierEnded(int asked, int confirmed, long nanos) {
						ReplicationBarrierIntegrationTests.this.ended.add(new Ended(asked, confirmed));
					}

				}), System::nanoTime, Runnable::run);
	}

	/**
	 * Ask the nodes as the monitor does, often enough for a confirmation to count.
	 */
	private void poll() {
		this.barrier.sweep();
		for (int i = 0; i < 2; i++) {
			this.redis.nodes().forEach((node) -> {
				long sentAt = System.nanoTime();
				this.watermarks.answered(address(node), sentAt, ReplicationStatus
					.parse(Objects.requireNonNull(this.redis.execute(node, "INFO", "replication"))));
			});
		}
	}

	private void awaitPromise(Duration patience) {
		this.watermarks.follow(this.factory.getTopology().primaryAddress().orElseThrow(), System.nanoTime());
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			poll();
			assertThat(this.factory.getTopology().onlineReplicas()).hasSize(2);
			assertThat(this.redis.replicas()).allSatisfy((replica) -> assertThat(freshAsOf(replica)).isPositive());
			assertThat(this.barrier.isPromising(patience, System.nanoTime())).isTrue();
		});
	}

	private void request(long instant, Duration patience) {
		CompletableFuture<Void> end = new CompletableFuture<>();
		this.barrier.request(instant, patience, () -> end.complete(null));
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			this.barrier.sweep();
			return end.isDone();
		});
	}

	private boolean areAllProvenToHave(String value) {
		poll();
		this.redis.execute(this.redis.primary(), "SET", "key", value);
		long acknowledged = System.nanoTime();
		request(acknowledged, PATIENCE);
		List<RedisNode> proven = this.redis.replicas()
			.stream()
			.filter((replica) -> freshAsOf(replica) >= acknowledged)
			.toList();
		assertThat(proven)
			.allSatisfy((replica) -> assertThat(this.redis.execute(replica, "GET", "key")).isEqualTo(value));
		return proven.size() == this.redis.replicas().size();
	}

	private long freshAsOf(RedisNode node) {
		long now = System.nanoTime();
		Duration lag = this.watermarks.lag(address(node), now);
		return (lag != null) ? now - lag.toNanos() : Long.MIN_VALUE;
	}

	private static NodeAddress address(RedisNode node) {
		return new NodeAddress(node.host(), node.port());
	}

	/**
	 * A barrier that is over.
	 */
	private record Ended(int asked, int confirmed) {

	}

}
