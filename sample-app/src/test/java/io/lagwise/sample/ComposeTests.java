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

package io.lagwise.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

class ComposeTests {

	private final StandardEnvironment profile = new StandardEnvironment();

	private final String compose = Files.readString(Path.of("../compose.yaml"));

	ComposeTests() throws IOException {
		for (PropertySource<?> source : new YamlPropertySourceLoader().load("profile",
				new ClassPathResource("application-compose.yml"))) {
			this.profile.getPropertySources().addFirst(source);
		}
	}

	@Test
	void profileNamesTheSentinelsOfTheComposeFile() {
		List<String> nodes = Binder.get(this.profile)
			.bind("spring.data.redis.sentinel.nodes", Bindable.listOf(String.class))
			.get();
		assertThat(nodes).hasSize(3)
			.allSatisfy((node) -> assertThat(this.compose).contains("PORT: " + node.replace("127.0.0.1:", "")));
	}

	@Test
	void profileAsksForThePrimaryByItsNameInTheComposeFile() {
		assertThat(this.compose)
			.contains("sentinel monitor " + this.profile.getProperty("spring.data.redis.sentinel.master") + " ");
	}

	@Test
	void composeFileHoldsOnePrimaryTwoReplicasAndThreeSentinels() {
		Map<String, Map<String, ?>> file = new Yaml().load(this.compose);
		assertThat(file.get("services")).containsOnlyKeys("network", "primary", "replica-1", "replica-2", "sentinel-1",
				"sentinel-2", "sentinel-3");
	}

}
