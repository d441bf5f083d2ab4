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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/**
 * Runs servers as child processes, each in a folder of its own below a temporary one.
 */
final class LocalLauncher implements ServerLauncher {

	private static final List<String> SERVERS = List.of("redis-server", "valkey-server");

	private final List<String> executable;

	private final Path folder = Folders.createTemporary();

	private final Watchdog watchdog = new Watchdog(this.folder);

	private LocalLauncher(Path executable) {
		this.executable = withOwnProcessGroup(executable.toString());
	}

	static LocalLauncher embedded() {
		return new LocalLauncher(EmbeddedServer.EXECUTABLE);
	}

	static LocalLauncher installed(@Nullable String executable) {
		if (executable == null) {
			return new LocalLauncher(SERVERS.stream()
				.map(LocalLauncher::findOnPath)
				.flatMap(Optional::stream)
				.findFirst()
				.orElseThrow(() -> new IllegalStateException("None of " + SERVERS
						+ " is on the PATH; install one, or name an executable with the property lagwise.testkit.executable")));
		}
		Path path = Path.of(executable).toAbsolutePath();
		if (!Files.isExecutable(path)) {
			throw new IllegalStateException(
					"The property lagwise.testkit.executable names '%s', which is not a file that can be executed"
						.formatted(executable));
		}
		return new LocalLauncher(path);
	}

	@Override
	public ServerProcess prepare(String name, Map<String, String> files, List<String> options) {
		Path home = this.folder.resolve(name);
		try {
			Files.createDirectories(home.resolve(DATA));
			for (Map.Entry<String, String> file : files.entrySet()) {
				Files.writeString(home.resolve(file.getKey()), file.getValue());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not write the configuration of " + name, ex);
		}
		List<String> command = new ArrayList<>(this.executable);
		command.add(CONFIGURATION);
		command.addAll(options);
		return new LocalProcess(command, home, this.watchdog);
	}

	@Override
	public void close() {
		Folders.remove(this.folder);
		this.watchdog.close();
	}

	// Keep a Ctrl-C in the terminal from the servers: it is for this JVM, which may
	// still need them while it shuts down.
	private static List<String> withOwnProcessGroup(String executable) {
		return findOnPath("setsid").map((setsid) -> List.of(setsid.toString(), executable))
			.orElseGet(() -> List.of(executable));
	}

	private static Optional<Path> findOnPath(String name) {
		String path = System.getenv().getOrDefault("PATH", "");
		return Stream.of(path.split(File.pathSeparator))
			.map((folder) -> Path.of(folder, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/**
	 * The binary for this platform, unpacked once per JVM.
	 */
	private static final class EmbeddedServer {

		static final Path EXECUTABLE = unpack();

		private static Path unpack() {
			try {
				return RedisExecProvider.defaultProvider().get().toPath().toAbsolutePath();
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Could not unpack the embedded Redis", ex);
			}
		}

	}

}
