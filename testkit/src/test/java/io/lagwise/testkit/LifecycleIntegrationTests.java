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

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for how servers begin and end.
 */
class LifecycleIntegrationTests {

	@Test
	void serversEndWhenTheirJvmIsKilled() throws Exception {
		assertServersEndAfter(Process::destroyForcibly);
	}

	@Test
	void serversEndWhenTheirJvmIsTerminated() throws Exception {
		assertServersEndAfter(Process::destroy);
	}

	@Test
	void impossibleDirectiveIsReportedWithTheLogOfTheServer() {
		assertThatIllegalStateException()
			.isThrownBy(() -> ReplicatedRedis.builder().config("no-such-directive", "1").start())
			.withMessageStartingWith("node-1 (127.0.0.1:")
			.withMessageContaining("no-such-directive")
			.withMessageContaining("Bad directive or wrong number of arguments");
	}

	@Test
	void nothingIsLeftAfterAFailedStart(@TempDir Path folder) throws Exception {
		Path executable = Files.writeString(folder.resolve("redis-server"), "#!/bin/sh\necho broken\nexit 1\n");
		assertThat(executable.toFile().setExecutable(true)).isTrue();
		long before = temporaryFolders();
		System.setProperty("lagwise.testkit.executable", executable.toString());
		try {
			assertThatIllegalStateException().isThrownBy(() -> ReplicatedRedis.builder().start())
				.withMessageContaining("its log ends with:\nbroken");
		}
		finally {
			System.clearProperty("lagwise.testkit.executable");
		}
		assertThat(temporaryFolders()).isEqualTo(before);
	}

	@Test
	void missingExecutableIsReported() {
		System.setProperty("lagwise.testkit.executable", "/no/such/redis-server");
		try {
			assertThatIllegalStateException().isThrownBy(() -> ReplicatedRedis.builder().start())
				.withMessage("The property lagwise.testkit.executable names '/no/such/redis-server', "
						+ "which is not a file that can be executed");
		}
		finally {
			System.clearProperty("lagwise.testkit.executable");
		}
	}

	private void assertServersEndAfter(Consumer<Process> end) throws Exception {
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), StartsRedis.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try (BufferedReader output = jvm.inputReader()) {
			String line = output.readLine();
			assertThat(line).startsWith("folder ");
			Path folder = Path.of(line.substring("folder ".length()));
			List<ProcessHandle> servers = output.lines()
				.takeWhile((next) -> !next.equals("started"))
				.map(Long::valueOf)
				.map((pid) -> ProcessHandle.of(pid).orElseThrow())
				.toList();
			assertThat(servers).hasSize(3).allMatch(ProcessHandle::isAlive);
			end.accept(jvm);
			await().atMost(Duration.ofSeconds(10)).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
			await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(folder));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	private static long temporaryFolders() throws Exception {
		try (Stream<Path> content = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
			return content.filter((path) -> path.getFileName().toString().startsWith("lagwise-testkit-")).count();
		}
	}

}
