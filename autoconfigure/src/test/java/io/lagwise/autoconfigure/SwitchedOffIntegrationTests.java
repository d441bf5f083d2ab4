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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that has switched Lagwise off.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 1)
class SwitchedOffIntegrationTests {

	private static final String CLIENT_NAME = "lagwise-off";

	private static final AutoConfigurations ALL = AutoConfigurations.of(LagwiseAutoConfiguration.class,
			LagwiseEndpointAutoConfiguration.class, LagwiseHealthContributorAutoConfiguration.class,
			LagwiseMetricsAutoConfiguration.class);

	private final ReplicatedRedis redis;

	SwitchedOffIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void hasTheBeansConnectionsAndThreadsOfAnApplicationWithoutIt() {
		Footprint without = footprint(ApplicationContextRunner::new);
		Footprint switchedOff = footprint(() -> new ApplicationContextRunner().withConfiguration(ALL)
			.withPropertyValues("lagwise.enabled=false"));
		assertThat(switchedOff).isEqualTo(without);
		assertThat(switchedOff.factory()).isEqualTo(LettuceConnectionFactory.class.getName());
		assertThat(switchedOff.threads()).isEmpty();
		Footprint switchedOn = footprint(() -> new ApplicationContextRunner().withConfiguration(ALL));
		assertThat(switchedOn.threads()).isNotEmpty();
		assertThat(switchedOn.connections()).isNotEqualTo(without.connections());
	}

	private Footprint footprint(Supplier<ApplicationContextRunner> runner) {
		List<Footprint> footprint = new ArrayList<>();
		List<String> properties = new ArrayList<>(List.of("spring.data.redis.client-name=" + CLIENT_NAME,
				"management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true"));
		this.redis.springProperties().forEach((name, value) -> properties.add(name + "=" + value));
		List<Thread> before = List.copyOf(Thread.getAllStackTraces().keySet());
		runner.get()
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class,
					DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(properties.toArray(String[]::new))
			.run((context) -> {
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				template.opsForValue().set("key", "value");
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
				footprint.add(new Footprint(context.getBean(RedisConnectionFactory.class).getClass().getName(),
						Arrays.stream(context.getBeanDefinitionNames()).sorted().toList(), connections(),
						Thread.getAllStackTraces()
							.keySet()
							.stream()
							.filter((thread) -> !before.contains(thread))
							.map(Thread::getName)
							.filter((thread) -> thread.startsWith("lagwise"))
							.distinct()
							.sorted()
							.toList()));
			});
		await().until(() -> connections().stream().allMatch((count) -> count == 0));
		return footprint.get(0);
	}

	private List<Long> connections() {
		return Stream.concat(this.redis.nodes().stream(), this.redis.sentinels().stream())
			.map(this::connections)
			.toList();
	}

	private long connections(RedisNode server) {
		return Objects.requireNonNull(this.redis.execute(server, "CLIENT", "LIST"))
			.lines()
			.filter((client) -> client.contains(" name=" + CLIENT_NAME + " "))
			.count();
	}

	/**
	 * What an application leaves where others can see it.
	 *
	 * @param factory the class of the connection factory
	 * @param beans the names of the beans
	 * @param connections the number of connections to each server
	 * @param threads the names of the threads that are Lagwise's
	 */
	private record Footprint(String factory, List<String> beans, List<Long> connections, List<String> threads) {

	}

}
