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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that are started with the configuration of {@code docs/servers.md}, of which
 * nothing is changed but addresses and folders.
 */
class ServersPageIntegrationTests {

	private static final Pattern BLOCK = Pattern.compile("^```conf\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern ADDRESS = Pattern.compile("10\\.0\\.0\\.(\\d)( 6379)?");

	private static final String MASTER_NAME = "mymaster";

	private final Certificate certificate = Certificate.create();

	private final ServerLauncher launcher = RunningServers
		.launcher(ReplicatedRedis.builder().sentinels(1).specification());

	private final List<RedisNode> addresses = new ArrayList<>();

	private final List<Server> nodes = new ArrayList<>();

	private final List<Server> sentinels = new ArrayList<>();

	@BeforeEach
	void prepare() throws IOException {
		List<String> blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "servers.md")))
			.results()
			.map((block) -> block.group(1))
			.toList();
		assertThat(blocks).hasSize(3);
		for (int i = 1; i <= 3; i++) {
			this.addresses.add(new RedisNode("node-" + i, Ports.next()));
		}
		for (RedisNode address : this.addresses) {
			String content = blocks.get(0) + blocks.get(1);
			if (address == this.addresses.get(0)) {
				content = content.replaceAll("(?m)^replicaof .*$", "");
			}
			this.nodes.add(server(address, content, List.of(), "change-me-admin"));
			RedisNode sentinel = new RedisNode(address.name().replace("node", "sentinel"), Ports.next());
			this.sentinels.add(server(sentinel, blocks.get(2), List.of("--sentinel"), "change-me-watch-admin"));
		}
	}

	@AfterEach
	void end() {
		this.sentinels.forEach(Server::close);
		this.nodes.forEach(Server::close);
		this.launcher.close();
	}

	@Test
	void replicateAgreeAndFailOver() throws IOException {
		this.nodes.forEach(Server::launch);
		this.nodes.forEach(Server::awaitReady);
		DataNodes data = new DataNodes(this.nodes);
		Sentinels observers = new Sentinels(this.sentinels, data, MASTER_NAME);
		Server primary = this.nodes.get(0);
		Await.until("the replicas to follow", Server.START_LIMIT, () -> data.missingSync(primary));
		this.sentinels.forEach(Server::launch);
		this.sentinels.forEach(Server::awaitReady);
		Await.until("the Sentinels to agree", Server.START_LIMIT.multipliedBy(2),
				() -> observers.missingAgreement(primary, 2));
		ServerAccess shop = new ServerAccess("shop", "change-me-shop", this.certificate.ssl());
		assertThat(shop.call(primary.node().port(), "SET", "shop:key", "value")).isEqualTo("OK");
		Await.until("the replicas to follow", Server.START_LIMIT, () -> data.missingSync(primary));
		Server next = observers.failover(primary);
		assertThat(shop.call(next.node().port(), "GET", "shop:key")).isEqualTo("value");
		Await.until("the old primary to follow", Server.START_LIMIT.multipliedBy(2), () -> data.missingSync(next));
		for (Server server : this.nodes) {
			assertThat(server.text("ACL", "LOG")).as("refusals at %s", server.node()).isEqualTo("[]");
		}
	}

	private Server server(RedisNode self, String page, List<String> options, String adminPassword) {
		String content = ADDRESS.matcher(page)
			.replaceAll(this::address)
			.replaceAll("(?m)^(tls-port|replica-announce-port|sentinel announce-port) .*$", "$1 " + self.port())
			.replace("/etc/redis/tls/", "../")
			.replace("/var/lib/redis", ServerLauncher.DATA);
		Map<String, String> files = Map.of(ServerLauncher.CONFIGURATION, content, ConfigurationWriter.CERTIFICATE,
				this.certificate.certificate(), ConfigurationWriter.KEY, this.certificate.key(), "ca.crt",
				this.certificate.certificate());
		ServerAccess admin = new ServerAccess("admin", adminPassword, this.certificate.ssl());
		return new Server(self, self.port(), this.launcher.prepare(self.name(), files, options), admin, null, false);
	}

	private String address(MatchResult address) {
		RedisNode node = this.addresses.get(Integer.parseInt(address.group(1)) - 1);
		return RedisNode.HOST + ((address.group(2) != null) ? " " + node.port() : "");
	}

}
