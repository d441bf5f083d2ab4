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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A running replicated Redis: a primary, its replicas and, if wanted, Sentinels, as real
 * servers on free ports of the loopback interface.
 *
 * <p>
 * Its verbs do to the servers what life does to them. Each returns when it is done: a
 * killed process is gone, a promoted node says that it is the primary. A verb that waits
 * in vain throws an {@link IllegalStateException} that says what it waited for and what
 * it last saw. Verbs may be called from any thread, but two at the same time make sense
 * on different nodes only.
 *
 * <p>
 * Servers end when this is closed, and also when the JVM ends in whatever way.
 */
public final class ReplicatedRedis implements AutoCloseable {

	static final String PROPERTY_PREFIX = "spring.data.redis.";

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final String BUNDLE = "lagwise-testkit";

	private final Specification specification;

	private final RunningServers servers;

	private final DataNodes nodes;

	private final Sentinels sentinels;

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile Server lastPrimary;

	ReplicatedRedis(Specification specification) {
		this.specification = specification;
		this.servers = RunningServers.start(specification);
		this.nodes = new DataNodes(this.servers.nodes());
		this.sentinels = new Sentinels(this.servers.sentinels(), this.nodes, masterName());
		this.lastPrimary = this.nodes.servers().get(0);
	}

	/**
	 * Begin to describe servers: without further ado a primary with two replicas and
	 * three Sentinels.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the node that is the primary now: the one that most Sentinels name, without
	 * Sentinels the one that has the role. While there is none, the last known.
	 * @return the primary
	 */
	public RedisNode primary() {
		return primaryServer().node();
	}

	/**
	 * Return all data nodes but the {@link #primary()}, in the order of their creation,
	 * whether they run or not.
	 * @return the replicas
	 */
	public List<RedisNode> replicas() {
		RedisNode primary = primary();
		return nodes().stream().filter((node) -> node != primary).toList();
	}

	/**
	 * Return all data nodes in the order of their creation; the first was the first
	 * primary.
	 * @return the data nodes
	 */
	public List<RedisNode> nodes() {
		return this.nodes.servers().stream().map(Server::node).toList();
	}

	/**
	 * Return the Sentinels in the order of their creation.
	 * @return the Sentinels, none if there are none
	 */
	public List<RedisNode> sentinels() {
		return this.sentinels.servers().stream().map(Server::node).toList();
	}

	/**
	 * Return the name by which Sentinel knows the primary.
	 * @return the name
	 */
	public String masterName() {
		return RunningServers.MASTER_NAME;
	}

	/**
	 * End a server the way an operator does, with SIGTERM. A data node saves its data
	 * first, so that {@link #start(RedisNode)} finds it again. A frozen server is thawed.
	 * @param node the node to stop
	 */
	public void stop(RedisNode node) {
		server(node).stop();
	}

	/**
	 * End a server without any warning, with SIGKILL. What it had in memory is lost,
	 * unless its persistence was configured.
	 * @param node the node to kill
	 */
	public void kill(RedisNode node) {
		server(node).kill();
	}

	/**
	 * Start a server that was stopped or killed, in the role it had. Returns when it
	 * answers, not when it has followed its primary.
	 * @param node the node to start
	 */
	public void start(RedisNode node) {
		server(node).start();
	}

	/**
	 * Stop a server and start it again, with its data.
	 * @param node the node to restart
	 */
	public void restart(RedisNode node) {
		server(node).stop();
		server(node).start();
	}

	/**
	 * Kill a server and start it again without any data. If it is the primary, its
	 * replicas will empty themselves too.
	 * @param node the node to restart
	 */
	public void restartEmpty(RedisNode node) {
		server(node).restartEmpty();
	}

	/**
	 * Make a server stand still, with SIGSTOP. Its connections stay open and it answers
	 * nothing. Bytes sent to it are not lost: it reads them when it is thawed.
	 * @param node the node to freeze
	 */
	public void freeze(RedisNode node) {
		server(node).freeze();
	}

	/**
	 * Let a frozen server go on.
	 * @param node the node to thaw
	 */
	public void thaw(RedisNode node) {
		server(node).thaw();
	}

