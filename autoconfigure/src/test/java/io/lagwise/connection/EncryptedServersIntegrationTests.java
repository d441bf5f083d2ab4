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

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Servers, Sentinels among them, that accept encrypted connections only, with a
 * certificate that no public authority has signed.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 1, tls = true, aclUser = "app", aclPassword = "secret of the app")
@ExtendWith(OutputCaptureExtension.class)
class EncryptedServersIntegrationTests {

	private static final String NOT_TRUSTED = "unable to find valid certification path to requested target";

	private final ReplicatedRedis redis;

	EncryptedServersIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void restoreTheUser() {
		this.redis.nodes()
			.forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "app", "resetpass", ">secret of the app"));
	}

	@Test
	void readsWritesAndFailoversAreEncryptedAlsoWithCredentialsOfANode() {
		RedisNode own = this.redis.replicas().get(0);
		this.redis.execute(own, "ACL", "SETUSER", "app", "resetpass", ">secret of the replica");
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinels(), trusting(this.redis));
		factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.anyReplica())
			.withNodeCredentials(
					NodeCredentials.NONE.with(NodeAddress.parse(own.address()), "app", "secret of the replica")));
		factory.afterPropertiesSet();
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			assertThatTheReplicaServesWhatIsWritten(factory, template, "first");
			RedisNode old = this.redis.primary();
			this.redis.failover();
			assertThat(this.redis.primary()).isNotEqualTo(old);
			assertThatTheReplicaServesWhatIsWritten(factory, template, "second");
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void aCertificateThatIsNotTrustedIsNamedOnceWhereSentinelsShowIt(CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinels(), trustingNobody());
		factory.afterPropertiesSet();
		try {
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output).contains("No Sentinel names the primary")
					.contains(this.redis.sentinels().get(0).address() + " (" + NOT_TRUSTED + ")")
					.contains("Check spring.data.redis.ssl.bundle"));
			assertFailsForTheSameReason(factory);
			assertThat(output).containsOnlyOnce("No Sentinel names the primary").doesNotContain("secret");
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void aCertificateThatIsNotTrustedIsNamedOnceWhereNodesShowIt(CapturedOutput output) {
		RedisNode first = this.redis.nodes().get(0);
		RedisNode second = this.redis.nodes().get(1);
		RedisStaticMasterReplicaConfiguration nodes = new RedisStaticMasterReplicaConfiguration(first.host(),
				first.port());
		nodes.addNode(second.host(), second.port());
		nodes.setUsername("app");
		nodes.setPassword("secret of the app");
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(nodes, trustingNobody());
		factory.afterPropertiesSet();
		try {
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output).contains("No encrypted connection to")
					.contains(first.address(), second.address(), NOT_TRUSTED, "Check spring.data.redis.ssl.bundle"));
			await().during(Duration.ofSeconds(1))
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output).containsOnlyOnce("No encrypted connection to")
					.doesNotContain("secret"));
		}
		finally {
			factory.destroy();
		}
	}

	private void assertThatTheReplicaServesWhatIsWritten(ReplicaAwareConnectionFactory factory,
			StringRedisTemplate template, String value) {
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.untilAsserted(() -> template.opsForValue().set("key", value));
		this.redis.awaitInSync();
		TestFactories.awaitReadsFrom(factory, 1);
		this.redis.resetStatistics();
		assertThat(template.opsForValue().get("key")).isEqualTo(value);
		assertThat(this.redis.commandsServed(this.redis.replicas().get(0), "get")).isOne();
	}

	private static void assertFailsForTheSameReason(ReplicaAwareConnectionFactory factory) {
		StringRedisTemplate template = new StringRedisTemplate(factory);
		assertThatExceptionOfType(RedisConnectionFailureException.class)
			.isThrownBy(() -> template.opsForValue().get("key"))
			.havingRootCause()
			.withMessage(NOT_TRUSTED);
	}

	private RedisSentinelConfiguration sentinels() {
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
		configuration.setUsername("app");
		configuration.setPassword("secret of the app");
		return configuration;
	}

	private static LettuceClientConfiguration trusting(ReplicatedRedis redis) {
		String certificate = redis.springProperties()
			.get("spring.ssl.bundle.pem.lagwise-testkit.truststore.certificate");
		byte[] pem = certificate.getBytes(StandardCharsets.US_ASCII);
		SslOptions trust = SslOptions.builder().trustManager(() -> new ByteArrayInputStream(pem)).build();
		return LettuceClientConfiguration.builder()
			.clientOptions(ClientOptions.builder().sslOptions(trust).build())
			.useSsl()
			.build();
	}

	private static LettuceClientConfiguration trustingNobody() {
		return LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(2)).useSsl().build();
	}

}
