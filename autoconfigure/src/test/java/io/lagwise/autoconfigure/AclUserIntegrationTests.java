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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications whose users may do what {@code docs/servers.md} says, and no more.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, aclUser = "app", aclPassword = "secret")
@ExtendWith(OutputCaptureExtension.class)
class AclUserIntegrationTests {

	private static final Pattern RIGHTS_ON_THE_PAGE = Pattern.compile("^user shop on (.*)$", Pattern.MULTILINE);

	private static final String DATA_RIGHTS = "~shop:* &lagwise:* +get +set +info +ping +role +wait +publish";

	private static final String SENTINEL_RIGHTS = "+sentinel|get-master-addr-by-name +sentinel|replicas "
			+ "+sentinel|master +subscribe &+switch-master &+promoted-slave &+slave &+sdown &-sdown &+odown &-odown &+convert-to-slave "
			+ "&+slave-reconf-done &+reboot &+reset-master &failover-end";

	// Lettuce says who it is, which servers before 7.2 do not know
	private static final List<String> HARMLESS = List.of("client|setinfo");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class));

	private final ReplicatedRedis redis;

	AclUserIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void removeTheUsers() {
		this.redis.reset();
		servers().forEach((server) -> this.redis.execute(server, "ACL", "DELUSER", "shop"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "what Lagwise needs", "the blocks of the page" })
	void areRefusedNothingBeforeAndAfterAFailover(String source, CapturedOutput output) throws IOException {
		boolean page = source.contains("page");
		List<String> onThePage = RIGHTS_ON_THE_PAGE.matcher(Files.readString(Path.of("..", "docs", "servers.md")))
			.results()
			.map((user) -> user.group(1))
			.toList();
		assertThat(onThePage).hasSize(2);
		grant(this.redis.nodes(), page ? onThePage.get(0) : DATA_RIGHTS);
		grant(this.redis.sentinels(), page ? onThePage.get(1) : SENTINEL_RIGHTS);
		run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			assertReadsAreSpread(template);
			assertReplicasAreWaitedFor(template);
			RedisNode old = this.redis.primary();
			this.redis.failover();
			assertThat(this.redis.primary()).isNotEqualTo(old);
			await().atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.untilAsserted(() -> template.opsForValue().set("shop:key", "newer"));
			this.redis.awaitInSync();
			awaitReadsFromBoth(context);
			assertReadsAreSpread(template);
			assertReplicasAreWaitedFor(template);
		});
		for (RedisNode server : servers()) {
			assertThat(refused(server)).as("refused by %s", server).isSubsetOf(HARMLESS);
		}
		assertThat(output).doesNotContain("refused");
	}

	@ParameterizedTest
	@CsvSource({ "+sentinel|get-master-addr-by-name", "+sentinel|replicas", "+sentinel|master", "+subscribe",
			"&+switch-master" })
	void areNamedOnceWithWhatIsRefusedAtOneSentinel(String right, CapturedOutput output) {
		RedisNode sentinel = this.redis.sentinels().get(1);
		grant(this.redis.nodes(), DATA_RIGHTS);
		grant(this.redis.sentinels(), SENTINEL_RIGHTS);
		grant(List.of(sentinel), SENTINEL_RIGHTS.replace(right + " ", " "));
		run((context) -> {
			assertReadsAreSpread(context.getBean(StringRedisTemplate.class));
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output).containsOnlyOnce(
						"What is asked of the Sentinels is refused by " + sentinel.address() + " (NOPERM"));
		});
		assertThat(output).contains("and what that user may do").doesNotContain("change-me");
	}

	@Test
	void followAFailoverThoughSentinelsDoNotTellItsEpoch() {
		grant(this.redis.nodes(), DATA_RIGHTS);
		grant(this.redis.sentinels(), SENTINEL_RIGHTS.replace("+sentinel|master ", " "));
		run((context) -> {
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			RedisNode old = this.redis.primary();
			this.redis.failover();
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(factory.getTopology().primaryAddress()).map(Object::toString)
					.contains(this.redis.primary().address())
					.get()
					.isNotEqualTo(old.address()));
		});
	}

	@Test
	void areNamedOnceWhenNoSentinelAcceptsThem(CapturedOutput output) {
		grant(this.redis.nodes(), DATA_RIGHTS);
		grant(this.redis.sentinels(), ">another secret");
		this.contextRunner.withPropertyValues(properties()).run((context) -> {
			context.getBean(StringRedisTemplate.class);
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(output).containsOnlyOnce("No Sentinel names the primary")
					.contains("WRONGPASS",
							"Check spring.data.redis.sentinel.username and spring.data.redis.sentinel.password"));
		});
		assertThat(output).doesNotContain("change-me");
	}

	private void run(Consumer<AssertableApplicationContext> application) {
		servers().forEach((server) -> this.redis.execute(server, "ACL", "LOG", "RESET"));
		this.contextRunner.withPropertyValues(properties()).run((context) -> {
			awaitReadsFromBoth(context);
			application.accept(context);
		});
	}

	private String[] properties() {
		List<String> properties = new ArrayList<>();
		this.redis.springProperties().forEach((name, value) -> properties.add(name + "=" + value));
		properties.addAll(List.of("lagwise.reads.ramp-up=0", "lagwise.reads.default-requirement=any-replica",
				"spring.data.redis.username=shop", "spring.data.redis.password=change-me-shop",
				"spring.data.redis.sentinel.username=shop",
				"spring.data.redis.sentinel.password=change-me-watch-shop"));
		return properties.toArray(String[]::new);
	}

	private void awaitReadsFromBoth(AssertableApplicationContext context) {
		ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(factory.getReadableReplicas()).as("%s", factory.getTopology()).hasSize(2));
	}

	private void assertReadsAreSpread(StringRedisTemplate template) {
		template.opsForValue().set("shop:key", "value");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		for (int i = 0; i < 40; i++) {
			assertThat(template.opsForValue().get("shop:key")).isEqualTo("value");
		}
		assertThat(this.redis.replicas())
			.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isPositive());
	}

	private void assertReplicasAreWaitedFor(StringRedisTemplate template) {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			try (WriteScope scope = WriteScope
				.open(new WriteRequirement(WaitForReplicas.ALL, Duration.ofSeconds(10), OnShortfall.FAIL))) {
				template.opsForValue().set("shop:key", "confirmed");
				scope.confirm();
			}
			template.opsForValue().set("shop:key", "value");
			assertThat(RoutingContext.call(ReadRequirement.consistent(Duration.ofSeconds(1)),
					() -> template.opsForValue().get("shop:key")))
				.isEqualTo("value");
			assertThat(this.redis.commandsServed(this.redis.primary(), "publish")).isPositive();
		});
	}

	private void grant(List<RedisNode> servers, String rights) {
		String password = this.redis.sentinels().contains(servers.get(0)) ? ">change-me-watch-shop" : ">change-me-shop";
		String[] rules = Stream
			.concat(Stream.of("SETUSER", "shop", "reset", "on", rights.contains(">") ? "nocommands" : password),
					Arrays.stream(rights.trim().split(" +(?=[~&+>@-])")))
			.toArray(String[]::new);
		servers.forEach((server) -> this.redis.execute(server, "ACL", rules));
	}

	private List<String> refused(RedisNode server) {
		List<String> log = Objects.requireNonNull(this.redis.execute(server, "ACL", "LOG")).lines().toList();
		return Stream.iterate(0, (i) -> i < log.size() - 1, (i) -> i + 1)
			.filter((i) -> log.get(i).equals("object"))
			.map((i) -> log.get(i + 1))
			.toList();
	}

	private List<RedisNode> servers() {
		return Stream.concat(this.redis.nodes().stream(), this.redis.sentinels().stream()).toList();
	}

}
