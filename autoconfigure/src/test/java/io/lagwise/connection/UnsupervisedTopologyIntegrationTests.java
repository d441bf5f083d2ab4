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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.lagwise.replication.NodeState;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Follows what is done by hand to nodes that no Sentinel watches.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class UnsupervisedTopologyIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	UnsupervisedTopologyIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource
	void aChangeOfThePrimaryByHandIsFollowed(Source source) {
		connect(source);
		RedisNode old = this.redis.primary();
		RedisNode next = this.redis.replicas().get(0);
		RedisNode other = this.redis.replicas().get(1);
		this.redis.promote(next);
		this.redis.demote(other, next);
		this.redis.demote(old, next);
		this.redis.awaitInSync();
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.factory.getTopology().primaryAddress()).map(Object::toString)
				.contains(next.address()));
		TestFactories.awaitReadsFrom(this.factory, 2);
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.untilAsserted(() -> this.template.opsForValue().set("key", "newer"));
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		for (int i = 0; i < 200; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("newer");
		}
		assertThat(List.of(old, other))
			.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isBetween(50L, 150L));
		assertThat(this.redis.commandsServed(next, "get")).isZero();
	}

	@Test
	void nodesThatFollowAnotherPrimaryAreNotAsked() {
		connect(Source.LIST);
		RedisNode astray = this.redis.replicas().get(0);
		RedisNode pretender = this.redis.replicas().get(1);
		this.redis.promote(pretender);
		this.redis.demote(astray, pretender);
		awaitState(pretender, NodeState.DEPOSED);
		awaitState(astray, NodeState.FOREIGN);
		this.redis.resetStatistics();
		for (int i = 0; i < 20; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.redis.commandsServed(this.redis.nodes().get(0), "get")).isEqualTo(20);
		assertThat(this.factory.getTopology().primaryAddress()).map(Object::toString)
			.contains(this.redis.nodes().get(0).address());
	}

	@Test
	void aPretenderThatNobodyFollowsDoesNotReplaceAPrimaryThatPauses() {
		connect(Source.LIST);
		RedisNode primary = this.redis.primary();
		RedisNode pretender = this.redis.replicas().get(0);
		this.redis.promote(pretender);
		awaitState(pretender, NodeState.DEPOSED);
		this.redis.freeze(primary);
		await().atMost(Duration.ofSeconds(30))
			.until(() -> this.factory.getTopology().primary().state() == NodeState.UNREACHABLE || !isPrimary(primary));
		assertThat(isPrimary(primary)).as(() -> this.factory.getTopology().toString()).isTrue();
		this.redis.thaw(primary);
		TestFactories.awaitReadsFrom(this.factory, 1);
		this.template.opsForValue().set("key", "newer");
		assertThat(this.redis.execute(primary, "GET", "key")).isEqualTo("newer");
	}

	@Test
	void aReplicaOfAReplicaThatIsCutOffIsNotAsked() {
		connect(Source.LIST);
		RedisNode middle = this.redis.replicas().get(0);
		RedisNode last = this.redis.replicas().get(1);
		this.redis.demote(last, middle);
		TestFactories.awaitReadsFrom(this.factory, 2);
		this.redis.disconnectReplication(middle);
		awaitState(middle, NodeState.LINK_DOWN);
		awaitState(last, NodeState.LINK_DOWN);
		this.redis.healReplication(middle);
		TestFactories.awaitReadsFrom(this.factory, 2);
	}

	@Test
	void aConnectionThatReachesTheOldPrimaryLateMovesToTheNewOne() {
		RedisNode old = this.redis.primary();
		RedisNode next = this.redis.replicas().get(0);
		RedisNode other = this.redis.replicas().get(1);
		DelayedConnect delayed = new DelayedConnect();
		ClientResources resources = ClientResources.builder().nettyCustomizer(delayed).build();
		this.factory = TestFactories.fixed(this.redis,
				LettuceClientConfiguration.builder().clientResources(resources).build());
		PrimaryClient client = (PrimaryClient) this.factory.getRequiredNativeClient();
		delayed.beforeNextConnect(() -> {
			this.redis.promote(next);
			this.redis.demote(other, next);
			this.redis.demote(old, next);
			await().atMost(Duration.ofSeconds(30)).until(() -> isPrimary(next));
		});
		RedisURI uri = RedisURI.create(old.host(), old.port());
		// the monitor may close it before it has shaken hands: that fails as in Lettuce
		try (StatefulRedisConnection<String, String> connection = await().pollInSameThread()
			.ignoreExceptionsInstanceOf(RedisConnectionException.class)
			.until(() -> client.connect(uri), StatefulRedisConnection::isOpen)) {
			await().atMost(Duration.ofSeconds(10))
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(connection.sync().set("key", "value")).isEqualTo("OK"));
		}
		finally {
			this.factory.destroy();
			resources.shutdown(0, 1, TimeUnit.SECONDS);
		}
	}

	private void connect(Source source) {
		this.factory = switch (source) {
			case LIST -> TestFactories.fixed(this.redis);
			case PRIMARY -> TestFactories.standalone(this.redis, this.redis.primary());
			case REPLICA -> TestFactories.standalone(this.redis, this.redis.replicas().get(0));
		};
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	private void awaitState(RedisNode node, NodeState state) {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.factory.getTopology().toString())
				.contains(node.address() + " " + state.description()));
	}

	private boolean isPrimary(RedisNode node) {
		return this.factory.getTopology()
			.primaryAddress()
			.map(Object::toString)
			.filter(node.address()::equals)
			.isPresent();
	}

	/**
	 * What the factory is told of the nodes.
	 */
	enum Source {

		LIST, PRIMARY, REPLICA

	}

	/**
	 * Holds up the next connection of the current thread when its address is resolved
	 * already.
	 */
	private static final class DelayedConnect implements NettyCustomizer {

		private final Map<Thread, Runnable> actions = new ConcurrentHashMap<>();

		void beforeNextConnect(Runnable action) {
			this.actions.put(Thread.currentThread(), action);
		}

		@Override
		public void afterBootstrapInitialized(Bootstrap bootstrap) {
			Runnable action = this.actions.remove(Thread.currentThread());
			if (action != null) {
				action.run();
			}
		}

	}

}
