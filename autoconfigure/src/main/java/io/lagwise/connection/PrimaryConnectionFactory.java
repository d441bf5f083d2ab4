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

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.RedisCodec;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * A view of a {@link ReplicaAwareConnectionFactory} whose connections read from the
 * primary only, whatever thread they are used on.
 *
 * <p>
 * It borrows everything from the factory and has no life of its own: it runs as long as
 * the factory does, and starting, stopping or destroying it does nothing.
 *
 * @see ReplicaAwareConnectionFactory#primaryOnly()
 */
public final class PrimaryConnectionFactory extends LettuceConnectionFactory {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary().kept();

	private final ReplicaAwareConnectionFactory factory;

	PrimaryConnectionFactory(ReplicaAwareConnectionFactory factory, RedisConfiguration configuration) {
		// without a pool, which would be one more than the factory's
		super(configuration, new ReplicaPreferredClientConfiguration(factory.getClientConfiguration()));
		this.factory = factory;
		super.start();
	}

	@Override
	public RedisConnection getConnection() {
		return atPrimary(this.factory::getConnection);
	}

	@Override
	public RedisSentinelConnection getSentinelConnection() {
		return this.factory.getSentinelConnection();
	}

	@Override
	protected @Nullable StatefulConnection<ByteBuffer, ByteBuffer> getSharedReactiveConnection() {
		return atPrimary(this.factory::getSharedReactiveConnection);
	}

	@Override
	public @Nullable AbstractRedisClient getNativeClient() {
		return this.factory.getNativeClient();
	}

	@Override
	public LettuceClientConfiguration getClientConfiguration() {
		return this.factory.getClientConfiguration();
	}

	@Override
	public int getDatabase() {
		return this.factory.getDatabase();
	}

	@Override
	public boolean getConvertPipelineAndTxResults() {
		return this.factory.getConvertPipelineAndTxResults();
	}

	@Override
	public boolean getShareNativeConnection() {
		return this.factory.getShareNativeConnection();
	}

	@Override
	public boolean isRunning() {
		return this.factory.isRunning();
	}

	@Override
	public void afterPropertiesSet() {
	}

	@Override
	public void start() {
	}

	@Override
	public void stop() {
	}

	@Override
	public void destroy() {
	}

	@Override
	public void initConnection() {
		this.factory.initConnection();
	}

	@Override
	public void resetConnection() {
		this.factory.resetConnection();
	}

	@Override
	public void validateConnection() {
		this.factory.validateConnection();
	}

	// the factory may not have started yet, and may start again
	@Override
	@SuppressWarnings("NullAway")
	protected AbstractRedisClient createClient() {
		return null;
	}

	@Override
	protected LettuceConnectionProvider doCreateConnectionProvider(@Nullable AbstractRedisClient none,
			RedisCodec<?, ?> codec) {
		return new LettuceConnectionProvider() {

			@Override
			public <T extends StatefulConnection<?, ?>> CompletionStage<T> getConnectionAsync(Class<T> connectionType) {
				AbstractRedisClient client = PrimaryConnectionFactory.this.factory.getRequiredNativeClient();
				return PrimaryConnectionFactory.this.factory.doCreateConnectionProvider(client, codec)
					.getConnectionAsync(connectionType);
			}

		};
	}

	private static <T extends @Nullable Object> T atPrimary(Supplier<T> connection) {
		return RoutingContext.call(PRIMARY, connection);
	}

}
