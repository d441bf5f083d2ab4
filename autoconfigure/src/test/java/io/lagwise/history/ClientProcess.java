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

package io.lagwise.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * A client in a JVM of its own, which can be made to stand still as a whole.
 */
public final class ClientProcess implements AutoCloseable {

	private static final String STARTED = "started";

	private final Process process;

	private ClientProcess(Process process) {
		this.process = process;
	}

	/**
	 * Start a client that writes down in a file what it has seen when it ends.
	 */
	static ClientProcess start(ReplicatedRedis redis, Path file) throws IOException {
		String sentinels = String.join(",", redis.sentinels().stream().map(RedisNode::address).toList());
		return new ClientProcess(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-cp", System.getProperty("java.class.path"), ClientProcess.class.getName(), redis.masterName(),
				sentinels, file.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start());
	}

	/**
	 * Be the client.
	 * @param args the name of the primary, the addresses of the Sentinels, and the file
	 * @throws Exception if it cannot work
	 */
	public static void main(String[] args) throws Exception {
		HistoryRecorder recorder = new HistoryRecorder();
		ReadTally tally = new ReadTally();
		ReplicaAwareConnectionFactory factory = Servers.connect(args[0], List.of(args[1].split(",")),
				HistoryIntegrationTests.options(ConsistencyEnforcement.WAIT, "paused", tally, recorder));
		try (HistoryClient client = new HistoryClient("paused", factory, factory.getConsistencySessions(),
				Level::requirement, tally, recorder, 2)) {
			client.start();
			System.out.println(STARTED);
			// until the one who has started it says so, or is gone
			System.in.read();
			client.stop();
			recorder.save(Path.of(args[2]));
		}
	}

	void awaitStart() throws IOException {
		BufferedReader output = this.process.inputReader();
		for (String line = output.readLine(); !STARTED.equals(line); line = output.readLine()) {
			if (line == null) {
				throw new IllegalStateException("The client has ended");
			}
		}
	}

	void stop() throws IOException, InterruptedException {
		signal("STOP");
	}

	void resume() throws IOException, InterruptedException {
		signal("CONT");
	}

	/**
	 * Let it write down what it has seen.
	 */
	void end() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The client does not end");
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private void signal(String name) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + name, Long.toString(this.process.pid())).inheritIO().start().waitFor();
	}

}
