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

package io.lagwise.connection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.replication.NodeAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;

/**
 * What the application has written to and read from the same servers, database by
 * database, through whichever of its connection factories.
 * <p>
 * Configurations mean the same servers if they name a node in common, or the same primary
 * and a Sentinel in common. To take two servers for one makes reads stricter, never
 * wrong. What is shared lasts as long as anybody holds on to this; nobody has to say that
 * it is done.
 */
final class ServerHistories implements Iterable<SessionHistory> {

	// guarded by itself
	private static final List<WeakReference<ServerHistories>> KNOWN = new ArrayList<>();

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

	private static final int SENTINEL_PORT = 26379;

	private final String application;

	private final @Nullable String primary;

	private final Set<NodeAddress> nodes = new HashSet<>();

	private final PeerProofs peers;

	private final Map<Integer, SessionHistory> databases = new ConcurrentHashMap<>();

	private ServerHistories(String application, @Nullable String primary) {
		this.application = application;
		this.primary = primary;
		this.peers = new PeerProofs(primary != null);
	}

	/**
	 * Return what an application knows of the servers that a configuration means.
	 */
	static ServerHistories of(String application, RedisConfiguration configuration) {
		if (configuration instanceof RedisSentinelConfiguration sentinel) {
			return of(application, Objects.requireNonNull(sentinel.getMaster()).getName(),
					sentinel.getSentinels()
						.stream()
						.map((node) -> address(node.getHost(), node.getPort(), SENTINEL_PORT))
						.toList());
		}
		if (configuration instanceof RedisStaticMasterReplicaConfiguration list) {
			return of(application, null,
					list.getNodes().stream().map((node) -> address(node.getHostName(), node.getPort(), 0)).toList());
		}
		return of(application, null, List.of(address(RedisConfiguration.getHostOrElse(configuration, () -> "localhost"),
				RedisConfiguration.getPortOrElse(configuration, () -> 6379), 0)));
	}

	/**
	 * Return what an application knows of servers.
	 * @param application the name of the application
	 * @param primary the name that Sentinels have for the primary, or {@code null}
	 * without Sentinels
	 * @param nodes the Sentinels, or the servers themselves
	 */
	static ServerHistories of(String application, @Nullable String primary, Collection<NodeAddress> nodes) {
		synchronized (KNOWN) {
			KNOWN.removeIf((known) -> known.get() == null);
			ServerHistories histories = KNOWN.stream()
				.map(WeakReference::get)
				.filter((known) -> known != null && known.isOf(application, primary, nodes))
				.findFirst()
				.orElse(null);
			if (histories == null) {
				histories = new ServerHistories(application, primary);
				KNOWN.add(new WeakReference<>(histories));
			}
			histories.nodes.addAll(nodes);
			return histories;
		}
	}

	/**
	 * Begin to use one database. What others have written to it before this application
	 * knows of nothing that it has not noted: everything counts as written.
	 * @param database the number of the database
	 * @param now the time
	 * @return what the application has written to it and read from it
	 */
	SessionHistory use(int database, long now) {
		SessionHistory history = this.databases.computeIfAbsent(database,
				(number) -> SessionHistory.ofApplication(now, this.peers));
		history.wroteAnything(now);
		return history;
	}

	/**
	 * Return which replicas of the servers may take over from others without the primary.
	 */
	PeerProofs peers() {
		return this.peers;
	}

	/**
	 * Return the databases that are or were used.
	 */
	@Override
	public Iterator<SessionHistory> iterator() {
		return this.databases.values().iterator();
	}

	private boolean isOf(String application, @Nullable String primary, Collection<NodeAddress> nodes) {
		return this.application.equals(application) && Objects.equals(this.primary, primary)
				&& nodes.stream().anyMatch(this.nodes::contains);
	}

	private static NodeAddress address(@Nullable String host, @Nullable Integer port, int unlessSet) {
		String name = Objects.requireNonNullElse(host, "localhost").toLowerCase(Locale.ROOT);
		return new NodeAddress(LOOPBACK.contains(name) ? "localhost" : name,
				Objects.requireNonNullElse(port, unlessSet));
	}

}
