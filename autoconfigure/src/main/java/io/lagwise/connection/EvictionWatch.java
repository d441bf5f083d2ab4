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

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.api.StatefulRedisConnection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a replica evicts keys on its own, which its primary still has: then
 * nothing proves that it has what it was sent.
 * <p>
 * That needs a limit on its memory, and a setting that it may refuse to tell. Where it
 * does, its statistics tell, once it has evicted something while it was watched.
 */
final class EvictionWatch {

	private static final Log logger = LogFactory.getLog(EvictionWatch.class);

	private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

	private static final String SETTING = "replica-ignore-maxmemory";

	private static final Pattern LIMIT = Pattern.compile("^maxmemory:[1-9]", Pattern.MULTILINE);

	private static final Pattern NO_EVICTION = Pattern.compile("^maxmemory_policy:noeviction", Pattern.MULTILINE);

	private static final Pattern EVICTED = Pattern.compile("^evicted_keys:(\\d+)", Pattern.MULTILINE);

	private final NodeAddress replica;

	private volatile long askedAt;

	private volatile boolean settingRefused;

	private volatile boolean settingKnown;

	private volatile long evicted = Long.MAX_VALUE;

	private volatile boolean evicting;

	private volatile boolean said;

	EvictionWatch(NodeAddress replica) {
		this.replica = replica;
	}

	/**
	 * Return whether the replica evicts keys on its own, or that is not known yet.
	 */
	boolean isEvicting() {
		return this.evicting;
	}

	/**
	 * Begin anew, before anything else is sent: the connection may be to another process.
	 */
	void connected(StatefulRedisConnection<byte[], byte[]> connection) {
		this.settingRefused = false;
		this.settingKnown = false;
		this.evicted = Long.MAX_VALUE;
		ask(System.nanoTime(), connection);
	}

	/**
	 * Ask from time to time. Called at intervals by one thread.
	 */
	void askIfDue(long now, @Nullable StatefulRedisConnection<byte[], byte[]> connection) {
		if (connection != null && now - this.askedAt > INTERVAL) {
			ask(now, connection);
		}
	}

	private void ask(long now, StatefulRedisConnection<byte[], byte[]> connection) {
		this.askedAt = now;
		UntracedQuestion.info("memory").send(connection).thenAccept((memory) -> {
			if (!isLimited(memory)) {
				return;
			}
			if (this.settingRefused) {
				UntracedQuestion.info("stats").send(connection).thenAccept(this::statistics);
			}
			else {
				UntracedQuestion.configGet(SETTING)
					.send(connection)
					.whenComplete((settings, failure) -> setting((settings != null) ? settings : Map.of()));
			}
		});
	}

	/**
	 * Take note of what the replica says of its memory.
	 * @return whether it may evict keys, if it does not leave that to its primary
	 */
	boolean isLimited(String memory) {
		boolean limited = LIMIT.matcher(memory).find() && !NO_EVICTION.matcher(memory).find();
		if (!limited) {
			this.evicting = false;
		}
		else if (!this.settingKnown && !this.settingRefused) {
			this.evicting = true;
		}
		return limited;
	}

	/**
	 * Take note of the setting.
	 * @param settings the setting, or nothing if it is refused
	 */
	void setting(Map<String, String> settings) {
		String ignored = settings.get(SETTING);
		this.settingRefused = ignored == null;
		this.settingKnown = ignored != null;
		// once found to evict, it may still lack keys over another connection
		judge("no".equals(ignored) || (ignored == null && this.said));
	}

	/**
	 * Take note of the statistics of a replica that refuses to tell the setting.
	 */
	void statistics(String stats) {
		Matcher matcher = EVICTED.matcher(stats);
		if (matcher.find()) {
			long evicted = Long.parseLong(matcher.group(1));
			if (evicted > this.evicted) {
				judge(true);
			}
			this.evicted = evicted;
		}
	}

	private void judge(boolean evicting) {
		this.evicting = evicting;
		if (evicting && !this.said) {
			this.said = true;
			logger.warn("Replica " + this.replica + " evicts keys on its own (it has a limit on its memory and "
					+ "replica-ignore-maxmemory no): it lacks keys that its primary has. Where it finds nothing the "
					+ "primary is asked as well, and reads of several keys that need a proof go to the primary. Set "
					+ "replica-ignore-maxmemory yes, the default, on every node");
		}
	}

}
