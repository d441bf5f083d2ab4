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

package io.lagwise.autoconfigure;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ConsistencySessions;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.redis.test.autoconfigure.DataRedisTest;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether a test of Spring Boot's slice for Redis reads as the application does. No
 * server is needed.
 */
@DataRedisTest(properties = "spring.data.redis.port=1")
class DataRedisSliceTests {

	@Test
	void readsAreRoutedInTheSliceToo(@Autowired StringRedisTemplate template, @Autowired ConsistencySessions sessions) {
		assertThat(template.getConnectionFactory()).isInstanceOf(ReplicaAwareConnectionFactory.class);
		assertThat(sessions.open()).isNotNull();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
