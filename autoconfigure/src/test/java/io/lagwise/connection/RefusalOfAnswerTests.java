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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is said of a server that answers {@code INFO replication} as no data node does.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefusalOfAnswerTests {

	@Test
	void aSentinelInThePlaceOfADataNodeIsCalledOne(CapturedOutput output) {
		try (ScriptedServer sentinel = ScriptedServer.start().answer("INFO", "$0\r\n\r\n")) {
			awaitOutput(sentinel, output, sentinel.address() + " is a Sentinel, not a data node", "sentinel.nodes");
		}
	}

	@Test
	void anAnswerThatIsNotUnderstoodIsNotBlamedOnTheUser(CapturedOutput output) {
		try (ScriptedServer proxy = ScriptedServer.start()
			.answer("INFO", ScriptedServer.bulk("# Replication\r\nrole:none\r\nmaster_replid:id\r\n"))) {
			awaitOutput(proxy, output, "The answer of " + proxy.address() + " to INFO replication is not understood "
					+ "(INFO replication names the role 'none')");
		}
	}

	private static void awaitOutput(ScriptedServer server, CapturedOutput output, String... expected) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
				new RedisStandaloneConfiguration(server.address().host(), server.address().port()),
				TestFactories.clientConfiguration());
		try {
			factory.afterPropertiesSet();
			factory.start();
			await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(output).contains(List.of(expected)));
			assertThat(output).doesNotContain("+info");
		}
		finally {
			factory.destroy();
		}
	}

}
