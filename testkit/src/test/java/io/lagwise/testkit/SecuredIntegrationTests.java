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

package io.lagwise.testkit;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ReplicatedRedis} with passwords, ACL users and TLS.
 */
class SecuredIntegrationTests {

	private static void assertReplicatesAndFailsOver(ReplicatedRedis redis) {
		RedisNode old = redis.primary();
		redis.execute(old, "SET", "key", "value");
		redis.awaitInSync();
		redis.failover();
		assertThat(redis.primary()).isNotEqualTo(old);
		assertThat(redis.execute(redis.primary(), "GET", "key")).isEqualTo("value");
	}

	private static void assertRefused(RedisNode node, ServerAccess access) {
		assertThatExceptionOfType(ServerErrorException.class).isThrownBy(() -> access.call(node.port(), "PING"))
			.withMessageMatching("(NOAUTH|WRONGPASS).*");
	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 1, password = "pass \"word\"", sentinelPassword = "s3ntinel")
	class Passwords {

		@Test
		void areAskedForByAllServersAndGivenToSpring(ReplicatedRedis redis) {
			assertReplicatesAndFailsOver(redis);
			assertRefused(redis.primary(), new ServerAccess("", "", null));
			assertRefused(redis.sentinels().get(0), new ServerAccess("", "", null));
			assertThat(redis.springProperties()).containsEntry("spring.data.redis.password", "pass \"word\"")
				.containsEntry("spring.data.redis.sentinel.password", "s3ntinel")
				.doesNotContainKey("spring.data.redis.username");
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 1, aclUser = "shop", aclPassword = "secret")
	class AclUser {

		@Test
		void mayDoEverythingAndTheDefaultUserNothing(ReplicatedRedis redis) throws Exception {
			assertReplicatesAndFailsOver(redis);
			Map<String, String> properties = redis.springProperties();
			ServerAccess application = new ServerAccess(properties.get("spring.data.redis.username"),
					properties.get("spring.data.redis.password"), null);
			assertThat(application.call(redis.primary().port(), "ACL", "WHOAMI")).isEqualTo("shop");
			assertRefused(redis.primary(), new ServerAccess("", "", null));
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 1, password = "secret", tls = true)
	class Tls {

		@Test
		void encryptsEverythingAndSpringTrustsTheCertificate(ReplicatedRedis redis) {
			assertReplicatesAndFailsOver(redis);
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> new ServerAccess("", "secret", null).call(redis.primary().port(), "PING"));
			assertThat(redis.springProperties()).containsEntry("spring.data.redis.ssl.bundle", "lagwise-testkit")
				.containsEntry("spring.data.redis.ssl.enabled", "true")
				.hasEntrySatisfying("spring.ssl.bundle.pem.lagwise-testkit.truststore.certificate",
						(certificate) -> assertThat(certificate).startsWith("-----BEGIN CERTIFICATE-----"));
		}

		@Test
		void leavesNothingForAProxyToTellApart(ReplicatedRedis redis) {
			RedisNode replica = redis.replicas().get(0);
			assertThatIllegalStateException().isThrownBy(() -> redis.delayReplication(replica, Duration.ofMillis(1)))
				.withMessage("Interfering with replication is not possible with TLS: "
						+ "a proxy cannot tell encrypted connections of clients and replicas apart");
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STANDALONE, proxied = false,
			config = { "maxmemory 64mb", "appendonly yes" })
	class WithoutProxies {

		@Test
		void officialAddressIsTheServersOwn(ReplicatedRedis redis) {
			assertThat(redis.execute(redis.primary(), "CONFIG", "GET", "port")).endsWith("\n" + redis.primary().port());
			assertThat(redis.springProperties()).containsEntry("spring.data.redis.port",
					String.valueOf(redis.primary().port()));
			assertThatIllegalStateException().isThrownBy(() -> redis.cutClients(redis.primary()))
				.withMessage("cutClients needs a proxy: do not start with proxied(false)");
		}

		@Test
		void configuredPersistenceSurvivesAKill(ReplicatedRedis redis) {
			assertThat(redis.execute(redis.primary(), "CONFIG", "GET", "maxmemory")).endsWith("\n67108864");
			redis.execute(redis.primary(), "SET", "key", "value");
			redis.kill(redis.primary());
			redis.start(redis.primary());
			assertThat(redis.execute(redis.primary(), "GET", "key")).isEqualTo("value");
		}

	}

}
