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

import java.util.List;

import io.lagwise.interceptor.ReadRequirementPostProcessor;
import io.lagwise.interceptor.WriteRequirementPostProcessor;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.LoadBalancer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Auto-configuration of reads from Redis replicas.
 */
@AutoConfiguration(before = DataRedisAutoConfiguration.class)
@ConditionalOnClass(name = "io.lettuce.core.RedisClient", value = LettuceConnectionFactory.class)
@Conditional(OnEnabledCondition.class)
@EnableConfigurationProperties(LagwiseProperties.class)
@Import({ CacheConfiguration.class, RepositoryConfiguration.class, ResilienceConfiguration.class })
public final class LagwiseAutoConfiguration {

	@Bean
	static RedisPropertiesValidator lagwiseRedisPropertiesValidator(Environment environment) {
		return new RedisPropertiesValidator(environment);
	}

	@Bean
	static UnknownPropertiesValidator lagwiseUnknownPropertiesValidator(Environment environment) {
		return new UnknownPropertiesValidator(environment);
	}

	@Bean
	static ConnectionFactoryReplacer lagwiseConnectionFactoryReplacer(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<LagwiseProperties> properties, ObjectProvider<LoadBalancer> loadBalancer,
			ObjectProvider<ReadOptionsCustomizer> customizers) {
		return new ConnectionFactoryReplacer(beanFactory, properties, loadBalancer, customizers);
	}

	@Bean
	static ReadRequirementPostProcessor lagwiseReadRequirementPostProcessor(
			ObjectProvider<LagwiseProperties> properties, Environment environment) {
		ReadRequirementPostProcessor postProcessor = new ReadRequirementPostProcessor();
		postProcessor.setProxyTargetClass(isProxyTargetClass(environment));
		postProcessor.setLeastStaleness(() -> properties.getObject().monitor().leastLag());
		return postProcessor;
	}

	@Bean
	static WriteRequirementPostProcessor lagwiseWriteRequirementPostProcessor(Environment environment) {
		WriteRequirementPostProcessor postProcessor = new WriteRequirementPostProcessor();
		postProcessor.setProxyTargetClass(isProxyTargetClass(environment));
		return postProcessor;
	}

	@Bean
	static ReplicationEventPublisher lagwiseReplicationEventPublisher(ApplicationEventPublisher publisher) {
		return new ReplicationEventPublisher(publisher);
	}

	@Bean
	static ReadOptionsCustomizer lagwiseReplicationEvents(ReplicationEventPublisher publisher) {
		return (beanName, options) -> options.withReplicationListener(
				ReplicationListener.of(List.of(options.replicationListener(), publisher.forFactory(beanName))));
	}

	private static boolean isProxyTargetClass(Environment environment) {
		return environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true);
	}

}
