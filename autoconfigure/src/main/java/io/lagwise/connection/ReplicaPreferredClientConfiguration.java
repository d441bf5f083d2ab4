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

import java.time.Duration;
import java.util.Optional;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.resource.ClientResources;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;
import org.springframework.util.ClassUtils;

/**
 * A user's client configuration that reports {@link ReadFrom#REPLICA_PREFERRED} where the
 * user has not set anything else.
 */
class ReplicaPreferredClientConfiguration implements LettuceClientConfiguration {

	private static final boolean POOLING = ClassUtils.isPresent("org.apache.commons.pool2.ObjectPool",
			ReplicaPreferredClientConfiguration.class.getClassLoader());

	private final LettuceClientConfiguration delegate;

	ReplicaPreferredClientConfiguration(LettuceClientConfiguration delegate) {
		this.delegate = delegate;
	}

	static LettuceClientConfiguration of(LettuceClientConfiguration configuration) {
		if (configuration.getReadFrom().isPresent()) {
			return configuration;
		}
		return (POOLING && PooledReplicaPreferredClientConfiguration.supports(configuration))
				? PooledReplicaPreferredClientConfiguration.of(configuration)
				: new ReplicaPreferredClientConfiguration(configuration);
	}

	@Override
	public Optional<ReadFrom> getReadFrom() {
		return Optional.of(ReadFrom.REPLICA_PREFERRED);
	}

	@Override
	public boolean isUseSsl() {
		return this.delegate.isUseSsl();
	}

	@Override
	@SuppressWarnings("deprecation")
	public boolean isVerifyPeer() {
		return this.delegate.isVerifyPeer();
	}

	@Override
	public SslVerifyMode getVerifyMode() {
		return this.delegate.getVerifyMode();
	}

	@Override
	public boolean isStartTls() {
		return this.delegate.isStartTls();
	}

	@Override
	public Optional<ClientResources> getClientResources() {
		return this.delegate.getClientResources();
	}

	@Override
	public Optional<ClientOptions> getClientOptions() {
		return this.delegate.getClientOptions();
	}

	@Override
	public Optional<String> getClientName() {
		return this.delegate.getClientName();
	}

	@Override
	public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
		return this.delegate.getRedisCredentialsProviderFactory();
	}

	@Override
	public Duration getCommandTimeout() {
		return this.delegate.getCommandTimeout();
	}

	@Override
	public Duration getShutdownTimeout() {
		return this.delegate.getShutdownTimeout();
	}

	@Override
	public Duration getShutdownQuietPeriod() {
		return this.delegate.getShutdownQuietPeriod();
	}

}
