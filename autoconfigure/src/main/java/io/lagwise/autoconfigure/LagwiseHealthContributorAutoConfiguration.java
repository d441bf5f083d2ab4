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

import io.lagwise.health.ReplicationHealthIndicator;
import io.lagwise.routing.ReplicationReporter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.CompositeHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration of the health contributor for the nodes that reads go to.
 */
@AutoConfiguration(after = { LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class })
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean({ ConnectionFactoryReplacer.class, RedisConnectionFactory.class })
@ConditionalOnEnabledHealthIndicator("replication")
public final class LagwiseHealthContributorAutoConfiguration
		extends CompositeHealthContributorConfiguration<ReplicationHealthIndicator, ReplicationReporter> {

	LagwiseHealthContributorAutoConfiguration(LagwiseProperties properties) {
		super((reporter) -> new ReplicationHealthIndicator(reporter, properties.health().maxLag()));
	}

	@Bean
	@ConditionalOnMissingBean(name = { "replicationHealthIndicator", "replicationHealthContributor" })
	@Nullable HealthContributor replicationHealthContributor(ConfigurableListableBeanFactory beanFactory) {
		Map<String, ReplicationReporter> reporters = ReplicationReporters.of(beanFactory);
		return reporters.isEmpty() ? null : createContributor(reporters);
	}

}
