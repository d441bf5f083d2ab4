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

package io.lagwise.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether {@code docs/configuration.md} says of every property what the metadata says.
 */
class ConfigurationDocumentationTests {

	private static final Pattern ROW = Pattern
		.compile("^\\| `((?:lagwise|management)\\.[^`]+)` \\| (?:`([^`]*)` )?\\| (.*) \\|$", Pattern.MULTILINE);

	@Test
	void everyPropertyHasARowWithItsDefaultAndItsMeaning() throws IOException {
		assertThat(documented()).containsExactlyElementsOf(fromMetadata());
	}

	private static List<Property> documented() throws IOException {
		String page = Files.readString(Path.of("..", "docs", "configuration.md"));
		return ROW.matcher(page).results().map(ConfigurationDocumentationTests::property).toList();
	}

	private static Property property(MatchResult row) {
		return new Property(row.group(1), (row.group(2) != null) ? row.group(2) : "", row.group(3));
	}

	private static List<Property> fromMetadata() throws IOException {
		String metadata = Files
			.readString(Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json"));
		List<Map<String, Object>> properties = JsonPath.read(metadata, "$.properties");
		return properties.stream().map(ConfigurationDocumentationTests::property).sorted().toList();
	}

	private static Property property(Map<String, Object> metadata) {
		Object defaultValue = metadata.get("defaultValue");
		return new Property(metadata.get("name").toString(), (defaultValue != null) ? defaultValue.toString() : "",
				metadata.get("description").toString());
	}

	private record Property(String name, String defaultValue, String description) implements Comparable<Property> {

		@Override
		public int compareTo(Property other) {
			return this.name.compareTo(other.name);
		}

	}

}