	/**
	 * Cut the replication link of one replica as a network does when it fails: from now
	 * on all bytes vanish, in both directions and those on their way too, and nobody is
	 * told. Primary and replica take the link for down when their {@code repl-timeout} of
	 * 5 seconds has passed. Clients and Sentinels still reach the replica. The cut holds
	 * whichever node becomes the primary, until {@link #healReplication(RedisNode)}.
	 * @param replica the replica to cut off
	 */
	public void cutReplication(RedisNode replica) {
		interfereWithLink(replica, Interference.SWALLOW);
	}

	/**
	 * Close the replication link of one replica and refuse it until
	 * {@link #healReplication(RedisNode)}. Unlike with {@link #cutReplication(RedisNode)}
	 * primary and replica notice at once. Returns when the replica reports that its link
	 * is down.
	 * @param replica the replica to cut off
	 */
	public void disconnectReplication(RedisNode replica) {
		interfereWithLink(replica, Interference.REFUSE);
		Server server = server(replica);
		if (server.isLive()) {
			Await.until("the link of " + replica + " to go down", LIMIT, () -> {
				ReplicationInfo replication = server.replication();
				return replication.linkUp() ? replica + " is a " + replication : null;
			});
		}
	}

	/**
	 * Let everything that a replica receives from its primary arrive later, in the same
	 * order and with the same throughput. What the replica sends is not delayed.
	 * @param replica the replica to delay
	 * @param delay how much later, less than the {@code repl-timeout} of 5 seconds
	 */
	public void delayReplication(RedisNode replica, Duration delay) {
		Duration limit = this.specification.replicationTimeout();
		if (delay.isNegative() || delay.compareTo(limit) >= 0) {
			throw new IllegalArgumentException(
					"'delay' must be at least 0 and less than the repl-timeout of %s, but is %s".formatted(limit,
							delay));
		}
		interfereWithLink(replica, Interference.delay(delay));
	}

	/**
	 * Let the replication link of a replica work again. A link that was cut begins anew
	 * with a handshake, because it has lost bytes: use {@link #awaitInSync()} to wait for
	 * it, which takes a second or two. Bytes that a delay holds back arrive at once.
	 * @param replica the replica to heal
	 */
	public void healReplication(RedisNode replica) {
		interfereWithLink(replica, Interference.NONE);
	}

	/**
	 * Close the connections of all clients to a node, and close every new one as soon as
	 * it has sent a command other than PING and AUTH. Replication and Sentinels are not
	 * affected.
	 * @param node the node to cut off
	 */
	public void cutClients(RedisNode node) {
		proxy(node, "cutClients").interfereWithClients(Interference.REFUSE);
	}

	/**
	 * Reset the connections of all clients to a node, and every new one as soon as it has
	 * sent a command other than PING and AUTH. Replication and Sentinels are not
	 * affected.
	 * @param node the node to cut off
	 */
	public void resetClients(RedisNode node) {
		proxy(node, "resetClients").interfereWithClients(Interference.RESET);
	}

	/**
	 * Close the port of a node: all connections to it are closed and new ones refused,
	 * until {@link #healClients(RedisNode)}. That holds for clients, for Sentinels, which
	 * take the node for down, and for replicas that follow it. The node itself goes on,
	 * and a replica stays connected to its primary.
	 * @param node the node to cut off
	 */
	public void refuseConnections(RedisNode node) {
		proxy(node, "refuseConnections").refuseDespiteServer();
	}

	/**
	 * Let all bytes between clients and a node vanish without telling either end: clients
	 * wait until their timeouts. Replication and Sentinels are not affected.
	 * @param node the node to cut off
	 */
	public void blackholeClients(RedisNode node) {
		proxy(node, "blackholeClients").interfereWithClients(Interference.SWALLOW);
	}

	/**
	 * Let all bytes vanish on the connections that clients have open to a node, without
	 * telling either end, as when a firewall has forgotten them. New connections work.
	 * Lasts until {@link #healClients(RedisNode)}, which closes them.
	 * @param node the node to whose clients to do that
	 */
	public void stallClients(RedisNode node) {
		proxy(node, "stallClients").stallClients();
	}

