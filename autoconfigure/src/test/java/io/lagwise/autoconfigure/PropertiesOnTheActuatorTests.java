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

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint.ConfigurationPropertiesDescriptor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the actuator shows of the credentials of nodes and of the secret that signs the
 * tokens of sessions.
 */
class PropertiesOnTheActuatorTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class, ConfigurationPropertiesReportEndpointAutoConfiguration.class,
				EnvironmentEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*",
				"management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true",
				"lagwise.nodes[0].address=10.0.0.2:6379", "lagwise.nodes[0].username=reader",
				"lagwise.nodes[0].password=own-secret",
				"lagwise.consistency.token.secret=0123456789abcdef0123456789abcdef");

	@Test
	void isNoPasswordUnlessSet() {
		this.contextRunner.run((context) -> {
			assertThat(nodes(context.getBean(ConfigurationPropertiesReportEndpoint.class))).contains("password")
				.doesNotContain("own-secret", "0123456789abcdef");
			assertThat(password(context.getBean(EnvironmentEndpoint.class))).isEqualTo("******");
			assertThat(secret(context.getBean(EnvironmentEndpoint.class))).isEqualTo("******");
		});
	}

	@Test
	void isNoPasswordWhereCredentialsAreSanitizedByTheirNames() {
		this.contextRunner
			.withBean(SanitizingFunction.class, () -> SanitizingFunction.sanitizeValue().ifLikelyCredential())
			.withPropertyValues("management.endpoint.configprops.show-values=always",
					"management.endpoint.env.show-values=always")
			.run((context) -> {
				assertThat(nodes(context.getBean(ConfigurationPropertiesReportEndpoint.class)))
					.contains("10.0.0.2:6379", "reader")
					.doesNotContain("own-secret", "0123456789abcdef");
				assertThat(password(context.getBean(EnvironmentEndpoint.class))).isEqualTo("******");
				assertThat(secret(context.getBean(EnvironmentEndpoint.class))).isEqualTo("******");
			});
	}

	@Test
	void isNoSecretInTheText() {
		this.contextRunner.run((context) -> assertThat(context.getBean(LagwiseProperties.class).toString())
			.contains("Token[timeToLive=PT1H]")
			.doesNotContain("own-secret", "0123456789abcdef"));
	}

	private static String nodes(ConfigurationPropertiesReportEndpoint endpoint) {
		ConfigurationPropertiesDescriptor descriptor = endpoint.configurationPropertiesWithPrefix("lagwise");
		return descriptor.getContexts()
			.values()
			.stream()
			.flatMap((context) -> context.getBeans().values().stream())
			.map((bean) -> bean.getProperties() + " " + bean.getInputs())
			.reduce("", String::concat);
	}

	private static Object password(EnvironmentEndpoint endpoint) {
		return endpoint.environmentEntry("lagwise.nodes[0].password").getProperty().getValue();
	}

	private static Object secret(EnvironmentEndpoint endpoint) {
		return endpoint.environmentEntry("lagwise.consistency.token.secret").getProperty().getValue();
	}

}
