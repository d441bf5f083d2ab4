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

package io.lagwise.benchmarks.cost;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.RedisURI;

/**
 * How much CPU time the data nodes have used, asked for without any client so that it
 * costs the measured JVM next to nothing.
 */
final class ServerCpu {

	private static final byte[] QUESTION = "INFO cpu\r\n".getBytes(StandardCharsets.US_ASCII);

	private final List<Socket> nodes = new ArrayList<>();

	ServerCpu(Servers servers) {
		try {
			for (String node : servers.nodes()) {
				RedisURI uri = Servers.uri(node);
				this.nodes.add(new Socket(uri.getHost(), uri.getPort()));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the sum of all nodes in seconds.
	 */
	double seconds() {
		double sum = 0;
		try {
			for (Socket node : this.nodes) {
				node.getOutputStream().write(QUESTION);
				sum += used(answer(new BufferedInputStream(node.getInputStream())));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return sum;
	}

	private static String answer(InputStream in) throws IOException {
		StringBuilder length = new StringBuilder();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0) {
				throw new IOException("The connection was closed");
			}
			length.append((char) next);
		}
		byte[] text = in.readNBytes(Integer.parseInt(length.substring(1).strip()) + 2);
		return new String(text, StandardCharsets.US_ASCII);
	}

	private static double used(String info) {
		return info.lines()
			.filter((line) -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
			.sum();
	}

}
