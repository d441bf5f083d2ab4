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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

/**
 * Reads the properties that choose where servers come from: from the system properties,
 * otherwise from {@code junit-platform.properties} on the classpath.
 */
final class Settings {

	static final String PROVIDER = "lagwise.testkit.provider";

	static final String EXECUTABLE = "lagwise.testkit.executable";

	static final String IMAGE = "lagwise.testkit.image";

	private static final String FILE = "junit-platform.properties";

	private Settings() {
	}

	static Provider provider() {
		String name = get(PROVIDER);
		if (name == null) {
			return (get(EXECUTABLE) != null) ? Provider.PATH
					: (get(IMAGE) != null) ? Provider.CONTAINER : Provider.EMBEDDED;
		}
		try {
			return Provider.valueOf(name.toUpperCase(Locale.ROOT));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException("The property %s is '%s' but must be one of %s".formatted(PROVIDER, name,
					Arrays.toString(Provider.values())), ex);
		}
	}

	static @Nullable String get(String name) {
		String value = System.getProperty(name, fromFile(name));
		return (value == null || value.isBlank()) ? null : value.strip();
	}

	private static String fromFile(String name) {
		ClassLoader loader = Settings.class.getClassLoader();
		try (InputStream file = (loader != null) ? loader.getResourceAsStream(FILE) : null) {
			Properties properties = new Properties();
			if (file != null) {
				properties.load(file);
			}
			return properties.getProperty(name, "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not read " + FILE, ex);
		}
	}

}