	/**
	 * Let the replies of a node to its clients arrive later. Replication and Sentinels
	 * are not affected.
	 * @param node the node to slow down
	 * @param delay how much later
	 */
	public void delayClients(RedisNode node, Duration delay) {
		proxy(node, "delayClients").interfereWithClients(Interference.delay(delay));
	}

	/**
	 * Let clients reach a node again. Connections that have lost bytes are closed.
	 * @param node the node to heal
	 */
	public void healClients(RedisNode node) {
		proxy(node, "healClients").healClients();
	}

	/**
	 * Let Sentinel make another node the primary. Returns when all Sentinels name the new
	 * primary, it has the role, and the other replicas follow it. The old primary is left
	 * to Sentinel, which makes it a replica some ten seconds later: wait for that with
	 * {@link #awaitInSync()}.
	 */
	public void failover() {
		if (this.sentinels.servers().isEmpty()) {
			throw new IllegalStateException("No Sentinel runs that could fail over; use promote and demote");
		}
		this.lastPrimary = this.sentinels.failover(primaryServer());
	}

	/**
	 * Make a node a primary by hand. The role survives a restart.
	 * @param node the node to promote
	 */
	public void promote(RedisNode node) {
		Server server = server(node);
		this.nodes.promote(server);
		Await.until("the promotion of " + node, LIMIT, () -> {
			ReplicationInfo replication = server.replication();
			return replication.primary() ? null : node + " is a " + replication;
		});
		this.lastPrimary = server;
	}

	/**
	 * Make a node the replica of another by hand. Returns when it has the role, not when
	 * its link is up. The role survives a restart.
	 * @param node the node to demote
	 * @param newPrimary the node to follow
	 */
	public void demote(RedisNode node, RedisNode newPrimary) {
		Server server = server(node);
		this.nodes.demote(server, newPrimary);
		Await.until("the demotion of " + node, LIMIT, () -> {
			ReplicationInfo replication = server.replication();
			return replication.follows(newPrimary) ? null : node + " is a " + replication;
		});
	}

	/**
	 * Wait until every replica that runs has a working link to the primary and has
	 * applied everything the primary had written when this was called.
	 */
	public void awaitInSync() {
		Await.until("the replicas to be in sync", LIMIT, () -> this.nodes.missingSync(primaryServer()));
	}

	/**
	 * Return how far in the replication stream a node is: what a primary has written,
	 * what a replica has applied.
	 * @param node the node to ask
	 * @return the offset
	 */
	public long offset(RedisNode node) {
		return server(node).replication().offset();
	}

	/**
	 * Return how many commands a node has run since its start or the last
	 * {@link #resetStatistics()}, by its own count. What a replica has applied from its
	 * primary counts too.
	 * @param node the node to ask
	 * @param commands the names to count, as {@code GET} or {@code CONFIG GET}; without
	 * names all commands but those by which connections are set up (AUTH, CLIENT, HELLO),
	 * servers watched (INFO, PING, ROLE, CONFIG, PUBLISH, SUBSCRIBE) and data replicated,
	 * and without the frame of transactions (MULTI, EXEC), which Sentinels use too
	 * @return the number of calls
	 */
	public long commandsServed(RedisNode node, String... commands) {
		CommandStatistics statistics = new CommandStatistics(server(node).text("INFO", "commandstats"));
		return (commands.length == 0) ? statistics.served() : Stream.of(commands).mapToLong(statistics::served).sum();
	}

	/**
	 * Let every data node that runs count its commands from zero.
	 */
	public void resetStatistics() {
		this.nodes.live().forEach((server) -> server.call("CONFIG", "RESETSTAT"));
	}

	/**
	 * Run a command on a node as administrator, past its proxy and on a connection of its
	 * own.
	 * @param node the node to ask
	 * @param command the command
	 * @param args its arguments
	 * @return the reply: a number in digits, the elements of a list on lines of their
	 * own, {@code null} if there is none
	 */
	public @Nullable String execute(RedisNode node, String command, String... args) {
		Object reply = server(node).call(Stream.concat(Stream.of(command), Stream.of(args)).toArray(String[]::new));
		return (reply != null) ? render(reply) : null;
	}

