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

import java.time.Clock;
import java.time.Duration;

import io.lagwise.connection.NodeCredentials;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.context.InvalidSessionTokenException;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.LoadBalancer;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisCredentials;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * What becomes of the connection factories of an application. No server is needed: a
 * factory connects on first use only.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionFactoryTakeoverTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.port=1");

	@Test
	void bootsFactoryIsReplaced() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(RedisConnectionFactory.class);
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			assertThat(factory.isRunning()).isTrue();
			assertThat(context.getBean(StringRedisTemplate.class).getConnectionFactory()).isSameAs(factory);
			assertThat(factory.getPort()).isEqualTo(1);
		});
	}

	@Test
	void readFromIsReplicaPreferredUnlessSet() {
		this.contextRunner.run((context) -> assertThat(clientConfiguration(factory(context))).satisfies(
				(configuration) -> assertThat(configuration.getReadFrom()).contains(ReadFrom.REPLICA_PREFERRED)));
		this.contextRunner.withPropertyValues("spring.data.redis.lettuce.read-from=any-replica")
			.run((context) -> assertThat(clientConfiguration(factory(context)).getReadFrom())
				.contains(ReadFrom.ANY_REPLICA));
	}

	@Test
	void theReplacementIsStoppedWithTheContext() {
		ReplicaAwareConnectionFactory[] factory = new ReplicaAwareConnectionFactory[1];
		this.contextRunner.run((context) -> factory[0] = factory(context));
		assertThat(factory[0].isRunning()).isFalse();
		assertThat(ReflectionTestUtils.getField(factory[0], LettuceConnectionFactory.class, "state").toString())
			.isIn("AtomicReference[DESTROYED]", "DESTROYED");
	}

	@Test
	void nothingIsTouchedWhenDisabled() {
		this.contextRunner.withPropertyValues("lagwise.enabled=false").run((context) -> {
			assertThat(context.getBean(RedisConnectionFactory.class).getClass())
				.isEqualTo(LettuceConnectionFactory.class);
			assertThat(context.getBeanNamesForType(ConnectionFactoryReplacer.class)).isEmpty();
			assertThat(clientConfiguration(context.getBean(LettuceConnectionFactory.class)).getReadFrom()).isEmpty();
		});
	}

	@ParameterizedTest
	@CsvSource({ "yes, true", "on, true", "TRUE, true", "no, false", "off, false", "0, false" })
	void whatSpringTakesForABooleanSwitchesItOnAndOff(String value, boolean enabled) {
		this.contextRunner.withPropertyValues("lagwise.enabled=" + value)
			.run((context) -> assertThat(context.getBeanNamesForType(ConnectionFactoryReplacer.class))
				.hasSize(enabled ? 1 : 0));
	}

	@Test
	void withoutLettuceTheAutoConfigurationBacksOff() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.lettuce.core"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionFactoryReplacer.class));
	}

	@Test
	void sentinelSettingsArriveInTheReplacement() {
		this.contextRunner.withPropertyValues("spring.data.redis.sentinel.master=shop",
				"spring.data.redis.sentinel.nodes=127.0.0.1:2,127.0.0.1:3", "spring.data.redis.sentinel.username=watch",
				"spring.data.redis.sentinel.password=guard", "spring.data.redis.username=app",
				"spring.data.redis.password=secret", "spring.data.redis.database=4")
			.run((context) -> {
				ReplicaAwareConnectionFactory factory = factory(context);
				assertThat(factory.isRedisSentinelAware()).isTrue();
				assertThat(factory.getDatabase()).isEqualTo(4);
				assertThat(factory.getPassword()).isEqualTo("secret");
				assertThat(factory.getSentinelConfiguration()).satisfies((sentinel) -> {
					assertThat(sentinel.getMaster().getName()).isEqualTo("shop");
					assertThat(sentinel.getSentinels()).hasSize(2);
					assertThat(sentinel.getSentinelUsername()).isEqualTo("watch");
					assertThat(sentinel.getUsername()).isEqualTo("app");
				});
			});
	}

	@Test
	void aStaticListOfNodesArrivesInTheReplacement() {
		this.contextRunner.withPropertyValues("spring.data.redis.masterreplica.nodes=127.0.0.1:2,127.0.0.1:3")
			.run((context) -> assertThat(
					ReflectionTestUtils.getField(factory(context), LettuceConnectionFactory.class, "configuration"))
				.isInstanceOfSatisfying(RedisStaticMasterReplicaConfiguration.class,
						(configuration) -> assertThat(configuration.getNodes()).hasSize(2)));
	}

	@Test
	void clientSettingsArriveInTheReplacement() {
		this.contextRunner
			.withPropertyValues("spring.data.redis.client-name=shop", "spring.data.redis.timeout=750ms",
					"spring.data.redis.connect-timeout=321ms", "spring.data.redis.lettuce.shutdown-timeout=77ms",
					"spring.data.redis.ssl.enabled=true")
			.run((context) -> {
				LettuceClientConfiguration configuration = clientConfiguration(factory(context));
				assertThat(configuration.getClientName()).contains("shop");
				assertThat(configuration.getCommandTimeout()).isEqualTo(Duration.ofMillis(750));
				assertThat(configuration.getShutdownTimeout()).isEqualTo(Duration.ofMillis(77));
				assertThat(configuration.isUseSsl()).isTrue();
				assertThat(configuration.getClientOptions().orElseThrow().getSocketOptions().getConnectTimeout())
					.isEqualTo(Duration.ofMillis(321));
			});
	}

	@Test
	void customizersAreApplied() {
		this.contextRunner.withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> assertThat(clientConfiguration(factory(context)).getClientName()).contains("customized"));
	}

	@Test
	void connectionsArePooledWhereThePoolIsEnabled() {
		this.contextRunner
			.withPropertyValues("spring.data.redis.lettuce.pool.enabled=true",
					"spring.data.redis.lettuce.pool.max-active=3")
			.run((context) -> assertThat(clientConfiguration(factory(context)))
				.isInstanceOfSatisfying(LettucePoolingClientConfiguration.class, (pooling) -> {
					assertThat(pooling.getPoolConfig().getMaxTotal()).isEqualTo(3);
					assertThat(pooling.getReadFrom()).contains(ReadFrom.REPLICA_PREFERRED);
				}));
		this.contextRunner.withPropertyValues("spring.data.redis.lettuce.pool.enabled=false")
			.run((context) -> assertThat(clientConfiguration(factory(context)))
				.isNotInstanceOf(LettucePoolingClientConfiguration.class));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreKept() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(
					ReflectionTestUtils.getField(factory(context), LettuceConnectionFactory.class, "executor"))
				.isInstanceOfSatisfying(SimpleAsyncTaskExecutor.class,
						(executor) -> assertThat(executor.getThreadNamePrefix()).isEqualTo("redis-")));
	}

	@Test
	void everyPlainFactoryIsReplacedWithItsOwnSettings() {
		this.contextRunner.withUserConfiguration(SeveralFactories.class).run((context) -> {
			assertThat(context.getBeansOfType(RedisConnectionFactory.class)).hasSize(2)
				.allSatisfy((name, factory) -> assertThat(factory).isInstanceOf(ReplicaAwareConnectionFactory.class));
			ReplicaAwareConnectionFactory factory = context.getBean("second", ReplicaAwareConnectionFactory.class);
			assertThat(factory.getShareNativeConnection()).isFalse();
			assertThat(factory.getValidateConnection()).isTrue();
			assertThat(factory.getConvertPipelineAndTxResults()).isFalse();
			assertThat(factory.isEarlyStartup()).isFalse();
			assertThat(factory.getPhase()).isEqualTo(7);
			assertThat(factory.isRunning()).as("started by the context's life cycle").isTrue();
			assertThat(ReflectionTestUtils.getField(factory, LettuceConnectionFactory.class, "pipeliningFlushPolicy"))
				.isSameAs(SeveralFactories.POLICY);
			assertThat(ReflectionTestUtils.getField(factory, LettuceConnectionFactory.class, "executor"))
				.isSameAs(SeveralFactories.EXECUTOR);
		});
	}

	private static ReplicaAwareConnectionFactory factory(AssertableApplicationContext context) {
		return context.getBean(ReplicaAwareConnectionFactory.class);
	}

	private static LettuceClientConfiguration clientConfiguration(LettuceConnectionFactory factory) {
		return factory.getClientConfiguration();
	}

	private static Duration attemptTimeout(AssertableApplicationContext context, String factory) {
		return context.getBean(factory, ReplicaAwareConnectionFactory.class).getReadOptions().attemptTimeout();
	}

	@Nested
	class WhatIsLeftAlone {

		@Test
		void jedis(CapturedOutput output) {
			ConnectionFactoryTakeoverTests.this.contextRunner.withUserConfiguration(OtherFactory.class)
				.run((context) -> assertThat(context.getBean(RedisConnectionFactory.class))
					.isNotInstanceOf(LettuceConnectionFactory.class));
			assertThat(output).containsOnlyOnce("Reads of the Redis connection factory 'other' are not routed");
		}

		@Test
		void aSubclassOfTheUser(CapturedOutput output) {
			ConnectionFactoryTakeoverTests.this.contextRunner.withUserConfiguration(SubclassFactory.class)
				.run((context) -> assertThat(context.getBean(RedisConnectionFactory.class))
					.isExactlyInstanceOf(UserFactory.class));
			assertThat(output).containsOnlyOnce("'subclass' are not routed to replicas: it is of the class "
					+ UserFactory.class.getName() + "; let that class extend");
		}

		@Test
		void cluster(CapturedOutput output) {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("spring.data.redis.cluster.nodes=127.0.0.1:2")
				.run((context) -> assertThat(context.getBean(RedisConnectionFactory.class))
					.isExactlyInstanceOf(LettuceConnectionFactory.class));
			assertThat(output).containsOnlyOnce("Redis Cluster is not supported yet");
		}

	}

	@Nested
	class ReadOptions {

		@Test
		void comeFromTheProperties() {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("lagwise.reads.default-requirement=primary",
						"lagwise.reads.load-balancing=round-robin", "lagwise.monitor.interval=80ms",
						"lagwise.topology.refresh-interval=3s")
				.run((context) -> {
					ReplicaReadOptions options = factory(context).getReadOptions();
					assertThat(options.defaultRequirement()).isEqualTo(ReadRequirement.primary());
					assertThat(options.loadBalancer()).hasSameClassAs(LoadBalancer.roundRobin());
					assertThat(options.monitorInterval()).isEqualTo(Duration.ofMillis(80));
					assertThat(options.topologyRefreshInterval()).isEqualTo(Duration.ofSeconds(3));
				});
		}

		@Test
		void sayHowConsistentReadsAndWaitingWritesGo() {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("lagwise.reads.default-requirement=consistent",
						"lagwise.consistency.enforcement=watermark", "lagwise.consistency.max-wait=0",
						"lagwise.wait.timeout=300ms", "lagwise.wait.max-connections=3")
				.run((context) -> {
					ReplicaReadOptions options = factory(context).getReadOptions();
					assertThat(options.defaultRequirement()).isEqualTo(ReadRequirement.consistent());
					assertThat(options.consistencyEnforcement()).isEqualTo(ConsistencyEnforcement.WATERMARK);
					assertThat(options.consistencyMaxWait()).isZero();
					assertThat(options.sessionTokens()).isNull();
					assertThat(options.waitTimeout()).isEqualTo(Duration.ofMillis(300));
					assertThat(options.waitConnections()).isEqualTo(3);
				});
		}

		@Test
		void holdTokensThatLiveAsLongAsIsSaidWhereThereIsASecret() {
			String secret = "0123456789abcdef0123456789abcdef";
			HistoryPosition position = new HistoryPosition("4224b922941d3e1986b7e96d28add8c33a24bb79", 10_588);
			Clock inTwoHours = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("lagwise.consistency.token.secret=" + secret,
						"lagwise.consistency.token.time-to-live=3h")
				.run((context) -> {
					SessionTokens tokens = factory(context).getReadOptions().sessionTokens();
					assertThat(SessionTokens.hmacSha256(secret, Duration.ofHours(1), inTwoHours)
						.verify(tokens.sign(position))).isEqualTo(position);
				});
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("lagwise.consistency.token.secret=" + secret)
				.run((context) -> {
					SessionTokens tokens = factory(context).getReadOptions().sessionTokens();
					assertThat(tokens.verify(tokens.sign(position))).isEqualTo(position);
					assertThatExceptionOfType(InvalidSessionTokenException.class)
						.isThrownBy(() -> SessionTokens.hmacSha256(secret, Duration.ofHours(1), inTwoHours)
							.verify(tokens.sign(position)))
						.withMessageContaining("expired");
				});
		}

		@Test
		void holdTheCredentialsOfNodes() {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withPropertyValues("lagwise.nodes[0].address=10.0.0.2:6379", "lagwise.nodes[0].username=reader",
						"lagwise.nodes[0].password=own", "lagwise.nodes[1].address=[2001:db8::1]:6379",
						"lagwise.nodes[1].password=another")
				.run((context) -> {
					NodeCredentials credentials = factory(context).getReadOptions().nodeCredentials();
					assertThat(credentials.get(NodeAddress.parse("10.0.0.2:6379")))
						.isEqualTo(RedisCredentials.just("reader", "own"));
					assertThat(credentials.get(NodeAddress.parse("[2001:db8::1]:6379")))
						.isEqualTo(RedisCredentials.just(null, "another"));
					assertThat(credentials.get(NodeAddress.parse("10.0.0.1:6379"))).isNull();
				});
		}

		@Test
		void haveTheDocumentedDefaults() {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.run((context) -> assertThat(factory(context).getReadOptions()).usingRecursiveComparison()
					.ignoringFields("nodeGuards", "replicationListener")
					.isEqualTo(ReplicaReadOptions.DEFAULTS));
		}

		@Test
		void preferALoadBalancerThatIsABean() {
			LoadBalancer loadBalancer = (candidates) -> 0;
			ConnectionFactoryTakeoverTests.this.contextRunner.withBean(LoadBalancer.class, () -> loadBalancer)
				.withPropertyValues("lagwise.reads.load-balancing=random")
				.run((context) -> assertThat(factory(context).getReadOptions().loadBalancer()).isSameAs(loadBalancer));
		}

		@Test
		void areCustomizedForEachFactoryInOrder() {
			ConnectionFactoryTakeoverTests.this.contextRunner
				.withUserConfiguration(SeveralFactories.class, Customizers.class)
				.withPropertyValues("lagwise.monitor.interval=80ms")
				.run((context) -> {
					assertThat(attemptTimeout(context, "first")).isEqualTo(Duration.ofMillis(5 * 80));
					assertThat(attemptTimeout(context, "second")).isEqualTo(Duration.ofMillis(6 * 80));
				});
		}

		@Test
		void ofAFactoryThatTheUserHasMadeAreKept() {
			ConnectionFactoryTakeoverTests.this.contextRunner.withUserConfiguration(OwnReplicaAwareFactory.class)
				.withBean(ReadOptionsCustomizer.class,
						() -> (beanName, options) -> options.withDefaultRequirement(ReadRequirement.anyReplica()))
				.withPropertyValues("lagwise.monitor.interval=80ms")
				.run((context) -> assertThat(factory(context).getReadOptions().defaultRequirement())
					.isEqualTo(ReadRequirement.primary()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		LettuceClientConfigurationBuilderCustomizer customizer() {
			return (builder) -> builder.clientName("customized");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralFactories {

		static final LettuceConnection.PipeliningFlushPolicy POLICY = LettuceConnection.PipeliningFlushPolicy
			.flushOnClose();

		static final AsyncTaskExecutor EXECUTOR = new SimpleAsyncTaskExecutor();

		@Bean
		@Primary
		LettuceConnectionFactory first() {
			return new LettuceConnectionFactory("127.0.0.1", 2);
		}

		@Bean
		LettuceConnectionFactory second() {
			LettuceConnectionFactory factory = new LettuceConnectionFactory(
					new RedisStandaloneConfiguration("127.0.0.1", 3));
			factory.setShareNativeConnection(false);
			factory.setValidateConnection(true);
			factory.setConvertPipelineAndTxResults(false);
			factory.setEarlyStartup(false);
			factory.setPhase(7);
			factory.setPipeliningFlushPolicy(POLICY);
			factory.setExecutor(EXECUTOR);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		ReadOptionsCustomizer later() {
			return (beanName, options) -> options
				.withAttemptTimeout(options.attemptTimeout().multipliedBy(beanName.length()));
		}

		@Bean
		@Order(1)
		ReadOptionsCustomizer earlier() {
			return (beanName, options) -> options.withAttemptTimeout(options.monitorInterval());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherFactory {

		@Bean
		RedisConnectionFactory other() {
			return mock(RedisConnectionFactory.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SubclassFactory {

		@Bean
		UserFactory subclass() {
			return new UserFactory();
		}

	}

	static class UserFactory extends LettuceConnectionFactory {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnReplicaAwareFactory {

		@Bean
		ReplicaAwareConnectionFactory own() {
			ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
					new RedisStandaloneConfiguration("127.0.0.1", 2),
					LettuceClientConfiguration.defaultConfiguration());
			factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.primary()));
			return factory;
		}

	}

}
