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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * Runs each server in a container of its own, in the network of the host, so that
 * containers listen on loopback only and the same proxies work as for processes.
 */
final class ContainerLauncher implements ServerLauncher {

	static final String HOME = "/lagwise";

	private static final String DEFAULT_IMAGE = "redis:8";

	private static final String SCRIPT = """
			[ -e wipe ] && rm -rf wipe data
			mkdir -p data
			server=$(command -v redis-server || command -v valkey-server)
			exec "$server" "$@"
			""";

	private final DockerImageName image;

	private ContainerLauncher(DockerImageName image) {
		this.image = image;
	}

	static ContainerLauncher of(@Nullable String image) {
		if (!DockerClientFactory.instance().isDockerAvailable()) {
			throw new IllegalStateException("The provider CONTAINER needs Docker, which is not available; "
					+ "choose another with the property " + Settings.PROVIDER);
		}
		return new ContainerLauncher(DockerImageName.parse((image != null) ? image : DEFAULT_IMAGE));
	}

	@Override
	public ServerProcess prepare(String name, Map<String, String> files, List<String> options) {
		List<String> entrypoint = new ArrayList<>(List.of("sh", "-c", SCRIPT, name, CONFIGURATION));
		entrypoint.addAll(options);
		Map<String, Transferable> contents = new LinkedHashMap<>();
		files.forEach((file, content) -> contents.put(HOME + "/" + file, Transferable.of(content)));
		GenericContainer<?> container = new GenericContainer<>(this.image).withNetworkMode("host")
			.withWorkingDirectory(HOME)
			.withCreateContainerCmdModifier((command) -> command.withEntrypoint(entrypoint).withCmd());
		contents.forEach((path, content) -> container.withCopyToContainer(content, path));
		return new ContainerProcess(name, container);
	}

	@Override
	public void close() {
	}

}