	/**
	 * Undo whatever was done to the servers: heal links, thaw and start nodes and
	 * Sentinels, take back what was set by CONFIG SET, restore one primary that all
	 * others follow, delete all data and reset the statistics. With Sentinels the primary
	 * is the one they name, otherwise the first node.
	 */
	public void reset() {
		this.lastPrimary = new Restoration(this.nodes, this.sentinels).run();
		resetStatistics();
	}

	/**
	 * Return the properties by which a Spring Boot application finds the servers.
	 * @return properties below {@code spring.data.redis} and {@code spring.ssl.bundle}
	 */
	public Map<String, String> springProperties() {
		Map<String, String> properties = new LinkedHashMap<>();
		String prefix = PROPERTY_PREFIX;
		switch (this.specification.topology()) {
			case SENTINEL -> {
				properties.put(prefix + "sentinel.master", masterName());
				properties.put(prefix + "sentinel.nodes", addresses(sentinels()));
				putIfPresent(properties, prefix + "sentinel.password", this.specification.sentinelPassword());
			}
			case STATIC -> properties.put(prefix + "masterreplica.nodes", addresses(nodes()));
			case STANDALONE -> {
				properties.put(prefix + "host", primary().host());
				properties.put(prefix + "port", Integer.toString(primary().port()));
			}
		}
		boolean acl = !this.specification.aclUser().isEmpty();
		putIfPresent(properties, prefix + "username", this.specification.aclUser());
		putIfPresent(properties, prefix + "password",
				acl ? this.specification.aclPassword() : this.specification.password());
		String certificate = this.servers.certificate();
		if (certificate != null) {
			properties.put("spring.ssl.bundle.pem." + BUNDLE + ".truststore.certificate", certificate);
			properties.put(prefix + "ssl.enabled", "true");
			properties.put(prefix + "ssl.bundle", BUNDLE);
		}
		return properties;
	}

