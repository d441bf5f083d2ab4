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

import io.lagwise.actuate.LagwiseEndpoint;
import io.lagwise.actuate.ReplicationJournal;
import io.lagwise.actuate.ReplicationJournals;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.ReadListener;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the actuator endpoint.
 */
@AutoConfiguration(after = { LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ConnectionFactoryReplacer.class)
@ConditionalOnAvailableEndpoint(LagwiseEndpoint.class)
public final class LagwiseEndpointAutoConfiguration {

	@Bean
	static ReplicationJournals lagwiseReplicationJournals() {
		return new ReplicationJournals();
	}

	@Bean
	static ReadOptionsCustomizer lagwiseReplicationJournal(ReplicationJournals journals) {
		return (beanName, options) -> {
			ReplicationJournal journal = journals.of(beanName);
			return options.withReadListener(ReadListener.of(List.of(options.readListener(), journal)))
				.withReplicationListener(ReplicationListener.of(List.of(options.replicationListener(), journal)));
		};
	}

	@Bean
	@ConditionalOnMissingBean
	LagwiseEndpoint lagwiseEndpoint(ConfigurableListableBeanFactory beanFactory, ReplicationJournals journals) {
		return new LagwiseEndpoint(ReplicationReporters.of(beanFactory), journals);
	}

}
