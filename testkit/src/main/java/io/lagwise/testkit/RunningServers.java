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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The servers of one topology, from the first process to the last.
 */
final class RunningServers implements AutoCloseable {

	static final String MASTER_NAME = "lagwise";

	private static final int ATTEMPTS = 3;

	private static final String PORT_TAKEN = "Address already in use";

	private final Specification specification;

	private final @Nullable Certificate certificate;

	private final ServerAccess nodeAccess;

	private final ServerAccess sentinelAccess;

	private final ServerLauncher launcher;

	private final List<Server> nodes = new ArrayList<>();

	private final List<Server> sentinels = new ArrayList<>();

	private RunningServers(Specification specification, @Nullable Certificate certificate) {
		this.specification = specification;
		this.certificate = certificate;
		this.nodeAccess = specification.aclUser().isEmpty()
				? new ServerAccess("", specification.password(), (certificate != null) ? certificate.ssl() : null)
				: new ServerAccess("lagwise-testkit", UUID.randomUUID().toString(),
						(certificate != null) ? certificate.ssl() : null);
		this.sentinelAccess = new ServerAccess("", specification.sentinelPassword(), this.nodeAccess.ssl());
		this.launcher = launcher(specification);
	}

	// Start everything, and begin again with other ports if another program has taken
	// one of them in the meantime.
	static RunningServers start(Specification specification) {
		Certificate certificate = specification.tls() ? Certificate.create() : null;
		for (int attempt = 1;; attempt++) {
			RunningServers servers = new RunningServers(specification, certificate);
			try {
				servers.start();
				return servers;
			}
			catch (RuntimeException ex) {
				servers.close();
				if (attempt == ATTEMPTS || !String.valueOf(ex.getMessage()).contains(PORT_TAKEN)) {
					throw ex;
				}
			}
		}
	}

	List<Server> nodes() {
		return this.nodes;
	}

	List<Server> sentinels() {
		return this.sentinels;
	}

	@Nullable String certificate() {
		return (this.certificate != null) ? this.certificate.certificate() : null;
	}

	private void start() {
		ConfigurationWriter configuration = new ConfigurationWriter(this.specification, this.nodeAccess, MASTER_NAME);
		for (int i = 1; i <= 1 + this.specification.replicas(); i++) {
			this.nodes.add(prepareNode("node-" + i, configuration));
		}
		Server primary = this.nodes.get(0);
		List<Server> replicas = this.nodes.subList(1, this.nodes.size());
		prepareSentinels(configuration, primary.node(), replicas.stream().map(Server::node).toList());
		// the first attempt of a replica to connect must succeed: the next is a second
		// later
		primary.launch();
		primary.awaitReady();
		forAll(replicas, Server::launch);
		replicas.forEach(Server::awaitReady);
		forAll(this.sentinels, Server::launch);
		this.sentinels.forEach(Server::awaitReady);
		awaitAgreement(primary);
		this.nodes.forEach(Server::rememberSettings);
	}

	private void awaitAgreement(Server primary) {
		DataNodes dataNodes = new DataNodes(this.nodes);
		Sentinels observers = new Sentinels(this.sentinels, dataNodes, MASTER_NAME);
		try {
			Await.until("the replicas to follow", Server.START_LIMIT, () -> dataNodes.missingSync(primary));
			Await.until("the Sentinels to agree", Server.START_LIMIT,
					() -> observers.missingAgreement(primary, this.specification.replicas()));
		}
		catch (IllegalStateException ex) {
			throw new IllegalStateException(
					ex.getMessage() + "; the log of " + primary.node() + " ends with:\n" + primary.log(), ex);
		}
	}

	private Server prepareNode(String name, ConfigurationWriter configuration) {
		RedisNode node = new RedisNode(name, Ports.next());
		int port = this.specification.hasProxies() ? Ports.next() : node.port();
		RedisNode primary = this.nodes.isEmpty() ? null : this.nodes.get(0).node();
		ServerProcess process = this.launcher.prepare(name, files(configuration.dataNode(node, port, primary)),
				List.of());
		boolean savesOnStop = !this.specification.config().containsKey("save")
				&& !"yes".equals(this.specification.config().get("appendonly"));
		return new Server(node, port, process, this.nodeAccess, (port != node.port()) ? proxy(node, port) : null,
				savesOnStop);
	}

	private void prepareSentinels(ConfigurationWriter configuration, RedisNode primary, List<RedisNode> replicas) {
		List<RedisNode> identities = new ArrayList<>();
		for (int i = 1; i <= this.specification.sentinels(); i++) {
			identities.add(new RedisNode("sentinel-" + i, Ports.next()));
		}
		for (RedisNode sentinel : identities) {
			String content = configuration.sentinel(sentinel, identities, primary, replicas);
			ServerProcess process = this.launcher.prepare(sentinel.name(), files(content), List.of("--sentinel"));
			this.sentinels.add(new Server(sentinel, sentinel.port(), process, this.sentinelAccess, null, false));
		}
	}

	private Map<String, String> files(String configuration) {
		Map<String, String> files = new LinkedHashMap<>();
		files.put(ServerLauncher.CONFIGURATION, configuration);
		if (this.certificate != null) {
			files.put(ConfigurationWriter.CERTIFICATE, this.certificate.certificate());
			files.put(ConfigurationWriter.KEY, this.certificate.key());
		}
		return files;
	}

	@Override
	public void close() {
		forAll(Stream.concat(this.sentinels.stream(), this.nodes.stream()).toList(), Server::close);
		this.launcher.close();
	}

	private static void forAll(List<Server> servers, Consumer<Server> action) {
		servers.stream()
			.map((server) -> CompletableFuture.runAsync(() -> action.accept(server)))
			.toList()
			.forEach((done) -> {
				try {
					done.join();
				}
				catch (CompletionException ex) {
					throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
				}
			});
	}

	private static NodeProxy proxy(RedisNode node, int port) {
		try {
			return new NodeProxy(node.name(), node.port(), port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No proxy for " + node, ex);
		}
	}

	static ServerLauncher launcher(Specification specification) {
		return switch (specification.provider()) {
			case EMBEDDED -> LocalLauncher.embedded();
			case PATH -> LocalLauncher.installed(specification.executable());
			case CONTAINER -> containers(specification.image());
		};
	}

	private static ServerLauncher containers(@Nullable String image) {
		try {
			return ContainerLauncher.of(image);
		}
		catch (NoClassDefFoundError ex) {
			throw new IllegalStateException("The provider CONTAINER needs org.testcontainers:testcontainers", ex);
		}
	}

}
