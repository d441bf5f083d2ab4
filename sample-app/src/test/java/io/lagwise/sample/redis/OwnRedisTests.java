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

package io.lagwise.sample.redis;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class OwnRedisTests {

	@ParameterizedTest
	@ValueSource(strings = { "url", "host", "port", "sentinel.master", "sentinel.nodes", "sentinel.nodes[0]",
			"masterreplica.nodes", "cluster.nodes" })
	void propertySaysWhichRedisToUse(String property) {
		MockEnvironment environment = new MockEnvironment().withProperty("spring.data.redis." + property, "any");
		assertThat(OwnRedis.isRedisNamed(environment)).isTrue();
	}

	@Test
	void variableSaysWhichRedisToUse() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("SPRING_DATA_REDIS_HOST", "any")));
		assertThat(OwnRedis.isRedisNamed(environment)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "timeout", "lettuce.read-from", "client-name" })
	void propertyThatOnlyTunesTheClientNamesNoRedis(String property) {
		MockEnvironment environment = new MockEnvironment().withProperty("spring.data.redis." + property, "any");
		assertThat(OwnRedis.isRedisNamed(environment)).isFalse();
	}

	@Test
	void nothingNamesARedisUnlessConfigured() {
		assertThat(OwnRedis.isRedisNamed(new MockEnvironment())).isFalse();
	}

}
