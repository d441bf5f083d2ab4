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
import java.util.List;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

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

	private final NodeCredentials nodeCredentials;

	// a provider may renew its credentials in the background: one serves all connections
	private final @Nullable RedisCredentialsProvider provided;

	private final @Nullable RedisCredentialsProvider providedForSentinels;

	NodeUris(RedisConfiguration configuration, LettuceClientConfiguration clientConfiguration,
			NodeCredentials nodeCredentials) {
		this.configuration = configuration;
		this.clientConfiguration = clientConfiguration;
		this.nodeCredentials = nodeCredentials;
		RedisCredentialsProviderFactory factory = clientConfiguration.getRedisCredentialsProviderFactory().orElse(null);
		this.provided = (factory != null) ? factory.createCredentialsProvider(configuration) : null;
		this.providedForSentinels = (factory != null && configuration instanceof RedisSentinelConfiguration sentinel)
				? factory.createSentinelCredentialsProvider(sentinel) : null;
	}

	/**
	 * Return how long a command of the application may take.
	 */
	Duration commandTimeout() {
		return this.clientConfiguration.getCommandTimeout();
	}

	/**
	 * Return the URI of a data node.
	 */
	RedisURI node(NodeAddress address) {
		RedisURI uri = anyNode(address);
		RedisCredentials own = this.nodeCredentials.get(address);
		if (own != null) {
			uri.setCredentialsProvider(() -> Mono.just(own));
		}
		return uri;
	}

	/**
	 * Return the URI for one connection to the primary, with the credentials of the node
	 * to which it leads at any time. Without Sentinels it leads to the given address
	 * first.
	 */
	RedisURI primary(NodeAddress address) {
		return following(anyNode(address));
	}

	/**
	 * Return the URI for one connection to the primary that Sentinels name.
	 */
	RedisURI primary(RedisSentinelConfiguration sentinel) {
		return following(sentinelManagedPrimary(sentinel));
	}

	/**
	 * Return the URIs of the Sentinels themselves.
	 */
	List<RedisURI> sentinels(RedisSentinelConfiguration sentinel) {
		return sentinelManagedPrimary(sentinel).getSentinels();
	}

	private RedisURI following(RedisURI uri) {
		if (this.nodeCredentials != NodeCredentials.NONE) {
			uri.setCredentialsProvider(new FollowingCredentials(this.nodeCredentials, uri.getCredentialsProvider()));
		}
		return uri;
	}

	private RedisURI anyNode(NodeAddress address) {
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
		if (this.provided != null) {
			builder.withAuthentication(this.provided);
		}
		return withTransport(builder.build());
	}

	private RedisURI sentinelManagedPrimary(RedisSentinelConfiguration sentinel) {
		RedisURI uri = withTransport(LettuceConverters.sentinelConfigurationToRedisURI(sentinel));
		uri.setDatabase(sentinel.getDatabase());
		uri.getSentinels().forEach(this::withTransport);
		if (this.provided != null) {
			uri.setCredentialsProvider(this.provided);
		}
		if (this.providedForSentinels != null) {
			uri.getSentinels().forEach((it) -> it.setCredentialsProvider(this.providedForSentinels));
		}
		return uri;
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
