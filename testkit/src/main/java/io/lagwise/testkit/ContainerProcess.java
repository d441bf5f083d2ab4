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

import java.time.Duration;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/**
 * A server that is the only process of a container. The container stays the same when the
 * server ends and starts again, and so do its files.
 */
final class ContainerProcess implements ServerProcess {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final String name;

	private final GenericContainer<?> container;

	private final DockerClient docker;

	ContainerProcess(String name, GenericContainer<?> container) {
		this.name = name;
		this.container = container;
		this.docker = container.getDockerClient();
	}

	@Override
	public void start() {
		if (!this.container.isCreated()) {
			this.container.start();
		}
		else {
			this.docker.startContainerCmd(id()).exec();
		}
	}

	@Override
	public void terminate() {
		signal("TERM");
	}

	@Override
	public void kill() {
		if (Boolean.TRUE.equals(state().getPaused())) {
			// Docker does not kill a paused container
			thaw();
		}
		signal("KILL");
	}

	@Override
	public void freeze() {
		this.docker.pauseContainerCmd(id()).exec();
	}

	@Override
	public void thaw() {
		this.docker.unpauseContainerCmd(id()).exec();
	}

	@Override
	public boolean isRunning() {
		return this.container.isCreated() && Boolean.TRUE.equals(state().getRunning());
	}

	@Override
	public void wipe() {
		this.container.copyFileToContainer(Transferable.of(""), ContainerLauncher.HOME + "/wipe");
	}

	@Override
	public String log() {
		try {
			return this.container.isCreated() ? this.container.getLogs() : "(the container was never created)";
		}
		catch (NotFoundException ex) {
			return "(the container is gone)";
		}
	}

	@Override
	public void close() {
		this.container.stop();
	}

	private void signal(String signal) {
		this.docker.killContainerCmd(id()).withSignal(signal).exec();
		Await.until(this.name + " to end", LIMIT, () -> isRunning() ? "the container runs" : null);
	}

	private InspectContainerResponse.ContainerState state() {
		return this.docker.inspectContainerCmd(id()).exec().getState();
	}

	private String id() {
		return this.container.getContainerId();
	}

}
