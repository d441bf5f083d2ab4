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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A server that is a child process of this JVM.
 */
final class LocalProcess implements ServerProcess {

	private static final int LOG_LINES = 30;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final List<String> command;

	private final Path home;

	private final Watchdog watchdog;

	private @Nullable Process process;

	LocalProcess(List<String> command, Path home, Watchdog watchdog) {
		this.command = command;
		this.home = home;
		this.watchdog = watchdog;
	}

	@Override
	public void start() {
		try {
			this.process = new ProcessBuilder(this.command).directory(this.home.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
				.start();
			this.watchdog.started(this.process.pid());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not run " + this.command, ex);
		}
	}

	@Override
	public void terminate() {
		Process running = running();
		running.destroy();
		awaitExit(running);
	}

	@Override
	public void kill() {
		Process running = running();
		running.destroyForcibly();
		awaitExit(running);
	}

	@Override
	public void freeze() {
		signal("-STOP");
		Await.until("process " + running().pid() + " to stand still", LIMIT, () -> isStopped() ? null : "running");
	}

	@Override
	public void thaw() {
		signal("-CONT");
		Await.until("process " + running().pid() + " to go on", LIMIT, () -> isStopped() ? "standing still" : null);
	}

	@Override
	public boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	@Override
	public void wipe() {
		Folders.clear(this.home.resolve(ServerLauncher.DATA));
	}

	@Override
	public String log() {
		try {
			List<String> lines = Files.readAllLines(logFile());
			return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
		}
		catch (IOException ex) {
			return "(no log: " + ex + ")";
		}
	}

	@Override
	public void close() {
		if (isRunning()) {
			kill();
		}
	}

	long pid() {
		return running().pid();
	}

	private Process running() {
		if (this.process == null) {
			throw new IllegalStateException("Not started: " + this.home.getFileName());
		}
		return this.process;
	}

	private void signal(String signal) {
		try {
			int status = new ProcessBuilder("kill", signal, Long.toString(running().pid())).start().waitFor();
			if (status != 0) {
				throw new IllegalStateException("kill %s %d ended with %d".formatted(signal, running().pid(), status));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("A process can only be frozen where the command 'kill' exists", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending " + signal, ex);
		}
	}

	private boolean isStopped() {
		Path state = Path.of("/proc", Long.toString(running().pid()), "stat");
		try {
			return Files.readString(state).contains(") T ");
		}
		catch (IOException ex) {
			// without /proc the signal is taken at its word
			return false;
		}
	}

	private void awaitExit(Process running) {
		try {
			if (!running.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
				running.destroyForcibly().waitFor();
			}
			this.watchdog.ended(running.pid());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for the end of process " + running.pid(), ex);
		}
	}

	private Path logFile() {
		return this.home.resolve("server.log");
	}

}
