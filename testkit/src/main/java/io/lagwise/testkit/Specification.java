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

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Everything that makes one running topology different from another.
 *
 * @param replicas the number of replicas
 * @param sentinels the number of Sentinels
 * @param topology how it is described to an application
 * @param provider where the servers come from
 * @param executable the executable to run, with {@link Provider#PATH}
 * @param image the image to run, with {@link Provider#CONTAINER}
 * @param password the password of the data nodes, empty for none
 * @param aclUser the user of the application, empty for the default one
 * @param aclPassword the password of that user
 * @param sentinelPassword the password of the Sentinels, empty for none
 * @param tls whether everything is encrypted
 * @param proxied whether proxies stand at the official addresses
 * @param config directives of the data nodes
 * @param downAfter how long a server must be silent for Sentinel to call it down
 */
record Specification(int replicas, int sentinels, Topology topology, Provider provider, @Nullable String executable,
		@Nullable String image, String password, String aclUser, String aclPassword, String sentinelPassword,
		boolean tls, boolean proxied, Map<String, String> config, Duration downAfter) {

	Specification {
		config = Map.copyOf(config);
		require(replicas >= 0, "'replicas' must not be negative, but is " + replicas);
		require(sentinels >= 0, "'sentinels' must not be negative, but is " + sentinels);
		require(topology != Topology.SENTINEL || sentinels > 0,
				"'sentinels' must be at least 1 with the topology SENTINEL");
		require(aclUser.isEmpty() || !aclPassword.isEmpty(), "An ACL user needs a password");
		require(!downAfter.isNegative() && !downAfter.isZero(), "'downAfter' must be positive, but is " + downAfter);
	}

	boolean hasProxies() {
		return this.proxied && !this.tls;
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException(message);
		}
	}

}
