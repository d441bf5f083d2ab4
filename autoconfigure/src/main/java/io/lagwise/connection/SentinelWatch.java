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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.SentinelVote;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.ListOfMapsOutput;
import io.lettuce.core.output.MapOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * What one Sentinel says of one primary, from asking it and from its events.
 */
final class SentinelWatch {

	private final String address;

	private final String masterName;

	private final long validFor;

	private final Runnable onEvent;

	private final Runnable onAnswer;

	private final ReopeningConnection<StatefulRedisConnection<String, String>> queries;

	private final ReopeningConnection<StatefulRedisPubSubConnection<String, String>> events;

	private volatile @Nullable View view;

	private volatile @Nullable String failure;

	private volatile @Nullable Refusal refusal;

	private volatile @Nullable Refusal refusalOfEpoch;

	private volatile @Nullable Refusal refusalOfEvents;

	private volatile boolean asking;

	private volatile long askedAt;

	/**
	 * Whether somebody wanted to ask while an answer was owed: that answer may be older
	 * than what made them ask.
	 */
	private volatile boolean askAgain;

	/**
	 * Create a watch.
	 * @param uri where the Sentinel is
	 * @param masterName the name under which it watches the primary
	 * @param validFor how long an answer counts when the Sentinel gives no other
	 * @param client opens connections
	 * @param onEvent called when the Sentinel announces a change
	 * @param onAnswer called when it answers differently than before, or fails
	 */
	SentinelWatch(RedisURI uri, String masterName, Duration validFor, NodeClient client, Runnable onEvent,
			Runnable onAnswer) {
		this.address = new NodeAddress(uri.getHost(), uri.getPort()).toString();
		this.masterName = masterName;
		this.validFor = validFor.toNanos();
		this.onEvent = onEvent;
		this.onAnswer = onAnswer;
		this.queries = new ReopeningConnection<>(() -> client.connectToSentinel(uri), (opened) -> onEvent.run(),
				this::connectionChanged);
		this.events = new ReopeningConnection<>(() -> client.connectToSentinelEvents(uri), this::subscribe, () -> {
		});
	}

	String address() {
		return this.address;
	}

	/**
	 * Return the last answer unless it is too old, or {@code null}.
	 */
	@Nullable View view() {
		View view = this.view;
		return (view != null && System.nanoTime() - view.answeredAt() < this.validFor) ? view : null;
	}

	/**
	 * Return whether the Sentinel has neither answered nor failed so far.
	 */
	boolean isUndecided() {
		return this.view == null && this.failure == null;
	}

	/**
	 * Return what the Sentinel refused when it was last asked, or {@code null}.
	 */
	@Nullable Refusal refusal() {
		return Stream.of(this.refusal, this.refusalOfEpoch, this.refusalOfEvents)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	String describeFailure() {
		return this.address + " (" + Objects.requireNonNullElse(this.failure, "no answer") + ")";
	}

	void ask(long now) {
		this.queries.ensureOpen(now);
		this.events.ensureOpen(now);
		StatefulRedisConnection<String, String> connection = this.queries.get();
		if (connection == null) {
			this.asking = false;
		}
		else if (!this.asking) {
			this.asking = true;
			this.askedAt = now;
			// the epoch first: with the address of an older one it would be believed
			CompletionStage<Long> epoch = ask(connection, "master", new MapOutput<>(StringCodec.UTF8))
				.handle((primary, failure) -> {
					this.refusalOfEpoch = Refusal.ofCommand(failure);
					return epoch(primary);
				});
			ask(connection, "get-master-addr-by-name", new ValueListOutput<>(StringCodec.UTF8))
				.thenCombine(ask(connection, "replicas", new ListOfMapsOutput<>(StringCodec.UTF8)),
						(primary, replicas) -> epoch.thenApply((it) -> view(now, primary, it, replicas)))
				.thenCompose(Function.identity())
				.whenComplete(this::answered);
		}
		else if (now - this.askedAt > this.validFor) {
			this.queries.drop();
			this.asking = false;
		}
		else {
			this.askAgain = true;
		}
	}

	private <T> CompletionStage<T> ask(StatefulRedisConnection<String, String> connection, String question,
			CommandOutput<String, String, T> answer) {
		return connection.async()
			.dispatch(CommandType.SENTINEL, answer,
					new CommandArgs<>(StringCodec.UTF8).add(question).addKey(this.masterName));
	}

	/**
	 * Return the epoch of the answer. Some do not let everyone ask for it.
	 */
	private static long epoch(@Nullable Map<String, String> primary) {
		String epoch = (primary != null) ? primary.get("config-epoch") : null;
		return (epoch != null) ? Long.parseLong(epoch) : SentinelVote.UNKNOWN_EPOCH;
	}

	private @Nullable View view(long now, @Nullable List<String> primary, long epoch,
			List<Map<String, String>> replicas) {
		return (primary != null && primary.size() == 2) ? new View(now,
				new SentinelVote(new NodeAddress(primary.get(0), Integer.parseInt(primary.get(1))), epoch),
				replicas.stream()
					.map((replica) -> NodeAddress.parse(replica.get("ip") + ":" + replica.get("port")))
					.toList())
				: null;
	}

	private void answered(@Nullable View view, @Nullable Throwable failure) {
		this.asking = false;
		if (this.askAgain) {
			this.askAgain = false;
			this.onEvent.run();
		}
		if (view != null) {
			View previous = this.view;
			this.view = view;
			this.failure = null;
			this.refusal = null;
			if (previous == null || !previous.saysTheSameAs(view)) {
				this.onAnswer.run();
			}
		}
		else {
			this.refusal = Refusal.ofCommand(failure);
			fail((failure != null) ? Refusal.reason(failure)
					: "does not know a primary named '" + this.masterName + "'");
		}
	}

	private void connectionChanged() {
		Throwable failure = this.queries.failure();
		if (failure != null) {
			this.refusal = Refusal.ofConnection(failure);
			fail(Refusal.reason(failure));
		}
	}

	private void fail(String reason) {
		this.failure = reason;
		this.onAnswer.run();
	}

	private void subscribe(StatefulRedisPubSubConnection<String, String> connection) {
		connection.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String channel, String message) {
				if (message.contains(SentinelWatch.this.masterName)) {
					SentinelWatch.this.onEvent.run();
				}
			}

		});
		connection.async()
			.subscribe("+switch-master", "+promoted-slave", "+slave", "+sdown", "-sdown", "+odown", "-odown",
					"+convert-to-slave", "+slave-reconf-done", "+reboot", "+reset-master", "failover-end")
			.whenComplete((subscribed, failure) -> this.refusalOfEvents = Refusal.ofCommand(failure));
	}

	/**
	 * An answer of a Sentinel.
	 *
	 * @param answeredAt when it was asked, in nanoseconds of the monotonic clock
	 * @param vote the node that it names as the primary
	 * @param replicas the replicas that it knows
	 */
	record View(long answeredAt, SentinelVote vote, List<NodeAddress> replicas) {

		boolean saysTheSameAs(View other) {
			return this.vote.equals(other.vote) && this.replicas.equals(other.replicas);
		}

	}

}
