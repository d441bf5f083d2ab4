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
import java.util.stream.Stream;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One odd entry in what a Sentinel says costs that entry only.
 */
class OddSentinelAnswersTests {

	private static final NodeAddress PRIMARY = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress REPLICA = new NodeAddress("10.0.0.2", 6379);

	private static final String GOOD_REPLICA = ScriptedServer.texts("name", "10.0.0.2:6379", "ip", "10.0.0.2", "port",
			"6379", "flags", "slave");

	private final ClientResources resources = ClientResources.builder()
		.ioThreadPoolSize(2)
		.computationThreadPoolSize(2)
		.build();

	private final ScriptedServer sentinel = ScriptedServer.start()
		.answer("SENTINEL GET-MASTER-ADDR-BY-NAME", ScriptedServer.texts("10.0.0.1", "6379"))
		.answer("SENTINEL MASTER ", ScriptedServer.texts("ip", "10.0.0.1", "port", "6379", "config-epoch", "7"))
		.answer("SENTINEL REPLICAS", ScriptedServer.list(GOOD_REPLICA));

	private final List<NodeClient> clients = new ArrayList<>();

	private final Map<NodeAddress, NodeObservation> observations = new HashMap<>();

	@AfterEach
	void shutDown() {
		this.clients.forEach(NodeClient::close);
		this.sentinel.close();
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	static Stream<Arguments> oddReplicas() {
		return Stream.of(
				Arguments.of("port 0, as of redis-cli --replica",
						ScriptedServer.texts("name", "10.0.0.9:0", "ip", "10.0.0.9", "port", "0")),
				Arguments.of("port beyond the last", ScriptedServer.texts("ip", "10.0.0.9", "port", "65536")),
				Arguments.of("negative port", ScriptedServer.texts("ip", "10.0.0.9", "port", "-1")),
				Arguments.of("no number", ScriptedServer.texts("ip", "10.0.0.9", "port", "6379x")),
				Arguments.of("no port", ScriptedServer.texts("ip", "10.0.0.9")),
				Arguments.of("an empty address", ScriptedServer.texts("ip", "", "port", "6379")),
				Arguments.of("a blank address", ScriptedServer.texts("ip", " ", "port", "6379")),
				Arguments.of("no address", ScriptedServer.texts("port", "6379")),
				Arguments.of("nothing at all", ScriptedServer.list()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("oddReplicas")
	void anOddReplicaCostsNeitherTheVoteNorTheOthers(String description, String odd) {
		this.sentinel.answer("SENTINEL REPLICAS", ScriptedServer.list(odd, GOOD_REPLICA));
		awaitMembers(PRIMARY, REPLICA);
	}

	@Test
	void anAddressMayBeANameOrOfTheSixthVersion() {
		this.sentinel.answer("SENTINEL REPLICAS",
				ScriptedServer.list(ScriptedServer.texts("ip", "fe80::1", "port", "6379"),
						ScriptedServer.texts("ip", "replica.example.com", "port", "65535"), GOOD_REPLICA));
		awaitMembers(PRIMARY, REPLICA, new NodeAddress("fe80::1", 6379), new NodeAddress("replica.example.com", 65535));
	}

	static Stream<Arguments> oddEpochs() {
		return Stream.of(Arguments.of("no number", ScriptedServer.texts("config-epoch", "x")),
				Arguments.of("too large", ScriptedServer.texts("config-epoch", "99999999999999999999")),
				Arguments.of("empty", ScriptedServer.texts("config-epoch", "")),
				Arguments.of("left out", ScriptedServer.texts("ip", "10.0.0.1")),
				Arguments.of("refused", ScriptedServer.error("NOPERM this user has no permissions")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("oddEpochs")
	void anOddEpochCostsTheEpochOnly(String description, String odd) {
		this.sentinel.answer("SENTINEL MASTER ", odd);
		awaitMembers(PRIMARY, REPLICA);
	}

	@Test
	void aSentinelThatNamesNoUsableAddressCostsItsOwnVoteOnly() {
		try (ScriptedServer other = ScriptedServer.start()
			.answer("SENTINEL GET-MASTER-ADDR-BY-NAME", ScriptedServer.texts("", "0"))
			.answer("SENTINEL MASTER ", ScriptedServer.texts("ip", "", "port", "0", "config-epoch", "9"))
			.answer("SENTINEL REPLICAS", ScriptedServer.list())) {
			awaitMembers(source(other.address(), this.sentinel.address()), PRIMARY, REPLICA);
		}
	}

	@Test
	void whereTheListIsRefusedTheVoteCountsAndThePrimaryNamesItsReplicas() {
		this.sentinel.answer("SENTINEL REPLICAS", ScriptedServer.error("NOPERM this user has no permissions"));
		this.observations.put(PRIMARY, primaryWith(REPLICA));
		awaitMembers(PRIMARY, REPLICA);
	}

	private static NodeObservation primaryWith(NodeAddress... replicas) {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, List.of(replicas)), 0, 0);
	}

	private void awaitMembers(NodeAddress primary, NodeAddress... replicas) {
		awaitMembers(source(this.sentinel.address()), primary, replicas);
	}

	private void awaitMembers(SentinelTopologySource source, NodeAddress primary, NodeAddress... replicas) {
		await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			source.refresh(System.nanoTime());
			Membership membership = source.membership(this.observations);
			assertThat(membership.primary()).isEqualTo(primary);
			assertThat(membership.nodes()).containsExactlyInAnyOrder(
					Stream.concat(Stream.of(primary), Stream.of(replicas)).toArray(NodeAddress[]::new));
		});
	}

	private SentinelTopologySource source(NodeAddress... sentinels) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master("shop");
		Stream.of(sentinels).forEach((it) -> configuration.sentinel(it.host(), it.port()));
		NodeUris uris = new NodeUris(configuration, LettuceClientConfiguration.defaultConfiguration(),
				NodeCredentials.NONE);
		NodeClient client = new NodeClient(this.resources, ClientOptions.create(), uris, Runnable::run);
		this.clients.add(client);
		return new SentinelTopologySource("shop", uris.sentinels(configuration), client, Duration.ofMillis(200), () -> {
		});
	}

}
