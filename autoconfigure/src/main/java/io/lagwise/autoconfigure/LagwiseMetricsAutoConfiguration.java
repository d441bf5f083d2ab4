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

import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.metrics.LossMeters;
import io.lagwise.metrics.ReadMeters;
import io.lagwise.metrics.ReplicationMeters;
import io.lagwise.metrics.TopologyMeters;
import io.lagwise.metrics.WaitMeters;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.WaitListener;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of meters for reads and for the nodes that they go to.
 */
@AutoConfiguration(after = { LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
		CompositeMeterRegistryAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ConnectionFactoryReplacer.class, MeterRegistry.class })
public final class LagwiseMetricsAutoConfiguration {

	@Bean
	static ReadOptionsCustomizer lagwiseReadMeters(ObjectProvider<MeterRegistry> registry) {
		return (beanName, options) -> meters(registry.getObject(), beanName, options);
	}

	@Bean
	ReplicationMeters lagwiseReplicationMeters(ConfigurableListableBeanFactory beanFactory) {
		return new ReplicationMeters(ReplicationReporters.of(beanFactory));
	}

	private static ReplicaReadOptions meters(MeterRegistry registry, String name, ReplicaReadOptions options) {
		return options
			.withReadListener(ReadListener.of(List.of(options.readListener(), new ReadMeters(registry, name))))
			.withWaitListener(WaitListener.of(List.of(options.waitListener(), new WaitMeters(registry, name))))
			.withReplicationListener(ReplicationListener.of(List.of(options.replicationListener(),
					new TopologyMeters(registry, name), new LossMeters(registry, name))));
	}

}
