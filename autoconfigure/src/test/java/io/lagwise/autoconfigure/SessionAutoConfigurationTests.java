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

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.InvalidSessionTokenException;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Whose sessions an application gets. No server is needed.
 */
class SessionAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseSessionAutoConfiguration.class,
				DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.port=1");

	@Test
	void sessionsCanBeOpenedAndBound() {
		this.contextRunner.run((context) -> {
			ConsistencySession session = context.getBean(ConsistencySessions.class).open();
			try (RoutingContext.Scope scope = session.bind()) {
				assertThat(RoutingContext.currentSession()).isSameAs(session);
			}
			assertThat(RoutingContext.currentSession()).isNull();
		});
	}

	@Test
	void secretOfThePropertiesGuardsTheTokens() {
		this.contextRunner.withPropertyValues("lagwise.consistency.token.secret=0123456789abcdef0123456789abcdef")
			.run((context) -> assertThatExceptionOfType(InvalidSessionTokenException.class)
				.isThrownBy(() -> context.getBean(ConsistencySessions.class).resume("forged")));
	}

	@Test
	void factoryIsNotTouchedBeforeTheFirstSession() {
		this.contextRunner.withBean(Early.class)
			.run((context) -> assertThat(context.getBean(Early.class).factoryIsThere).isFalse());
	}

	@Test
	void sessionsFollowARestartOfTheFactory() {
		this.contextRunner.run((context) -> {
			ConsistencySessions sessions = context.getBean(ConsistencySessions.class);
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			factory.stop();
			assertThatIllegalStateException().isThrownBy(sessions::open);
			factory.start();
			assertThat(sessions.open()).isNotNull();
		});
	}

	@Test
	void sessionsAreThoseOfThePrimaryCandidate() {
		this.contextRunner.withUserConfiguration(TwoFactories.class).run((context) -> {
			ConsistencySessions sessions = context.getBean(ConsistencySessions.class);
			context.getBean("orders", ReplicaAwareConnectionFactory.class).stop();
			assertThatIllegalStateException().isThrownBy(sessions::open);
			context.getBean("orders", ReplicaAwareConnectionFactory.class).start();
			context.getBean("sessions", ReplicaAwareConnectionFactory.class).stop();
			assertThat(sessions.open()).isNotNull();
		});
	}

	@Test
	void thereAreNoneWhereNoFactoryStandsForAll() {
		this.contextRunner.withUserConfiguration(TwoEqualFactories.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsistencySessions.class));
	}

	@Test
	void thereAreNoneWhenDisabled() {
		this.contextRunner.withPropertyValues("lagwise.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsistencySessions.class));
	}

	@Test
	void aBeanOfTheUsersOwnWins() {
		ConsistencySessions own = mock(ConsistencySessions.class);
		this.contextRunner.withBean(ConsistencySessions.class, () -> own)
			.run((context) -> assertThat(context.getBean(ConsistencySessions.class)).isSameAs(own));
	}

	@Test
	void whoseReadsAreNotRoutedHasNoSessionsAndIsToldSo() {
		this.contextRunner.withUserConfiguration(OtherFactory.class)
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(ConsistencySessions.class).open())
				.withMessageContaining("Lagwise does not route its reads"));
	}

	private static LettuceConnectionFactory factory(int port) {
		return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
	}

	static class Early {

		private final boolean factoryIsThere;

		Early(ConsistencySessions sessions, ConfigurableListableBeanFactory beanFactory) {
			this.factoryIsThere = beanFactory.containsSingleton("redisConnectionFactory");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoFactories {

		@Bean
		@Primary
		LettuceConnectionFactory orders() {
			return factory(1);
		}

		@Bean
		LettuceConnectionFactory sessions() {
			return factory(2);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoEqualFactories {

		@Bean
		LettuceConnectionFactory orders() {
			return factory(1);
		}

		@Bean
		LettuceConnectionFactory sessions() {
			return factory(2);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherFactory {

		@Bean
		RedisConnectionFactory other() {
			return mock(RedisConnectionFactory.class);
		}

	}

}
