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

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of properties that there are not.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnknownPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.port=1");

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			lagwise.read.default-requirement       | lagwise.reads.default-requirement
			lagwise.reads.default-requirment       | lagwise.reads.default-requirement
			lagwise.reads.atempt-timeout           | lagwise.reads.attempt-timeout
			lagwise.max-lag                        | lagwise.health.max-lag or lagwise.reads.max-lag
			lagwise.cache.failopen-mode            | docs/configuration.md
			lagwise.monitor                        | docs/configuration.md
			lagwise.enable                         | lagwise.enabled
			lagwise.nodes[0].adress                | lagwise.nodes[*].address
			lagwise.waits.timeout                  | lagwise.wait.timeout
			lagwise.consistency.token.secrt        | lagwise.consistency.token.secret
			lagwise.circuitbreaker.slowfactr       | lagwise.circuit-breaker.slow-factor
			""")
	void aMisspeltOneStopsTheStartAndNamesTheRightOneButNoValue(String property, String right) {
		this.contextRunner.withPropertyValues(property + "=hush")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(InvalidPropertyException.class, (ex) -> {
					assertThat(ex).hasMessageContaining("'" + property + "'").hasMessageEndingWith("is not known");
					assertThat(ex.action()).contains(right);
					assertThat(ex.getMessage() + ex.action()).doesNotContain("hush");
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lagwise.reads.maxLag=2s", "lagwise.reads.max_lag=2s", "lagwise.reads.MAX-LAG=2s",
			"lagwise.circuitBreaker.slowFactor=3", "lagwise.reads.slow-commands.sinter=1s",
			"lagwise.reads.slowCommands[zrange]=1s",
			"lagwise.reads.preferred-nodes[0]=a:1;lagwise.reads.load-balancing=ordered",
			"lagwise.nodes[0].address=a:1;lagwise.nodes[0].password=x", "lagwise.cache.caches.[a-*].read=primary",
			"lagwise.cache.caches.a.max-staleness=2s", "lagwise.wait.max-connections=3", "lagwise.testkit.image=any",
			"lagwise.reads.slow-commands.sinter=1s", "lagwise.reads.slowCommands[zrange]=1s", "lagwise.reads=",
			"lagwise.cache.caches=", "lagwise.consistency.token=", "lagwisely.reads.max-lg=2s" })
	void whateverIsBoundOrIsNotOursStarts(String properties) {
		this.contextRunner.withPropertyValues(properties.split(";"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void everyPropertyOfTheMetadataIsKnown() {
		KnownProperties known = KnownProperties.of("lagwise", LagwiseProperties.class);
		assertThat(known.contains("lagwise.consistency.token.time-to-live")).isTrue();
		assertThat(known.contains("lagwise.fallback.max-per-second")).isTrue();
		assertThat(known.contains("lagwise.topology.refresh-interval")).isTrue();
		assertThat(known.contains("lagwise.cache.recheck-miss")).isTrue();
		assertThat(known.contains("lagwise.writes.timeout")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "LAGWISE_READS_MAXLG, lagwise.reads.max-lag", "LAGWISE_READ_MAX_LAG, lagwise.reads.max-lag" })
	void aMisspeltVariableOfTheEnvironmentIsToldOnce(String variable, String right, CapturedOutput output) {
		withSource(new SystemEnvironmentPropertySource("environment", Map.of(variable, "2s")))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("The environment variable " + variable + " stands for no property")
			.contains("Set " + right + " instead");
	}

	@ParameterizedTest
	@ValueSource(strings = { "LAGWISE_READS_MAXLAG", "LAGWISE_READS_MAX_LAG", "LAGWISE_CACHE_CACHES_PRICES_READ",
			"LAGWISE_NODES_0_ADDRESS", "LAGWISE_SERVICE_HOST", "LAGWISE_PORT_6379_TCP_ADDR", "LAGWISE_TESTKIT_IMAGE",
			"LAGWISE_HOME" })
	void otherVariablesOfTheEnvironmentAreLeftAlone(String variable, CapturedOutput output) {
		UnknownPropertiesValidator validator = new UnknownPropertiesValidator(
				environment(new SystemEnvironmentPropertySource("environment", Map.of(variable, "2s"))));
		validator.postProcessBeanFactory(new DefaultListableBeanFactory());
		assertThat(output).doesNotContain(variable);
	}

	@Test
	void propertiesOfTheVirtualMachineThatAreNotLikeOursAreLeftAlone() {
		withSource(new MapPropertySource(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
				Map.of("lagwise.history.time", "5s", "lagwise.read-commands", "write")))
			.run((context) -> assertThat(context).hasNotFailed());
		withSource(new MapPropertySource(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
				Map.of("lagwise.reads.lag", "5s")))
			.run((context) -> assertThat(context).hasFailed());
	}

	private ApplicationContextRunner withSource(PropertySource<?> source) {
		return this.contextRunner.withInitializer((context) -> {
			MutablePropertySources sources = context.getEnvironment().getPropertySources();
			if (sources.contains(source.getName())) {
				sources.replace(source.getName(), source);
			}
			else {
				sources.addLast(source);
			}
		});
	}

	private static StandardEnvironment environment(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(source);
		return environment;
	}

}
