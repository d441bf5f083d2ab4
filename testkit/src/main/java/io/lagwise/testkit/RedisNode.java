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

/**
 * The name and the official address of one server, data node or Sentinel.
 */
public final class RedisNode {

	static final String HOST = "127.0.0.1";

	private final String name;

	private final int port;

	RedisNode(String name, int port) {
		this.name = name;
		this.port = port;
	}

	/**
	 * Return the name, which the server keeps whatever its role: {@code node-1} for the
	 * first primary, then {@code node-2} and so on, {@code sentinel-1} and so on.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the host of the official address.
	 * @return always {@code 127.0.0.1}
	 */
	public String host() {
		return HOST;
	}

	/**
	 * Return the port of the official address: the one that clients, replicas and
	 * Sentinels use. A proxy stands there, unless the servers run without.
	 * @return the announced port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the official address.
	 * @return host and port, separated by a colon
	 */
	public String address() {
		return HOST + ":" + this.port;
	}

	@Override
	public String toString() {
		return this.name + " (" + address() + ")";
	}

}
