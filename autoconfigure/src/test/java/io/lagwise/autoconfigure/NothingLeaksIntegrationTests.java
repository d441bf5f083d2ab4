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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.lagwise.actuate.LagwiseEndpoint;
import io.lagwise.annotation.Fallback;
import io.lagwise.autoconfigure.Disclosures.Disclosure;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Lets an application go through everything that can happen, and looks for its secrets in
 * all that it lets others see.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, aclUser = "app", aclPassword = "app-secret",
		sentinelPassword = "sentinel-secret")
class NothingLeaksIntegrationTests {

	private static final String KEY = "key-4711";

	private static final String VALUE = "value-4711";

	private static final List<String> SECRETS = List.of("secret", VALUE);

	private final ReplicatedRedis redis;

	private final RedisNode own;

	private Disclosures disclosures;

	NothingLeaksIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.own = redis.replicas().get(0);
	}

	@BeforeEach
	void record() {
		this.disclosures = Disclosures.recording();
		this.redis.execute(this.own, "ACL", "SETUSER", "app", "resetpass", ">own-secret");
	}

	@AfterEach
	void restore() {
		this.disclosures.close();
		this.redis.reset();
		this.redis.nodes()
			.forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "app", "resetpass", ">app-secret"));
	}

	@Test
	void throughEveryFailure() {
		run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			use(template);
			mistake(template);
			exhaustReplicas(template);
			RedisNode replica = this.redis.replicas().get(1);
			during(() -> this.redis.freeze(replica), template, () -> this.redis.thaw(replica));
			during(() -> this.redis.kill(replica), template, () -> this.redis.start(replica));
			during(() -> this.redis.blackholeClients(replica), template, () -> this.redis.healClients(replica));
			during(() -> changePassword(replica), template, () -> {
			});
			during(() -> this.redis.restartEmpty(replica), template, () -> {
			});
			RedisNode primary = this.redis.primary();
			during(() -> this.redis.cutClients(primary), template, () -> this.redis.healClients(primary));
			this.redis.failover();
			useUntil("PrimarySwitchedEvent", template);
			awaitWrite(template);
			demoteByHand();
			useUntil("READONLY", template);
			this.redis.sentinels().forEach(this.redis::kill);
			useUntil("No Sentinel names the primary", template);
			this.redis.nodes().forEach(this.redis::kill);
			useUntil("Command timed out", template);
			look(context);
		}, "spring.data.redis.password=app-secret",
				"lagwise.consistency.token.secret=secret-of-the-tokens-of-sessions");
		for (String text : List.of("The login is refused by", "NoEligibleReplicaException", "WRONGTYPE",
				"attemptFailed", "lagwise.reads")) {
			assertThat(isDisclosed(text)).as(text).isTrue();
		}
		assertNothingLeaks();
	}

	@Test
	void whenEveryNodeRefusesThePassword() {
		run((context) -> {
			awaitDisclosure("The login is refused by");
			use(context.getBean(StringRedisTemplate.class));
			look(context);
		}, "spring.data.redis.password=mistyped-secret", "lagwise.nodes[0].password=another-mistyped-secret");
		assertThat(isDisclosed("WRONGPASS")).isTrue();
		assertNothingLeaks();
	}

	@Test
	void whenSentinelsRefuseThePassword() {
		run((context) -> {
			awaitDisclosure("No Sentinel names the primary");
			use(context.getBean(StringRedisTemplate.class));
			look(context);
		}, "spring.data.redis.sentinel.password=mistyped-secret");
		assertNothingLeaks();
	}

	private void run(Consumer<AssertableApplicationContext> application, String... properties) {
		List<String> all = new ArrayList<>();
		this.redis.springProperties().forEach((name, value) -> all.add(name + "=" + value));
		all.addAll(List.of("management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true",
				"spring.data.redis.timeout=500ms", "lagwise.nodes[0].address=" + this.own.address(),
				"lagwise.nodes[0].username=app", "lagwise.nodes[0].password=own-secret"));
		all.addAll(List.of(properties));
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class,
					LagwiseEndpointAutoConfiguration.class, LagwiseHealthContributorAutoConfiguration.class,
					LagwiseMetricsAutoConfiguration.class, DataRedisAutoConfiguration.class,
					DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues(all.toArray(String[]::new))
			.withBean(ReadOptionsCustomizer.class, () -> (beanName, options) -> this.disclosures.listenTo(options))
			.withInitializer((context) -> context.addApplicationListener((event) -> this.disclosures.add("event",
					(event instanceof PayloadApplicationEvent<?> payload) ? payload.getPayload() : event)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				application.accept(context);
			});
	}

	private void during(Runnable fault, StringRedisTemplate template, Runnable end) {
		fault.run();
		for (int i = 0; i < 5; i++) {
			use(template);
		}
		end.run();
	}

	/**
	 * Use the application until it shows what a fault has done to it.
	 */
	private void useUntil(String text, StringRedisTemplate template) {
		await(text).pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(60)).until(() -> {
			use(template);
			return isDisclosed(text);
		});
	}

	private void awaitWrite(StringRedisTemplate template) {
		await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
			template.opsForValue().set(KEY, VALUE);
			return true;
		});
	}

	private void use(StringRedisTemplate template) {
		this.disclosures.attempt(() -> template.opsForValue().set(KEY, VALUE));
		this.disclosures.attempt(() -> template.opsForValue().get(KEY));
		this.disclosures.attempt(() -> template.opsForValue().multiGet(List.of(KEY, KEY + ":2")));
		this.disclosures.attempt(() -> template.opsForHash().putAll(KEY + ":hash", Map.of("field-4711", VALUE)));
		this.disclosures.attempt(() -> template.opsForHash().entries(KEY + ":hash"));
		this.disclosures.attempt(() -> template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().get(KEY.getBytes());
			return connection.hashCommands().hGetAll((KEY + ":hash").getBytes());
		}));
		this.disclosures.attempt(() -> new ReactiveStringRedisTemplate(
				(ReplicaAwareConnectionFactory) template.getRequiredConnectionFactory())
			.opsForValue()
			.get(KEY)
			.block(Duration.ofSeconds(2)));
		try (ReadTrace trace = ReadTrace.open()) {
			this.disclosures.attempt(() -> template.opsForValue().get(KEY));
			this.disclosures.add("trace", trace);
		}
	}

	private void mistake(StringRedisTemplate template) {
		this.disclosures.attempt(() -> template.opsForHash().get(KEY, VALUE));
		this.disclosures.attempt(() -> template.opsForValue().increment(KEY));
		this.disclosures.attempt(() -> template.execute(new DefaultRedisScript<>("return nothing.at.all", Long.class),
				List.of(KEY), VALUE));
	}

	private void exhaustReplicas(StringRedisTemplate template) {
		this.redis.replicas().forEach(this.redis::freeze);
		ReadRequirement requirement = ReadRequirement.anyReplica(Fallback.NONE);
		for (int i = 0; i < 10; i++) {
			try (RoutingContext.Scope scope = RoutingContext.open(requirement)) {
				this.disclosures.attempt(() -> template.opsForValue().get(KEY));
			}
		}
		this.disclosures.add("requirement", requirement);
		this.redis.replicas().forEach(this.redis::thaw);
	}

	private void changePassword(RedisNode node) {
		this.redis.execute(node, "ACL", "SETUSER", "app", "resetpass", ">changed-secret");
		this.redis.execute(node, "CLIENT", "KILL", "USER", "app");
		awaitDisclosure("The login is refused by");
	}

	private void demoteByHand() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.execute(this.redis.primary(), "REPLICAOF", replica.host(), Integer.toString(replica.port()));
	}

	private void look(AssertableApplicationContext context) {
		ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
		this.disclosures.add("report", factory.report());
		this.disclosures.add("topology", factory.getTopology());
		this.disclosures.add("factory", factory);
		this.disclosures.add("options", factory.getReadOptions());
		this.disclosures.add("credentials", factory.getReadOptions().nodeCredentials());
		this.disclosures.add("endpoint",
				JsonMapper.shared().writeValueAsString(context.getBean(LagwiseEndpoint.class).lagwise()));
		this.disclosures.add("health", context.getBean(HealthIndicator.class).health().getDetails());
		context.getBean(MeterRegistry.class)
			.getMeters()
			.forEach((meter) -> this.disclosures.add("meter", meter.getId()));
		this.disclosures.add("properties", context.getBean(LagwiseProperties.class));
	}

	private boolean isDisclosed(String text) {
		return this.disclosures.all().stream().map(Disclosure::what).anyMatch((what) -> what.contains(text));
	}

	private void awaitDisclosure(String text) {
		await(text).atMost(Duration.ofSeconds(30)).until(() -> isDisclosed(text));
	}

	private void assertNothingLeaks() {
		assertThat(this.disclosures.all()).allSatisfy((disclosure) -> {
			assertThat(disclosure.what()).as(disclosure.where()).doesNotContain(SECRETS);
			if (!disclosure.debug()) {
				assertThat(disclosure.what()).as(disclosure.where()).doesNotContain("-4711");
			}
		});
	}

}
