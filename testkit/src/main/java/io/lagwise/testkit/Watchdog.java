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
import java.io.Writer;
import java.nio.file.Path;

/**
 * Ends the servers when this JVM ends in whatever way, and removes their folder. A shell
 * waits for the end of a pipe that only this JVM holds open, so that it also sees a JVM
 * that was killed; the servers outlive all shutdown hooks, which may need them.
 */
final class Watchdog implements AutoCloseable {

	private static final String SCRIPT = """
			trap '' INT TERM HUP
			pids=
			while read -r change pid; do
				rest=
				for known in $pids; do
					[ "$known" = "$pid" ] || rest="$rest $known"
				done
				pids=$rest
				[ "$change" = started ] && pids="$pids $pid"
			done
			[ -n "$pids" ] && kill -KILL $pids
			rm -rf "$1"
			""";

	private final Process shell;

	private final Writer pipe;

	Watchdog(Path folder) {
		try {
			this.shell = new ProcessBuilder("/bin/sh", "-c", SCRIPT, "lagwise-testkit-watchdog", folder.toString())
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.pipe = this.shell.outputWriter();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"Servers cannot be started safely without /bin/sh; the testkit runs on Linux and macOS", ex);
		}
	}

	void started(long pid) {
		tell("started " + pid);
	}

	void ended(long pid) {
		tell("ended " + pid);
	}

	private synchronized void tell(String line) {
		try {
			this.pipe.write(line + "\n");
			this.pipe.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The watchdog of the servers is gone", ex);
		}
	}

	@Override
	public void close() {
		try {
			this.pipe.close();
			this.shell.waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
