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
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.FreshReplicas;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.annotation.Id;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.index.Indexed;
import org.springframework.data.redis.repository.configuration.EnableRedisRepositories;
import org.springframework.data.repository.CrudRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whole applications on real servers: settings as a user writes them, and which node
 * serves what.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ApplicationIntegrationTests {

	private final ReplicatedRedis redis;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class, CacheAutoConfiguration.class));

	ApplicationIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void write() {
		this.redis.execute(this.redis.primary(), "SET", "key", "value");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
	}

	@ParameterizedTest
	@ValueSource(strings = { "sentinel", "static", "standalone" })
	void aTemplateWritesToThePrimaryAndReadsFromTheReplicas(String topology) {
		this.contextRunner.withPropertyValues(properties(topology)).run((context) -> assertReadsAreSpread(context));
	}

	@Test
	void pooledConnectionsAreRouted() {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("spring.data.redis.lettuce.pool.enabled=true",
					"spring.data.redis.lettuce.pool.max-active=2")
			.run((context) -> {
				assertReadsAreSpread(context);
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				for (int i = 0; i < 20; i++) {
					assertThat(template.executePipelined((org.springframework.data.redis.core.RedisCallback<Object>) (
							connection) -> connection.stringCommands().get("key".getBytes())))
						.hasSize(1);
				}
			});
	}

	@Test
	void connectionsThatAreNotSharedAreRouted() {
		this.contextRunner.withUserConfiguration(UnsharedFactory.class)
			.withPropertyValues(properties("sentinel"))
			.run((context) -> assertReadsAreSpread(context));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void readsOnVirtualThreadsAreRouted() {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertReadsAreSpread(context));
	}

	@Test
	void theDatabaseIndexAndTheClientNameHoldOnReplicasToo() {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("spring.data.redis.database=3", "spring.data.redis.client-name=shop")
			.run((context) -> {
				StringRedisTemplate template = ready(context);
				assertThat(template.opsForValue().get("key")).as("key of database 0").isNull();
				template.opsForValue().set("other", "three");
				this.redis.awaitInSync();
				assertThat(template.opsForValue().get("other")).isEqualTo("three");
				assertThat(this.redis.replicas()).allSatisfy(
						(replica) -> assertThat(clientsOf(replica)).filteredOn((client) -> client.contains("name=shop"))
							.isNotEmpty()
							.allMatch((client) -> client.contains("db=3")));
			});
	}

	@Test
	void severalFactoriesAreRoutedIndependently() {
		this.contextRunner.withUserConfiguration(SecondFactory.class)
			.withPropertyValues(properties("sentinel"))
			.run((context) -> {
				ReplicaAwareConnectionFactory second = context.getBean("second", ReplicaAwareConnectionFactory.class);
				awaitReplicas(second);
				assertThat(new StringRedisTemplate(second).opsForValue().get("key")).isEqualTo("value");
				assertThat(onReplicas("get")).isEqualTo(1);
			});
	}

	@Test
	void readFromUpstreamMakesThePrimaryTheDefault() {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("spring.data.redis.lettuce.read-from=upstream")
			.run((context) -> {
				assertThat(ready(context).opsForValue().get("key")).isEqualTo("value");
				assertThat(onPrimary("get")).isEqualTo(1);
			});
	}

	@Test
	void theDefaultRequirementWinsOverReadFrom() {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("spring.data.redis.lettuce.read-from=upstream",
					"lagwise.reads.default-requirement=any-replica")
			.run((context) -> {
				assertThat(ready(context).opsForValue().get("key")).isEqualTo("value");
				assertThat(onReplicas("get")).isEqualTo(1);
			});
	}

	@Test
	void roundRobinTakesTheReplicasInTurn() {
		runBalanced("round-robin", (template) -> {
			read(template, 100);
			assertThat(this.redis.replicas())
				.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isEqualTo(50));
		});
	}

	@Test
	void orderedTakesThePreferredReplica() {
		RedisNode preferred = this.redis.replicas().get(1);
		runBalanced("ordered", (template) -> {
			read(template, 100);
			assertThat(this.redis.commandsServed(preferred, "get")).isEqualTo(100);
		}, "lagwise.reads.preferred-nodes=" + preferred.address());
	}

	@Test
	void lowestLatencyLeavesASlowReplicaAlone() {
		RedisNode slow = this.redis.replicas().get(0);
		this.redis.delayClients(slow, Duration.ofMillis(30));
		runBalanced("lowest-latency", (template) -> await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			this.redis.resetStatistics();
			read(template, 20);
			assertThat(this.redis.commandsServed(slow, "get")).isZero();
			assertThat(onReplicas("get")).isEqualTo(20);
		}));
	}

	@Test
	void nothingChangesWhenDisabled() {
		this.contextRunner.withUserConfiguration(Shop.class)
			.withPropertyValues(properties("sentinel"))
			.withPropertyValues("lagwise.enabled=false")
			.run((context) -> {
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
				assertThat(context.getBean(PriceService.class).fromReplica()).isEqualTo("value");
				assertThat(onReplicas()).isZero();
				assertThat(this.redis.replicas())
					.allSatisfy((replica) -> assertThat(clientsOf(replica)).noneMatch((it) -> it.contains("lettuce")));
			});
	}

	@Test
	void annotatedServicesReadWhereTheySay() {
		this.contextRunner.withUserConfiguration(Shop.class)
			.withPropertyValues(properties("sentinel"))
			.withPropertyValues("lagwise.reads.default-requirement=primary")
			.run((context) -> {
				ready(context);
				PriceService prices = context.getBean(PriceService.class);
				assertThat(prices.fromReplica()).isEqualTo("value");
				assertThat(onReplicas("get")).isEqualTo(1);
				assertThat(prices.fromPrimary()).isEqualTo("value");
				assertThat(onPrimary("get")).isEqualTo(1);
			});
	}

	@Test
	void aCachedMethodReadsItsEntryWhereItsAnnotationSays() {
		this.contextRunner.withUserConfiguration(Shop.class)
			.withPropertyValues(properties("sentinel"))
			.run((context) -> {
				ready(context);
				PriceService prices = context.getBean(PriceService.class);
				prices.cachedOnPrimary(1);
				prices.cached(2);
				awaitCacheEntries();
				this.redis.resetStatistics();
				assertThat(prices.cachedOnPrimary(1)).isEqualTo("price 1");
				assertThat(onPrimary("get")).isEqualTo(1);
				assertThat(onReplicas("get")).isZero();
				assertThat(prices.cached(2)).isEqualTo("price 2");
				assertThat(onReplicas("get")).isEqualTo(1);
				assertThat(prices.loads()).as("calls that were not answered by the cache").isEqualTo(2);
			});
	}

	@Test
	void aRepositoryReadsWhereItsInterfaceSays() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(DataRedisRepositoriesAutoConfiguration.class))
			.withUserConfiguration(Repositories.class)
			.withPropertyValues(properties("sentinel"))
			.withPropertyValues("lagwise.reads.default-requirement=any-replica")
			.run((context) -> {
				ready(context);
				ItemRepository items = context.getBean(ItemRepository.class);
				items.save(new Item("1", "books"));
				this.redis.awaitInSync();
				this.redis.resetStatistics();
				assertThat(items.findById("1")).isPresent();
				assertThat(onPrimary("hgetall")).as("findById carries @ReadFromPrimary").isEqualTo(1);
				assertThat(items.findByCategory("books")).hasSize(1);
				assertThat(onReplicas("hgetall", "smembers", "sinter")).isPositive();
			});
	}

	private void assertReadsAreSpread(AssertableApplicationContext context) {
		StringRedisTemplate template = ready(context);
		for (int i = 0; i < 500; i++) {
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(onPrimary("get")).isZero();
		assertThat(this.redis.replicas())
			.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isBetween(125L, 375L));
		template.opsForValue().set("key", "newer", Duration.ofMinutes(1));
		assertThat(onPrimary("set", "setex", "psetex")).isEqualTo(1);
	}

	private void runBalanced(String loadBalancing, Consumer<StringRedisTemplate> test, String... properties) {
		this.contextRunner.withPropertyValues(properties("sentinel"))
			.withPropertyValues("lagwise.reads.load-balancing=" + loadBalancing)
			.withPropertyValues(properties)
			.run((context) -> test.accept(ready(context)));
	}

	private static void read(StringRedisTemplate template, int times) {
		for (int i = 0; i < times; i++) {
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	private StringRedisTemplate ready(ApplicationContext context) {
		awaitReplicas(context.getBean(ReplicaAwareConnectionFactory.class));
		return context.getBean(StringRedisTemplate.class);
	}

	private void awaitReplicas(ReplicaAwareConnectionFactory factory) {
		FreshReplicas.await(factory, 2);
	}

	private void awaitCacheEntries() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(
					() -> assertThat(this.redis.execute(this.redis.primary(), "EXISTS", "prices::1", "prices::2"))
						.isEqualTo("2"));
		this.redis.awaitInSync();
	}

	private String[] properties(String topology) {
		RedisNode primary = this.redis.primary();
		return switch (topology) {
			case "sentinel" -> new String[] { "spring.data.redis.sentinel.master=" + this.redis.masterName(),
					"spring.data.redis.sentinel.nodes=" + addresses(this.redis.sentinels()) };
			case "static" -> new String[] { "spring.data.redis.masterreplica.nodes=" + addresses(this.redis.nodes()) };
			default ->
				new String[] { "spring.data.redis.host=" + primary.host(), "spring.data.redis.port=" + primary.port() };
		};
	}

	private static String addresses(List<RedisNode> nodes) {
		return nodes.stream().map(RedisNode::address).collect(Collectors.joining(","));
	}

	private List<String> clientsOf(RedisNode node) {
		return this.redis.execute(node, "CLIENT", "LIST").lines().toList();
	}

	private long onPrimary(String... commands) {
		return this.redis.commandsServed(this.redis.primary(), commands);
	}

	private long onReplicas(String... commands) {
		return this.redis.replicas()
			.stream()
			.mapToLong((replica) -> this.redis.commandsServed(replica, commands))
			.sum();
	}

	private static RedisSentinelConfiguration sentinels(
			org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails details) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(details.getSentinel().getMaster());
		details.getSentinel().getNodes().forEach((node) -> configuration.sentinel(node.host(), node.port()));
		return configuration;
	}

	@Configuration(proxyBeanMethods = false)
	static class UnsharedFactory {

		@Bean
		LettuceConnectionFactory unshared(
				org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails details) {
			LettuceConnectionFactory factory = new LettuceConnectionFactory(sentinels(details));
			factory.setShareNativeConnection(false);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondFactory {

		@Bean
		@Primary
		LettuceConnectionFactory first() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", 1));
		}

		@Bean
		LettuceConnectionFactory second(
				org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails details) {
			return new LettuceConnectionFactory(sentinels(details));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Shop {

		@Bean
		PriceService priceService(StringRedisTemplate template) {
			return new PriceService(template);
		}

	}

	static class PriceService {

		private final StringRedisTemplate template;

		private int loads;

		PriceService(StringRedisTemplate template) {
			this.template = template;
		}

		int loads() {
			return this.loads;
		}

		@ReadFromPrimary
		String fromPrimary() {
			return this.template.opsForValue().get("key");
		}

		@ReadFromReplica
		String fromReplica() {
			return this.template.opsForValue().get("key");
		}

		@Cacheable("prices")
		@ReadFromPrimary
		String cachedOnPrimary(int id) {
			this.loads++;
			return "price " + id;
		}

		@Cacheable("prices")
		String cached(int id) {
			this.loads++;
			return "price " + id;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisRepositories(considerNestedRepositories = true, basePackageClasses = ApplicationIntegrationTests.class,
			includeFilters = @org.springframework.context.annotation.ComponentScan.Filter(
					type = org.springframework.context.annotation.FilterType.ASSIGNABLE_TYPE,
					classes = ItemRepository.class))
	static class Repositories {

	}

	@RedisHash("items")
	record Item(@Id String id, @Indexed String category) {

	}

	@ReadFromReplica
	interface ItemRepository extends CrudRepository<Item, String> {

		@Override
		@ReadFromPrimary
		java.util.Optional<Item> findById(String id);

		List<Item> findByCategory(String category);

	}

}
