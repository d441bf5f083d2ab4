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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.config.annotation.SpringSessionRedisConnectionFactory;

/**
 * Auto-configuration that lets Spring Session read from the primary, because sessions
 * move between instances of an application.
 */
@AutoConfiguration(after = LagwiseAutoConfiguration.class)
@ConditionalOnClass(RedisSessionRepository.class)
@ConditionalOnBean(ConnectionFactoryReplacer.class)
public final class LagwiseSpringSessionAutoConfiguration {

	@Bean
	static SpringSessionPostProcessor lagwiseSpringSessionPostProcessor(
			@SpringSessionRedisConnectionFactory ObjectProvider<RedisConnectionFactory> sessionFactory,
			ObjectProvider<RedisConnectionFactory> factory,
			@SpringSessionRedisConnectionFactory ObjectProvider<ReactiveRedisConnectionFactory> reactiveSessionFactory,
			ObjectProvider<ReactiveRedisConnectionFactory> reactiveFactory) {
		return new SpringSessionPostProcessor(() -> sessionFactory.getIfAvailable(factory::getObject),
				() -> reactiveSessionFactory.getIfAvailable(reactiveFactory::getObject));
	}

}
