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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds free ports below the range from which operating systems take the ports of
 * outgoing connections, so that a stopped server finds its port free when it returns.
 */
final class Ports {

	private static final int FIRST = 10_000;

	private static final int LAST = 32_000;

	private static final Set<Integer> given = ConcurrentHashMap.newKeySet();

	private Ports() {
	}

	static int next() {
		for (int attempt = 0; attempt < 10_000; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
			if (isFree(port) && given.add(port)) {
				return port;
			}
		}
		throw new IllegalStateException("No free port found between " + FIRST + " and " + LAST);
	}

	static void release(int port) {
		given.remove(port);
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress(RedisNode.HOST, port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
