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
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a person sees who has mistyped a property.
 */
@ExtendWith(OutputCaptureExtension.class)
class InvalidPropertyTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					lagwise.monitor.interval=-50ms                   | 'lagwise.monitor.interval' with value '-50ms' is not at least one millisecond    | Set a duration such as 50ms or 1s.
					lagwise.monitor.interval=0ms                     | 'lagwise.monitor.interval' with value '0ms' is not at least one millisecond      | Set a duration such as 50ms or 1s.
					lagwise.monitor.interval=1ms                     | 'lagwise.monitor.interval' with value '1ms' is too short for nodes to answer in | Set at least 10ms; 50ms is what most applications need.
					lagwise.monitor.interval=9ms                     | 'lagwise.monitor.interval' with value '9ms' is too short for nodes to answer in | Set at least 10ms; 50ms is what most applications need.
					lagwise.reads.slow-commands.sinter=0             | 'lagwise.reads.slow-commands.sinter' with value '0ms' is not at least one millisecond | Set a duration such as 50ms or 1s.
					lagwise.reads.slow-commands.sinteer=1s           | 'lagwise.reads.slow-commands.sinteer' with value '1000ms' names no command that replicas answer | Set the name of a command that reads keys, such as sinter or zrange, or remove the property.
					lagwise.reads.slow-commands.set=1s               | 'lagwise.reads.slow-commands.set' with value '1000ms' names no command that replicas answer | Set the name of a command that reads keys, such as sinter or zrange, or remove the property.
					lagwise.topology.refresh-interval=-1s            | 'lagwise.topology.refresh-interval' with value '-1000ms'                       | Set a duration such as 50ms or 1s.
					lagwise.health.max-lag=0                         | 'lagwise.health.max-lag' with value '0ms' is not at least one millisecond        | Set a duration such as 50ms or 1s.
					lagwise.reads.ramp-up=-1s                        | 'lagwise.reads.ramp-up' with value '-1000ms' is negative                         | Set a duration such as 2s, or 0 for the full share at once.
					lagwise.reads.max-lag=199ms                      | 'lagwise.reads.max-lag' with value '199ms' is less than the monitor can tell     | Set at least 200ms, or 0 for replicas however far behind.
					lagwise.reads.max-lag=-1s                        | 'lagwise.reads.max-lag' with value '-1000ms' is less than the monitor can tell   | Set at least 200ms, or 0 for replicas however far behind.
					lagwise.consistency.max-wait=-1ms                | 'lagwise.consistency.max-wait' with value '-1ms' is negative                     | Set a duration such as 20ms, or 0 for not waiting at all.
					lagwise.consistency.token.time-to-live=999ms     | 'lagwise.consistency.token.time-to-live' with value '999ms' is not at least one second | Set a duration such as 1h.
					lagwise.wait.timeout=0                           | 'lagwise.wait.timeout' with value '0ms' is not at least one millisecond          | Set a duration such as 50ms or 1s.
					lagwise.wait.max-connections=0                   | 'lagwise.wait.max-connections' with value '0' is not at least 1                  | Set how many threads can wait for replicas at a time, such as 8.
					lagwise.fallback.max-per-second=0                | 'lagwise.fallback.max-per-second' with value '0' is not at least 1               | Set how many such reads the primary can bear, or remove the property.
					lagwise.circuit-breaker.sliding-window-size=0    | 'lagwise.circuit-breaker.sliding-window-size' with value '0' is not at least 1   | Set how many of its last answers a replica is judged by
					lagwise.circuit-breaker.minimum-number-of-calls=0 | 'lagwise.circuit-breaker.minimum-number-of-calls' with value '0' is not at least 1 | Set how many answers it takes before a replica is judged
					lagwise.circuit-breaker.minimum-number-of-calls=21 | 'lagwise.circuit-breaker.minimum-number-of-calls' with value '21' is more than the sliding window holds (20) | or a larger lagwise.circuit-breaker.sliding-window-size.
					lagwise.circuit-breaker.sliding-window-size=5    | 'lagwise.circuit-breaker.minimum-number-of-calls' with value '10' is more than the sliding window holds (5) | Set a smaller number
					lagwise.circuit-breaker.failure-rate-threshold=0 | 'lagwise.circuit-breaker.failure-rate-threshold' with value '0.0' is not a percentage above 0 and up to 100 | Set a percentage such as 50.
					lagwise.circuit-breaker.failure-rate-threshold=101 | 'lagwise.circuit-breaker.failure-rate-threshold' with value '101.0' is not a percentage | Set a percentage such as 50.
					lagwise.circuit-breaker.wait-duration-in-open-state=0 | 'lagwise.circuit-breaker.wait-duration-in-open-state' with value '0ms' is not at least one millisecond | Set a duration such as 50ms or 1s.
					lagwise.circuit-breaker.permitted-number-of-calls-in-half-open-state=0 | 'lagwise.circuit-breaker.permitted-number-of-calls-in-half-open-state' with value '0' | Set how many probes decide
					lagwise.circuit-breaker.slow-factor=1            | 'lagwise.circuit-breaker.slow-factor' with value '1.0' is not above 1            | Set how many times slower than the others a replica must be
					lagwise.circuit-breaker.slow-minimum=0           | 'lagwise.circuit-breaker.slow-minimum' with value '0ms' is not at least one      | Set a duration such as 50ms or 1s.
					lagwise.cache.max-staleness=0                    | 'lagwise.cache.max-staleness' with value '0ms' is not at least one millisecond   | Set a duration such as 50ms or 1s.
					lagwise.cache.max-staleness=-1s                  | 'lagwise.cache.max-staleness' with value '-1000ms' is not at least one           | Set a duration such as 50ms or 1s.
					lagwise.cache.max-staleness=199ms                | 'lagwise.cache.max-staleness' with value '199ms' is less than the monitor can tell | Set at least 200ms, or a shorter lagwise.monitor.interval.
					lagwise.cache.caches.a.max-staleness=199ms       | 'lagwise.cache.caches.a.max-staleness' with value '199ms' is less than           | Set at least 200ms, or a shorter lagwise.monitor.interval.
					lagwise.cache.caches.[a-*].max-staleness=-1s     | 'lagwise.cache.caches.[a-*].max-staleness' with value '-1000ms' is not           | Set a duration such as 50ms or 1s.
					lagwise.cache.caches.a.read=primary;lagwise.cache.caches.a.max-staleness=1s | 'lagwise.cache.caches.a.max-staleness' with value '1000ms' limits what replicas may answer | Remove the property, or set lagwise.cache.caches.a.read
					lagwise.cache.read=primary;lagwise.cache.max-staleness=1s | 'lagwise.cache.max-staleness' with value '1000ms' limits what replicas may answer | Remove the property, or set lagwise.cache.read to any-replica or consistent.
					lagwise.cache.read=primary;lagwise.cache.caches.a.max-staleness=1s | 'lagwise.cache.caches.a.max-staleness' with value '1000ms' limits  | Remove the property, or set lagwise.cache.caches.a.read
					lagwise.cache.caches.price-*.read=primary        | 'lagwise.cache.caches.price-*.read' with value 'primary' has a name that is to be in brackets | Write lagwise.cache.caches.[price-*].read, in YAML with quotation marks as well: "[price-*]".
					lagwise.cache.caches.price_list.max-staleness=1s | 'lagwise.cache.caches.price_list.max-staleness' with value '1s' has a name that is to be in brackets | Write lagwise.cache.caches.[price_list].max-staleness
					lagwise.cache.caches.a.b.read=primary            | 'lagwise.cache.caches.a.b.read' with value 'primary' has a name that is to be in brackets | Write lagwise.cache.caches.[a.b].read
					lagwise.cache.caches.a.reed=primary              | 'lagwise.cache.caches.a.reed' with value 'primary' is not known                  | Set lagwise.cache.caches.a.read or lagwise.cache.caches.a.max-staleness.
					lagwise.cache.fail-open=maybe                    | lagwise.cache.fail-open                                                          | maybe
					lagwise.reads.load-balancing=ordered             | 'lagwise.reads.preferred-nodes' with value '' is empty                          | List the replicas to prefer as host:port
					lagwise.reads.preferred-nodes=a:1                | 'lagwise.reads.preferred-nodes' with value 'a:1' has an effect with ordered     | Set lagwise.reads.load-balancing=ordered
					spring.data.redis.masterreplica.nodes=           | 'spring.data.redis.masterreplica.nodes' with value '' names no node             | List the nodes as host:port
					spring.data.redis.masterreplica.nodes=redis      | 'spring.data.redis.masterreplica.nodes' with value 'redis' is not of the form   | Write each node as host:port
					spring.data.redis.masterreplica.nodes=a:1,b:many | 'spring.data.redis.masterreplica.nodes' with value 'b:many' is not of the form  | Write each node as host:port
					spring.data.redis.lettuce.read-from=foo          | 'spring.data.redis.lettuce.read-from' with value 'foo' is refused by Lettuce    | Set upstream, upstream-preferred, replica, replica-preferred
					spring.data.redis.lettuce.read-from=subnet:here  | 'spring.data.redis.lettuce.read-from' with value 'subnet:here' is refused       | subnet:<CIDR> or regex:<pattern>, or remove the property
					lagwise.enabled=maybe                            | 'lagwise.enabled' with value 'maybe' is neither true nor false                   | Set true or false.
					spring.data.redis.masterreplica.nodes=a:99999    | 'spring.data.redis.masterreplica.nodes' with value 'a:99999' has a port that is not between 1 and 65535 | Write each node as host:port
					spring.data.redis.sentinel.master=shop           | 'spring.data.redis.sentinel.nodes' with value '' names no node                  | List the nodes as host:port
					""")
	void isToldWhichPropertyWhichValueAndWhatToDo(String properties, String description, String action,
			CapturedOutput output) {
		String[] arguments = Stream.of(properties.split(";")).map("--"::concat).toArray(String[]::new);
		assertThatException().isThrownBy(() -> run(arguments));
		assertThat(output).contains("APPLICATION FAILED TO START").contains(description).contains(action);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					address=redis://reader:secret@10.0.0.2:6379,password=secret | 'lagwise.nodes[1].address' with value '10.0.0.2:6379' is not of the form host:port | Write each node as host:port
					address=10.0.0.2,password=secret                            | 'lagwise.nodes[1].address' with value '10.0.0.2' is not of the form host:port      | Write each node as host:port
					address=10.0.0.2:66666,password=secret                      | 'lagwise.nodes[1].address' with value '10.0.0.2:66666' has a port that is not      | Write each node as host:port
					password=secret                                             | 'lagwise.nodes[1].address' with value '' is not of the form host:port              | Write each node as host:port
					address=10.0.0.1:6379,password=secret                       | 'lagwise.nodes[1].address' with value '10.0.0.1:6379' is listed twice              | Keep one entry for each address.
					address=10.0.0.2:6379,username=reader                       | 'lagwise.nodes[1].password' with value '' is empty                                 | Set the password of that node, or remove the entry
					""")
	void isToldWhatIsWrongWithTheCredentialsOfANodeWithoutSeeingThePassword(String properties, String description,
			String action, CapturedOutput output) {
		List<String> arguments = new ArrayList<>(
				List.of("--lagwise.nodes[0].address=10.0.0.1:6379", "--lagwise.nodes[0].password=secret"));
		for (String property : properties.split(",")) {
			arguments.add("--lagwise.nodes[1]." + property);
		}
		assertThatException().isThrownBy(() -> run(arguments.toArray(String[]::new)));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(description)
			.contains(action)
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "'',0", "too-short,9", "one-character-short-of-thirty-t,31" })
	void isToldThatASecretIsTooShortWithoutSeeingIt(String secret, int length, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("--lagwise.consistency.token.secret=" + secret));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'lagwise.consistency.token.secret' with value '******' has " + length
					+ " characters, which is less than 32")
			.contains("Set a random text of at least 32 characters, the same in every application instance");
		if (!secret.isEmpty()) {
			assertThat(output).doesNotContain(secret);
		}
	}

	@Test
	void isToldThatASentinelSetUpLacksTheNameOfItsPrimary(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("--spring.data.redis.sentinel.nodes=a:1"));
		assertThat(output).contains("'spring.data.redis.sentinel.master' with value '' is empty")
			.contains("Set the name under which the Sentinels watch the primary.");
	}

	@Test
	void isToldWhichNodeOfTheOrderedOnesIsWrong(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> run("--lagwise.reads.load-balancing=ordered", "--lagwise.reads.preferred-nodes=a:1,nowhere"));
		assertThat(output)
			.contains("'lagwise.reads.preferred-nodes' with value 'nowhere' is not of the form host:port");
	}

	@Test
	void isToldWhichRequirementsThereAre(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("--lagwise.reads.default-requirement=fastest"));
		assertThat(output).contains("lagwise.reads.default-requirement")
			.contains("Value: \"fastest\"")
			.contains(List.of("ANY_REPLICA", "CONSISTENT", "PRIMARY"));
	}

	@Test
	void isToldWhichEnforcementsThereAre(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("--lagwise.consistency.enforcement=strict"));
		assertThat(output).contains("lagwise.consistency.enforcement")
			.contains("Value: \"strict\"")
			.contains(List.of("WAIT", "WATERMARK"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lagwise.circuit-breaker.enabled=sometimes", "lagwise.fallback.max-per-second=many" })
	void isToldOfAValueOfTheWrongKind(String property, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("--" + property));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(property.substring(0, property.indexOf('=')));
	}

	private static void run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		application.run(arguments).close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
			SslAutoConfiguration.class })
	static class Application {

	}

}