	/**
	 * End all servers at once, by signals, and remove their files.
	 */
	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.servers.close();
		}
	}

	private Server primaryServer() {
		Server primary = this.sentinels.primary();
		this.lastPrimary = (primary != null) ? primary : this.nodes.primaryByRole(this.lastPrimary);
		return this.lastPrimary;
	}

	private Server server(RedisNode node) {
		return Stream.of(this.nodes.servers(), this.sentinels.servers())
			.flatMap(List::stream)
			.filter((server) -> server.node() == node)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(node + " is not a node of this Redis"));
	}

	private void interfereWithLink(RedisNode replica, Interference interference) {
		for (Server server : this.nodes.servers()) {
			proxy(server.node(), "Interfering with replication").interfereWithLink(replica.port(), interference);
		}
	}

	private NodeProxy proxy(RedisNode node, String verb) {
		NodeProxy proxy = server(node).proxy();
		if (proxy != null) {
			return proxy;
		}
		if (this.specification.tls()) {
			throw new IllegalStateException(verb
					+ " is not possible with TLS: a proxy cannot tell encrypted connections of clients and replicas apart");
		}
		if (!this.specification.proxied()) {
			throw new IllegalStateException(verb + " needs a proxy: do not start with proxied(false)");
		}
		throw new IllegalStateException(verb + " is not possible at a Sentinel");
	}

	private static String render(Object reply) {
		if (reply instanceof List<?> list) {
			return list.stream()
				.map((element) -> (element != null) ? render(element) : "")
				.collect(Collectors.joining("\n"));
		}
		return reply.toString();
	}

	private static String addresses(List<RedisNode> nodes) {
		return nodes.stream().map(RedisNode::address).collect(Collectors.joining(","));
	}

	private static void putIfPresent(Map<String, String> properties, String name, String value) {
		if (!value.isEmpty()) {
			properties.put(name, value);
		}
	}

	/**
	 * Describes and starts servers.
	 */
	public static final class Builder {

		private int replicas = 2;

		private int sentinels = 3;

		private Topology topology = Topology.SENTINEL;

		private @Nullable Provider provider;

		private String password = "";

		private String aclUser = "";

		private String aclPassword = "";

		private String sentinelPassword = "";

		private boolean tls;

		private boolean proxied = true;

		private Duration downAfter = Duration.ofSeconds(1);

		private final Map<String, String> config = new LinkedHashMap<>();

		private Builder() {
		}

		/**
		 * Set the number of replicas.
		 * @param replicas two unless set
		 * @return this builder
		 */
		public Builder replicas(int replicas) {
			this.replicas = replicas;
			return this;
		}

		/**
		 * Set the number of Sentinels.
		 * @param sentinels three unless set
		 * @return this builder
		 */
		public Builder sentinels(int sentinels) {
			this.sentinels = sentinels;
			return this;
		}

		/**
		 * Set how {@link ReplicatedRedis#springProperties()} describes the servers.
		 * @param topology {@link Topology#SENTINEL} unless set
		 * @return this builder
		 */
		public Builder topology(Topology topology) {
			this.topology = topology;
			return this;
		}

		/**
		 * Set where the servers come from.
		 * @param provider what the property {@code lagwise.testkit.provider} says unless
		 * set, without it {@link Provider#EMBEDDED}
		 * @return this builder
		 */
		public Builder provider(Provider provider) {
			this.provider = provider;
			return this;
		}

		/**
		 * Set the password of the default user on all data nodes.
		 * @param password none unless set
		 * @return this builder
		 */
		public Builder password(String password) {
			this.password = password;
			return this;
		}

		/**
		 * Let the application use a user of its own, who may do everything. Without a
		 * {@link #password(String)} the default user is switched off.
		 * @param user the name
		 * @param password the password
		 * @return this builder
		 */
		public Builder aclUser(String user, String password) {
			this.aclUser = user;
			this.aclPassword = password;
			return this;
		}

		/**
		 * Set the password of the Sentinels.
		 * @param password none unless set
		 * @return this builder
		 */
		public Builder sentinelPassword(String password) {
			this.sentinelPassword = password;
			return this;
		}

		/**
		 * Let all servers accept encrypted connections only, with a certificate made for
		 * the occasion. There are no proxies then.
		 * @param tls whether to encrypt; not unless set
		 * @return this builder
		 */
		public Builder tls(boolean tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Set whether proxies stand at the official addresses of the data nodes. Verbs
		 * that interfere with connections need them; measurements go without.
		 * @param proxied whether to use proxies; so unless set
		 * @return this builder
		 */
		public Builder proxied(boolean proxied) {
			this.proxied = proxied;
			return this;
		}

		/**
		 * Add a directive to the configuration of all data nodes, or of all Sentinels if
		 * it begins with {@code sentinel}, as {@code sentinel failover-timeout}.
		 * @param directive the name of the directive
		 * @param value its value as the configuration file has it; for Sentinels without
		 * the name of the primary
		 * @return this builder
		 */
		public Builder config(String directive, String value) {
			this.config.put(directive, value);
			return this;
		}

		/**
		 * Set for how long a server must be silent until a Sentinel takes it for down.
		 * @param downAfter one second unless set
		 * @return this builder
		 */
		public Builder downAfter(Duration downAfter) {
			this.downAfter = downAfter;
			return this;
		}

		/**
		 * Start the servers. Returns when all replicas follow the primary and all
		 * Sentinels know everybody.
		 * @return the running servers
		 */
		public ReplicatedRedis start() {
			return new ReplicatedRedis(specification());
		}

		Specification specification() {
			Provider source = (this.provider != null) ? this.provider : Settings.provider();
			String executable = (source == Provider.PATH) ? Settings.get(Settings.EXECUTABLE) : null;
			String image = (source == Provider.CONTAINER) ? Settings.get(Settings.IMAGE) : null;
			return new Specification(this.replicas, this.sentinels, this.topology, source, executable, image,
					this.password, this.aclUser, this.aclPassword, this.sentinelPassword, this.tls, this.proxied,
					this.config, this.downAfter);
		}

	}

}
