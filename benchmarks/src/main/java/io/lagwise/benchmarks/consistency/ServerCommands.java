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

package io.lagwise.benchmarks.consistency;

import java.util.List;
import java.util.Locale;

import io.lagwise.testkit.ReplicatedRedis;

/**
 * How many commands clients have sent to the servers, by the servers' own count.
 *
 * @param data reads and writes of the application
 * @param info what a monitor asks
 * @param role what a monitor or a barrier asks
 * @param publish how many barriers were begun
 * @param waits how often replicas were waited for
 */
record ServerCommands(long data, long info, long role, long publish, long waits) {

	static final List<String> COLUMNS = List.of("commands per operation",
			"of which INFO / ROLE / PUBLISH / WAIT per second");

	static ServerCommands of(ReplicatedRedis redis) {
		// what a replica applies counts there, too: writes and messages count at the
		// primary only
		return new ServerCommands(count(redis, "GET") + redis.commandsServed(redis.primary(), "SET"),
				count(redis, "INFO"), count(redis, "ROLE"), redis.commandsServed(redis.primary(), "PUBLISH"),
				redis.commandsServed(redis.primary(), "WAIT"));
	}

	ServerCommands since(ServerCommands earlier) {
		return new ServerCommands(this.data - earlier.data, this.info - earlier.info, this.role - earlier.role,
				this.publish - earlier.publish, this.waits - earlier.waits);
	}

	double perOperation(int operations) {
		return (double) (this.data + this.info + this.role + this.publish + this.waits) / operations;
	}

	List<String> cells(int operations, double seconds) {
		return List.of(String.format(Locale.ROOT, "%.3f", perOperation(operations)),
				String.format(Locale.ROOT, "%.0f / %.0f / %.0f / %.0f", this.info / seconds, this.role / seconds,
						this.publish / seconds, this.waits / seconds));
	}

	private static long count(ReplicatedRedis redis, String command) {
		return redis.nodes().stream().mapToLong((node) -> redis.commandsServed(node, command)).sum();
	}

}
