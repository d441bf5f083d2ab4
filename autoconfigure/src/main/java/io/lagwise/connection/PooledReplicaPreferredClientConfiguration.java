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

package io.lagwise.connection;

import io.lettuce.core.api.StatefulConnection;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;

/**
 * The same for connections that are pooled.
 */
final class PooledReplicaPreferredClientConfiguration extends ReplicaPreferredClientConfiguration
		implements LettucePoolingClientConfiguration {

	private final LettucePoolingClientConfiguration delegate;

	private PooledReplicaPreferredClientConfiguration(LettucePoolingClientConfiguration delegate) {
		super(delegate);
		this.delegate = delegate;
	}

	static boolean supports(LettuceClientConfiguration configuration) {
		return configuration instanceof LettucePoolingClientConfiguration;
	}

	static LettuceClientConfiguration of(LettuceClientConfiguration configuration) {
		return new PooledReplicaPreferredClientConfiguration((LettucePoolingClientConfiguration) configuration);
	}

	@Override
	public GenericObjectPoolConfig<StatefulConnection<?, ?>> getPoolConfig() {
		return this.delegate.getPoolConfig();
	}

}
