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

import java.time.Duration;
import java.util.List;

import io.lagwise.actuate.LagwiseEndpoint;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.health.ReplicationHealthIndicator;
import io.lagwise.metrics.ReplicationMeters;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import io.lagwise.routing.FallbackReason;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When health, meters and the endpoint are there. No server is needed.
 */
class MonitoringAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseEndpointAutoConfiguration.class,
				LagwiseHealthContributorAutoConfiguration.class, LagwiseMetricsAutoConfiguration.class,
				DataRedisAutoConfiguration.class, SslAutoConfiguration.class, EndpointAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.port=1", "management.endpoints.web.exposure.include=*");

	@Test
	void everythingIsThereWhereActuatorAndMicrometerAre() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(LagwiseEndpoint.class)
				.hasSingleBean(ReplicationMeters.class)
				.hasSingleBean(ReplicationHealthIndicator.class);
			assertThat(context.getBean(HealthContributorRegistry.class).getContributor("replication"))
				.isInstanceOf(ReplicationHealthIndicator.class);
			assertThat(context.getBean(LagwiseEndpoint.class).lagwise().connectionFactories())
				.containsOnlyKeys("redisConnectionFactory");
			assertThat(context.getBean(MeterRegistry.class).get("lagwise.replicas.usable").gauge().getId().getTags())
				.extracting("value")
				.containsExactly("redisConnectionFactory");
		});
	}

	@Test
	void metersAndEndpointHearOfReadsAndChanges() {
		this.contextRunner.run((context) -> {
			ReplicaReadOptions options = context.getBean(ReplicaAwareConnectionFactory.class).getReadOptions();
			options.readListener().fellBack(FallbackReason.LOADING, true);
			assertThat(context.getBean(MeterRegistry.class)
				.get("lagwise.fallbacks")
				.tags("connection.factory", "redisConnectionFactory", "reason", "loading", "permitted", "true")
				.counter()
				.count()).isEqualTo(1);
			assertThat(context.getBean(LagwiseEndpoint.class)
				.lagwise()
				.connectionFactories()
				.get("redisConnectionFactory")
				.problems()).hasSize(1);
		});
	}

	@Test
	void metersHearOfWaitingAndLosses() {
		this.contextRunner.run((context) -> {
			ReplicaReadOptions options = context.getBean(ReplicaAwareConnectionFactory.class).getReadOptions();
			options.waitListener().writesConfirmed(2, 1, 5_000_000);
			options.replicationListener()
				.onEvent(new WritesAssessedEvent(new NodeAddress("127.0.0.1", 1), WriteFate.LOST, 4, "reason",
						ReplicationTopology.UNKNOWN));
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("lagwise.wait").tags("outcome", "shortfall").timer().count()).isEqualTo(1);
			assertThat(registry.get("lagwise.writes.lost").tags("fate", "certain").counter().count()).isEqualTo(4);
			assertThat(context.getBean(LagwiseEndpoint.class)
				.lagwise()
				.connectionFactories()
				.get("redisConnectionFactory")
				.changes()).hasSize(1);
		});
	}

	@Test
	void nothingIsThereWhenDisabled() {
		this.contextRunner.withPropertyValues("lagwise.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(LagwiseEndpoint.class)
				.doesNotHaveBean(ReplicationMeters.class)
				.doesNotHaveBean(ReplicationHealthIndicator.class)
				.doesNotHaveBean(ReplicationEventPublisher.class));
	}

	@Test
	void eachPartHasItsSwitch() {
		this.contextRunner.withPropertyValues("management.health.replication.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ReplicationHealthIndicator.class)
				.hasSingleBean(LagwiseEndpoint.class));
		this.contextRunner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ReplicationHealthIndicator.class));
		this.contextRunner.withPropertyValues("management.endpoint.lagwise.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(LagwiseEndpoint.class)
				.hasSingleBean(ReplicationHealthIndicator.class));
		this.contextRunner.withPropertyValues("management.metrics.enable.lagwise=false").run((context) -> {
			context.getBean(ReplicaAwareConnectionFactory.class)
				.getReadOptions()
				.readListener()
				.fellBack(FallbackReason.LOADING, true);
			assertThat(context.getBean(MeterRegistry.class).find("lagwise.fallbacks").counters()).isEmpty();
		});
	}

	@Test
	void eachPartStaysAwayWhereItsTechnologyIsMissing() {
		without("io.micrometer").run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean("lagwiseReplicationMeters")
			.hasSingleBean(LagwiseEndpoint.class)
			.hasSingleBean(ReplicationHealthIndicator.class));
		without("org.springframework.boot.health").withUserConfiguration(Registry.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("replicationHealthContributor")
				.hasSingleBean(LagwiseEndpoint.class)
				.hasSingleBean(ReplicationMeters.class));
		without("org.springframework.boot.actuate").withUserConfiguration(Registry.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("lagwiseEndpoint")
				.hasSingleBean(ReplicationMeters.class)
				.hasSingleBean(ReplicationHealthIndicator.class));
		without("io.micrometer", "org.springframework.boot.actuate", "org.springframework.boot.health",
				"org.springframework.boot.micrometer", "com.fasterxml")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ReplicaAwareConnectionFactory.class)
				.hasSingleBean(ReplicationEventPublisher.class));
	}

	@Test
	void severalFactoriesAreShownByTheirNames() {
		this.contextRunner.withUserConfiguration(TwoFactories.class).run((context) -> {
			HealthContributor contributor = context.getBean(HealthContributorRegistry.class)
				.getContributor("replication");
			assertThat(contributor).isInstanceOfSatisfying(CompositeHealthContributor.class,
					(composite) -> assertThat(composite.stream().map(HealthContributors.Entry::name))
						.containsExactlyInAnyOrder("orders", "sessions"));
			assertThat(context.getBean(LagwiseEndpoint.class).lagwise().connectionFactories())
				.containsOnlyKeys("orders", "sessions");
			assertThat(context.getBean(MeterRegistry.class).find("lagwise.replicas.usable").gauges())
				.extracting((gauge) -> gauge.getId().getTag("connection.factory"))
				.containsExactlyInAnyOrder("orders", "sessions");
			assertThat(options(context.getBean("orders")).readListener())
				.isNotSameAs(options(context.getBean("sessions")).readListener());
		});
	}

	@Test
	void factoriesThatAreNotRoutedAreLeftOut() {
		this.contextRunner.withUserConfiguration(ClusterFactory.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(HealthContributorRegistry.class).getContributor("replication")).isNull();
			assertThat(context.getBean(LagwiseEndpoint.class).lagwise().connectionFactories()).isEmpty();
			assertThat(context.getBean(MeterRegistry.class).find("lagwise.replicas.usable").gauges()).isEmpty();
		});
	}

	@Test
	void aContributorOfTheUsersOwnWins() {
		this.contextRunner.withUserConfiguration(OwnContributor.class)
			.run((context) -> assertThat(context).doesNotHaveBean(ReplicationHealthIndicator.class));
	}

	@Test
	void theLimitForLagComesFromTheProperties() {
		assertThat(maxLag()).isEqualTo(Duration.ofSeconds(10));
		assertThat(maxLag("lagwise.health.max-lag=1500ms")).isEqualTo(Duration.ofMillis(1500));
	}

	/**
	 * As in an application: classes are imported by their names, not loaded before their
	 * conditions are known.
	 */
	private static ApplicationContextRunner without(String... packages) {
		return new ApplicationContextRunner().withUserConfiguration(Imported.class)
			.withClassLoader(new FilteredClassLoader(packages))
			.withPropertyValues("spring.data.redis.port=1", "management.endpoints.web.exposure.include=*");
	}

	private Duration maxLag(String... properties) {
		Duration[] maxLag = new Duration[1];
		this.contextRunner.withPropertyValues(properties)
			.run((context) -> maxLag[0] = (Duration) ReflectionTestUtils.getField(
					ReflectionTestUtils.getField(context.getBean(ReplicationHealthIndicator.class), "lagWatch"),
					"maxLag"));
		return maxLag[0];
	}

	private static ReplicaReadOptions options(Object factory) {
		return ((ReplicaAwareConnectionFactory) factory).getReadOptions();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LagwiseAutoConfiguration.class, LagwiseEndpointAutoConfiguration.class,
			LagwiseHealthContributorAutoConfiguration.class, LagwiseMetricsAutoConfiguration.class,
			DataRedisAutoConfiguration.class, SslAutoConfiguration.class })
	static class Imported {

	}

	@Configuration(proxyBeanMethods = false)
	static class Registry {

		@Bean
		MeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoFactories {

		@Bean
		@Primary
		LettuceConnectionFactory orders() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", 1));
		}

		@Bean
		LettuceConnectionFactory sessions() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", 2));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClusterFactory {

		@Bean
		ReplicaAwareConnectionFactory cluster() {
			return new ReplicaAwareConnectionFactory(new RedisClusterConfiguration(List.of("127.0.0.1:1")),
					LettuceClientConfiguration.defaultConfiguration());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnContributor {

		@Bean
		HealthContributor replicationHealthContributor() {
			return (HealthIndicator) () -> Health.up().build();
		}

	}

}
