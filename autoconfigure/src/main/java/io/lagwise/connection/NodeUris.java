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

import java.util.List;
import java.util.Optional;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConverters;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;
import org.springframework.util.StringUtils;

/**
 * Makes the URIs under which nodes and Sentinels are reached, with the credentials and
 * the transport settings that the user has configured.
 */
final class NodeUris {

	private final RedisConfiguration configuration;

	private final LettuceClientConfiguration clientConfiguration;

	NodeUris(RedisConfiguration configuration, LettuceClientConfiguration clientConfiguration) {
		this.configuration = configuration;
		this.clientConfiguration = clientConfiguration;
	}

	/**
	 * Return the URI of a data node.
	 */
	RedisURI node(NodeAddress address) {
		RedisURI.Builder builder = RedisURI.Builder.redis(address.host(), address.port())
			.withDatabase(RedisConfiguration.getDatabaseOrElse(this.configuration, () -> 0));
		String username = RedisConfiguration.getUsernameOrElse(this.configuration, () -> "");
		RedisPassword password = RedisConfiguration.getPasswordOrElse(this.configuration, RedisPassword::none);
		if (StringUtils.hasText(username)) {
			builder.withAuthentication(username, password.toOptional().map(String::new).orElse(""));
		}
		else {
			password.toOptional().ifPresent(builder::withPassword);
		}
		credentialsFactory()
			.ifPresent((factory) -> builder.withAuthentication(factory.createCredentialsProvider(this.configuration)));
		return withTransport(builder.build());
	}

	/**
	 * Return the URI under which Lettuce asks Sentinels for the primary.
	 */
	RedisURI sentinelManagedPrimary(RedisSentinelConfiguration sentinel) {
		RedisURI uri = withTransport(LettuceConverters.sentinelConfigurationToRedisURI(sentinel));
		uri.setDatabase(sentinel.getDatabase());
		uri.getSentinels().forEach(this::withTransport);
		credentialsFactory().ifPresent((factory) -> {
			uri.setCredentialsProvider(factory.createCredentialsProvider(sentinel));
			RedisCredentialsProvider credentials = factory.createSentinelCredentialsProvider(sentinel);
			uri.getSentinels().forEach((it) -> it.setCredentialsProvider(credentials));
		});
		return uri;
	}

	/**
	 * Return the URIs of the Sentinels themselves.
	 */
	List<RedisURI> sentinels(RedisSentinelConfiguration sentinel) {
		return sentinelManagedPrimary(sentinel).getSentinels();
	}

	private Optional<RedisCredentialsProviderFactory> credentialsFactory() {
		return this.clientConfiguration.getRedisCredentialsProviderFactory();
	}

	private RedisURI withTransport(RedisURI uri) {
		this.clientConfiguration.getClientName().ifPresent(uri::setClientName);
		uri.setSsl(this.clientConfiguration.isUseSsl());
		uri.setVerifyPeer(this.clientConfiguration.getVerifyMode());
		uri.setStartTls(this.clientConfiguration.isStartTls());
		uri.setTimeout(this.clientConfiguration.getCommandTimeout());
		return uri;
	}

}
