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

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link ReplicatedRedis} in containers.
 */
class ContainerIntegrationTests {

	private ReplicatedRedis redis;

	@BeforeEach
	void startContainers() {
		assumeThat(Settings.get(Settings.IMAGE))
			.as("The property %s names no image: containers are not tested", Settings.IMAGE)
			.isNotNull();
		assumeThat(DockerClientFactory.instance().isDockerAvailable())
			.as("Docker is not available: containers are not tested")
			.isTrue();
		this.redis = ReplicatedRedis.builder().provider(Provider.CONTAINER).sentinels(1).start();
	}

	@AfterEach
	void removeContainers() {
		if (this.redis != null) {
			this.redis.close();
		}
	}

	@Test
	void verbsWorkOnContainers() {
		RedisNode primary = this.redis.primary();
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.execute(primary, "SET", "key", "old");
		this.redis.awaitInSync();
		this.redis.delayReplication(replica, Duration.ofMillis(500));
		this.redis.execute(primary, "SET", "key", "new");
		assertThat(this.redis.execute(replica, "GET", "key")).isEqualTo("old");
		this.redis.freeze(replica);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new ServerAccess("", "", null).call(replica.port(), "PING"));
		this.redis.thaw(replica);
		this.redis.awaitInSync();
		this.redis.restart(replica);
		this.redis.kill(replica);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new ServerAccess("", "", null).call(replica.port(), "PING"));
		this.redis.start(replica);
		this.redis.restartEmpty(replica);
		this.redis.healReplication(replica);
		this.redis.awaitInSync();
		assertThat(this.redis.execute(replica, "GET", "key")).isEqualTo("new");
		this.redis.failover();
		assertThat(this.redis.primary()).isNotEqualTo(primary);
		this.redis.freeze(this.redis.primary());
		this.redis.reset();
		assertThat(this.redis.execute(this.redis.primary(), "DBSIZE")).isEqualTo("0");
	}

}
