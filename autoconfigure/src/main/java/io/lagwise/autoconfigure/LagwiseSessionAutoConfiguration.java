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

import io.lagwise.context.ConsistencySessions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration of sessions that consistent reads are relative to.
 */
@AutoConfiguration(after = { LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class })
@ConditionalOnBean(ConnectionFactoryReplacer.class)
@ConditionalOnSingleCandidate(RedisConnectionFactory.class)
public final class LagwiseSessionAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ConsistencySessions.class)
	CandidateSessions lagwiseConsistencySessions(ObjectProvider<RedisConnectionFactory> connectionFactory) {
		return new CandidateSessions(connectionFactory);
	}

}
