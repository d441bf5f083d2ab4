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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes and removes the folders of the servers.
 */
final class Folders {

	private Folders() {
	}

	static Path createTemporary() {
		try {
			return Files.createTempDirectory("lagwise-testkit-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No temporary folder for the servers", ex);
		}
	}

	static void clear(Path folder) {
		delete(folder, false);
	}

	static void remove(Path folder) {
		delete(folder, true);
	}

	private static void delete(Path folder, boolean itself) {
		if (!Files.isDirectory(folder)) {
			return;
		}
		try (Stream<Path> content = Files.walk(folder)) {
			List<Path> deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
			for (Path path : deepestFirst) {
				if (itself || !path.equals(folder)) {
					Files.deleteIfExists(path);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not clear " + folder, ex);
		}
	}

}
