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

package io.lagwise.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * The servers of a test as Spring Boot connects to them: of the application's own
 * properties only the number of the database counts.
 */
final class ReplicatedRedisConnectionDetails implements DataRedisConnectionDetails {

	private final Map<String, String> properties;

	private final BeanFactory beanFactory;

	private final int database;

	ReplicatedRedisConnectionDetails(Map<String, String> properties, BeanFactory beanFactory, Environment environment) {
		this.properties = properties;
		this.beanFactory = beanFactory;
		this.database = environment.getProperty(ReplicatedRedis.PROPERTY_PREFIX + "database", Integer.class, 0);
	}

	@Override
	public @Nullable String getUsername() {
		return property("username");
	}

	@Override
	public @Nullable String getPassword() {
		return property("password");
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String bundle = property("ssl.bundle");
		return (bundle != null) ? this.beanFactory.getBean(SslBundles.class).getBundle(bundle) : null;
	}

	@Override
	public @Nullable Standalone getStandalone() {
		String host = property("host");
		return (host != null) ? Standalone.of(host, Integer.parseInt(required("port")), this.database) : null;
	}

	@Override
	public @Nullable Sentinel getSentinel() {
		return (property("sentinel.master") != null) ? new Sentinels() : null;
	}

	@Override
	public @Nullable MasterReplica getMasterReplica() {
		return (property("masterreplica.nodes") != null) ? () -> nodes("masterreplica.nodes") : null;
	}

	private @Nullable String property(String name) {
		return this.properties.get(ReplicatedRedis.PROPERTY_PREFIX + name);
	}

	private String required(String name) {
		String value = property(name);
		if (value == null) {
			throw new IllegalStateException("No property '" + ReplicatedRedis.PROPERTY_PREFIX + name + "'");
		}
		return value;
	}

	private List<Node> nodes(String name) {
		return Arrays.stream(required(name).split(",")).map(ReplicatedRedisConnectionDetails::node).toList();
	}

	private static Node node(String address) {
		int separator = address.lastIndexOf(':');
		return new Node(address.substring(0, separator), Integer.parseInt(address.substring(separator + 1)));
	}

	private final class Sentinels implements Sentinel {

		@Override
		public int getDatabase() {
			return ReplicatedRedisConnectionDetails.this.database;
		}

		@Override
		public String getMaster() {
			return required("sentinel.master");
		}

		@Override
		public List<Node> getNodes() {
			return nodes("sentinel.nodes");
		}

		@Override
		public @Nullable String getUsername() {
			return null;
		}

		@Override
		public @Nullable String getPassword() {
			return property("sentinel.password");
		}

	}

}
