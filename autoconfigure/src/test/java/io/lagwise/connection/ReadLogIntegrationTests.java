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

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whoever asks where a read went, and why, gets an answer.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
class ReadLogIntegrationTests {

	private final ReplicatedRedis redis;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.lagwise.reads");

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private ReplicaAwareConnectionFactory factory;

	ReadLogIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void listen() {
		this.lines.start();
		this.logger.addAppender(this.lines);
		this.logger.setLevel(Level.DEBUG);
	}

	@AfterEach
	void stop() {
		this.logger.setLevel(null);
		this.logger.detachAppender(this.lines);
		this.factory.destroy();
	}

	@Test
	void eachReadHasALineThatSaysWhereItWentAndWhy() {
		this.factory = TestFactories.fixed(this.redis, ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withDefaultRequirement(ReadRequirement.ownWrites()));
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		RedisNode replica = this.redis.replicas().get(0);
		RedisNode primary = this.redis.primary();
		RoutingContext.call(ReadRequirement.anyReplica(), () -> template.opsForValue().get("key"));
		assertLine(
				"GET \\(any-replica\\): replica " + replica.address() + " answered in \\d+\\.\\d ms \\[ANY_REPLICA\\]");
		await().untilAsserted(() -> {
			this.lines.list.clear();
			template.opsForValue().get("key");
			assertLine("GET \\(own-writes\\): replica " + replica.address() + " answered in .*");
		});
		RoutingContext.call(ReadRequirement.primary(), () -> template.opsForValue().get("key"));
		assertLine("GET \\(primary\\): primary " + primary.address()
				+ " answered in \\d+\\.\\d ms \\[PRIMARY_REQUIRED\\]");
		this.redis.freeze(replica);
		RoutingContext.call(ReadRequirement.anyReplica(), () -> template.opsForValue().get("key"));
		assertLine("GET \\(any-replica\\): (replica " + replica.address() + " did not answer \\(\\d+ ms\\), )?primary "
				+ primary.address() + " answered in \\d+\\.\\d ms \\[(ATTEMPTS_FAILED|NO_ELIGIBLE_REPLICA)\\]");
	}

	@Test
	void keysAreInTheLineAtTraceOnly() {
		this.factory = TestFactories.fixed(this.redis);
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		template.opsForValue().get("secret\nkey");
		assertThat(lines()).isNotEmpty().noneMatch((line) -> line.contains("secret"));
		this.logger.setLevel(Level.TRACE);
		template.opsForValue().get("secret\nkey");
		assertLine("GET \\(any-replica\\): .* key secret\\?key");
	}

	@Test
	void aTraceSaysWhoAnsweredAlsoWhereNobodyIsKnownToBeThePrimary() {
		RedisNode primary = this.redis.primary();
		this.redis.execute(primary, "ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-info");
		try {
			RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(primary.host(),
					primary.port());
			configuration.setUsername("limited");
			configuration.setPassword("secret");
			this.factory = new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration());
			this.factory.afterPropertiesSet();
			StringRedisTemplate template = new StringRedisTemplate(this.factory);
			try (ReadTrace trace = ReadTrace.open()) {
				template.opsForValue().get("key");
				assertThat(this.factory.getTopology().primaryAddress()).isEmpty();
				assertThat(trace.answers()).extracting(ReadTrace.Answer::role).containsExactly(NodeRole.PRIMARY);
				assertThat(trace).hasToString("primary " + primary.address());
			}
		}
		finally {
			this.redis.execute(primary, "ACL", "DELUSER", "limited");
		}
	}

	private void assertLine(String pattern) {
		assertThat(lines()).anySatisfy((line) -> assertThat(line).matches(pattern));
	}

	private List<String> lines() {
		return List.copyOf(this.lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
