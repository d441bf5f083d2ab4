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

package io.lagwise.sample;

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

@WithReplicatedRedis
@ExtendWith(OutputCaptureExtension.class)
class GivenRedisIntegrationTests {

	private final ReplicatedRedis redis;

	GivenRedisIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void shopUsesThePrimaryThatItIsTold(CapturedOutput output) {
		run("--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + this.redis.primary().port());
		assertThat(output).contains("redis     " + this.redis.primary().address());
	}

	@Test
	void shopUsesTheUrlThatItIsTold(CapturedOutput output) {
		run("--spring.data.redis.url=redis://" + this.redis.primary().address());
		assertThat(output).contains("redis     " + this.redis.primary().address());
	}

	@Test
	void shopUsesTheSentinelsThatItIsTold(CapturedOutput output) {
		run("--spring.data.redis.sentinel.master=" + this.redis.masterName(),
				"--spring.data.redis.sentinel.nodes=" + this.redis.sentinels().get(0).address());
		assertThat(output).contains("sentinel  " + this.redis.sentinels().get(0).address());
	}

	private static void run(String... properties) {
		long before = ProcessHandle.current().descendants().count();
		String[] args = StringUtils.addStringToArray(properties, "--server.port=0");
		try (ConfigurableApplicationContext shop = ShopApplication.create().run(args)) {
			assertThat(shop.getBeanProvider(ReplicatedRedis.class)).isEmpty();
			assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
		}
	}

}
