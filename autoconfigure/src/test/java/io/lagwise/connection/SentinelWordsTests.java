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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeObservation.Reachability;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is said of Sentinels that are wrong, or wrongly configured, and whom an event
 * makes ask.
 */
@ExtendWith(OutputCaptureExtension.class)
class SentinelWordsTests {

	private static final NodeAddress PRIMARY = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress FOREIGN = new NodeAddress("10.9.9.9", 6379);

	private static final NodeAddress UNREACHABLE = new NodeAddress("172.17.0.2", 6379);

	private final ClientResources resources = ClientResources.builder()
		.ioThreadPoolSize(2)
		.computationThreadPoolSize(2)
		.build();

	private final List<AutoCloseable> closed = new ArrayList<>();

	private final Map<NodeAddress, NodeObservation> observations = new HashMap<>();

	private final AtomicInteger changes = new AtomicInteger();

	@AfterEach
	void shutDown() throws Exception {
		for (AutoCloseable closeable : this.closed) {
			closeable.close();
		}
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void aNameThatNoSentinelKnowsIsNotBlamedOnTheUser(CapturedOutput output) {
		ScriptedServer sentinel = server().answer("SENTINEL GET-MASTER-ADDR-BY-NAME", "*-1\r\n")
			.answer("SENTINEL", ScriptedServer.error("ERR No such master with that name"));
		awaitOutput(source(50, sentinel), output, "No Sentinel names the primary of 'shop': " + sentinel.address()
				+ " (does not know a primary named 'shop'). Reads and writes go where Lettuce connects by itself until "
				+ "one does. No Sentinel watches a primary of that name: check spring.data.redis.sentinel.master.");
		assertThat(output).doesNotContain("username").doesNotContain("is refused");
	}

	@Test
	void aDataNodeAmongTheSentinelsIsCalledOne(CapturedOutput output) {
		ScriptedServer sentinel = sentinel(PRIMARY, 1);
		ScriptedServer dataNode = server();
		awaitOutput(source(50, sentinel, dataNode), output, "Sentinel " + dataNode.address()
				+ " of 'shop' has no vote (is a Redis server, not a Sentinel): " + sentinel.address()
				+ " decide without it. spring.data.redis.sentinel.nodes takes the addresses of Sentinels, which listen "
				+ "on a port of their own (26379 unless set).");
		assertThat(output).containsOnlyOnce("has no vote").doesNotContain("is refused");
	}

	@Test
	void dataNodesOnlyAreCalledThatToo(CapturedOutput output) {
		ScriptedServer dataNode = server();
		awaitOutput(source(50, dataNode), output, "No Sentinel names the primary of 'shop': " + dataNode.address()
				+ " (is a Redis server, not a Sentinel). Reads and writes go where Lettuce connects by itself until one "
				+ "does. spring.data.redis.sentinel.nodes takes the addresses of Sentinels");
		assertThat(output).doesNotContain("username");
	}

	@Test
	void aSentinelThatIsDownIsToldOnceAndShown(CapturedOutput output) {
		ScriptedServer sentinel = sentinel(PRIMARY, 1);
		ScriptedServer other = sentinel(PRIMARY, 1);
		SentinelTopologySource source = source(50, sentinel, other);
		awaitPrimary(source);
		assertThat(source.sentinels()).allSatisfy((it) -> {
			assertThat(it.primary()).isEqualTo(PRIMARY);
			assertThat(it.trouble()).isNull();
		});
		other.close();
		awaitOutput(source, output, "Sentinel " + other.address() + " of 'shop' has no vote (");
		turn(source, 20);
		assertThat(output).containsOnlyOnce("has no vote");
		assertThat(source.sentinels()).anySatisfy((it) -> {
			assertThat(it.address()).isEqualTo(other.address());
			assertThat(it.trouble()).isNotBlank();
		});
	}

	@Test
	void whoDisagreesIsNamed(CapturedOutput output) {
		observe(PRIMARY, "id");
		observe(FOREIGN, "foreign");
		ScriptedServer first = sentinel(PRIMARY, 1);
		ScriptedServer second = sentinel(PRIMARY, 1);
		ScriptedServer wrong = sentinel(FOREIGN, 9);
		SentinelTopologySource source = source(50, first, wrong, second);
		awaitOutput(source, output,
				"The Sentinels disagree on the primary of 'shop': " + first.address() + ", " + second.address()
						+ " name 10.0.0.1:6379 (epoch 1); " + wrong.address() + " names 10.9.9.9:6379 (epoch 9). "
						+ "In charge is 10.0.0.1:6379. Compare SENTINEL MASTER shop at each; ");
		assertThat(source.membership(this.observations).primary()).isEqualTo(PRIMARY);
		assertThat(source.membership(this.observations).nodes()).doesNotContain(FOREIGN);
		assertThat(source.membership(this.observations).watched()).contains(FOREIGN);
		wrong.answer("SENTINEL GET-MASTER-ADDR-BY-NAME", ScriptedServer.texts("10.0.0.1", "6379"));
		awaitOutput(source, output, "The Sentinels agree again on the primary of 'shop'");
		assertThat(output).containsOnlyOnce("disagree");
	}

	@Test
	void anAnnouncedAddressThatCannotBeReachedIsWarnedOfWithTheWayOut(CapturedOutput output) {
		observe(PRIMARY, "id");
		this.observations.put(UNREACHABLE, NodeObservation.NONE.failed(Reachability.SILENT));
		ScriptedServer sentinel = sentinel(PRIMARY, 1).answer("SENTINEL REPLICAS",
				ScriptedServer.list(ScriptedServer.texts("ip", UNREACHABLE.host(), "port", "6379", "flags", "slave")));
		SentinelTopologySource source = source(50, sentinel);
		awaitOutput(source, output,
				"Sentinels name 172.17.0.2:6379 for 'shop' and reach it, but this application does not");
		turn(source, 20);
		assertThat(output).containsOnlyOnce("172.17.0.2").contains("replica-announce-ip", "announce-hostnames");
	}

	@Test
	void aNodeThatSentinelsDoNotReachEitherIsNoMatterOfItsAddress(CapturedOutput output) {
		observe(PRIMARY, "id");
		this.observations.put(UNREACHABLE, NodeObservation.NONE.failed(Reachability.SILENT));
		ScriptedServer sentinel = sentinel(PRIMARY, 1).answer("SENTINEL REPLICAS", ScriptedServer
			.list(ScriptedServer.texts("ip", UNREACHABLE.host(), "port", "6379", "flags", "s_down,slave")));
		SentinelTopologySource source = source(50, sentinel);
		awaitPrimary(source);
		turn(source, 40);
		assertThat(output).doesNotContain("172.17.0.2");
	}

	@Test
	void anEventMakesTheSentinelAskedThatHasSpokenAndNoOther() {
		ScriptedServer speaks = sentinel(PRIMARY, 1);
		ScriptedServer listens = sentinel(PRIMARY, 1);
		SentinelTopologySource source = source(600_000, speaks, listens);
		awaitPrimary(source);
		await().atMost(Duration.ofSeconds(10)).until(() -> speaks.isSubscribed() && listens.isSubscribed());
		long before = listens.asked("SENTINEL");
		long asked = speaks.asked("SENTINEL REPLICAS");
		int changed = this.changes.get();
		speaks.publish("+switch-master", "shop 10.0.0.1 6379 10.0.0.2 6379");
		await().atMost(Duration.ofSeconds(10)).until(() -> this.changes.get() > changed);
		await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			source.refresh(System.nanoTime());
			assertThat(speaks.asked("SENTINEL REPLICAS")).isEqualTo(asked + 1);
		});
		assertThat(listens.asked("SENTINEL")).isEqualTo(before);
	}

	@Test
	void eventsOfOthersAndEventsThatDecideNothingMakeNobodyAskAtOnce() {
		ScriptedServer sentinel = sentinel(PRIMARY, 1);
		SentinelTopologySource source = source(600_000, sentinel);
		awaitPrimary(source);
		await().atMost(Duration.ofSeconds(10)).until(sentinel::isSubscribed);
		turn(source, 5);
		long before = sentinel.asked("SENTINEL");
		sentinel.publish("+switch-master", "shop2 10.0.0.1 6379 10.0.0.2 6379");
		sentinel.publish("+sdown", "slave 10.0.0.2:6379 10.0.0.2 6379 @ shop 10.0.0.1 6379");
		turn(source, 10);
		assertThat(sentinel.asked("SENTINEL")).isEqualTo(before);
	}

	private void observe(NodeAddress node, String history) {
		this.observations.put(node, NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.PRIMARY, history, 0, LinkStatus.UP, null, List.of()), 0, 0));
	}

	private void awaitPrimary(SentinelTopologySource source) {
		await().atMost(Duration.ofSeconds(10)).until(() -> {
			source.refresh(System.nanoTime());
			return PRIMARY.equals(source.membership(this.observations).primary())
					&& source.sentinels().stream().allMatch((it) -> it.primary() != null);
		});
	}

	private void awaitOutput(SentinelTopologySource source, CapturedOutput output, String expected) {
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			source.refresh(System.nanoTime());
			source.membership(this.observations);
			assertThat(output).contains(expected);
		});
	}

	private void turn(SentinelTopologySource source, int times) {
		AtomicInteger turns = new AtomicInteger();
		await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> {
			source.refresh(System.nanoTime());
			source.membership(this.observations);
			return turns.incrementAndGet() > times;
		});
	}

	private ScriptedServer server() {
		ScriptedServer server = ScriptedServer.start();
		this.closed.add(server);
		return server;
	}

	private ScriptedServer sentinel(NodeAddress primary, int epoch) {
		String port = String.valueOf(primary.port());
		return server().answer("SENTINEL GET-MASTER-ADDR-BY-NAME", ScriptedServer.texts(primary.host(), port))
			.answer("SENTINEL MASTER ",
					ScriptedServer.texts("ip", primary.host(), "port", port, "config-epoch", String.valueOf(epoch)))
			.answer("SENTINEL REPLICAS", ScriptedServer.list());
	}

	private SentinelTopologySource source(int interval, ScriptedServer... sentinels) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master("shop");
		Stream.of(sentinels).map(ScriptedServer::address).forEach((it) -> configuration.sentinel(it.host(), it.port()));
		NodeUris uris = new NodeUris(configuration, LettuceClientConfiguration.defaultConfiguration(),
				NodeCredentials.NONE);
		NodeClient client = new NodeClient(this.resources, ClientOptions.create(), uris, Runnable::run);
		this.closed.add(0, client);
		return new SentinelTopologySource("shop", uris.sentinels(configuration), client, Duration.ofMillis(interval),
				this.changes::incrementAndGet);
	}

}
