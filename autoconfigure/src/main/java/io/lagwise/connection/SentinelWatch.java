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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
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

	/**
	 * The events behind which another node is named as the primary. The others tell of
	 * what the nodes are asked for anyway, or of replicas.
	 */
	private static final Set<String> DECISIVE = Set.of("+switch-master", "+promoted-slave");

	private final NodeAddress address;

	private final String masterName;

	private final long validFor;

	private final AskSchedule schedule;

	private final Runnable onChange;

	private final ReopeningConnection<StatefulRedisConnection<String, String>> queries;

	private final ReopeningConnection<StatefulRedisPubSubConnection<String, String>> events;

	private volatile @Nullable View view;

	private volatile @Nullable SentinelTrouble trouble;

	private volatile @Nullable Refusal refusalOfAddress;

	private volatile @Nullable Refusal refusalOfEpoch;

	private volatile @Nullable Refusal refusalOfReplicas;

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
	 * @param interval how often to ask it
	 * @param client opens connections
	 * @param onChange called when there is reason to ask it at once, and when it answers
	 * differently than before, or fails
	 */
	SentinelWatch(RedisURI uri, String masterName, Duration interval, NodeClient client, Runnable onChange) {
		this.address = new NodeAddress(uri.getHost(), uri.getPort());
		this.masterName = masterName;
		this.validFor = validFor(interval).toNanos();
		this.schedule = new AskSchedule(interval, () -> ThreadLocalRandom.current().nextDouble(), System.nanoTime());
		this.onChange = onChange;
		this.queries = new ReopeningConnection<>(() -> client.connectToSentinel(uri), (opened) -> askAtOnce(),
				this::connectionChanged);
		this.events = new ReopeningConnection<>(() -> client.connectToSentinelEvents(uri), this::subscribe, () -> {
		});
	}

	/**
	 * Return how long an answer counts when the Sentinel gives no other.
	 */
	static Duration validFor(Duration interval) {
		return interval.multipliedBy(5);
	}

	NodeAddress address() {
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
		return this.view == null && this.trouble == null;
	}

	/**
	 * Return why the Sentinel has no vote, or {@code null} if it has one or has not been
	 * heard of yet.
	 */
	@Nullable SentinelTrouble trouble() {
		if (view() != null || isUndecided()) {
			return null;
		}
		return Objects.requireNonNullElseGet(this.trouble,
				() -> new SentinelTrouble(SentinelTrouble.Kind.UNREACHABLE, "no answer"));
	}

	/**
	 * Return what the Sentinel refuses to tell of the primary, or {@code null}.
	 */
	@Nullable Refusal refusal() {
		return Stream.of(this.refusalOfAddress, this.refusalOfEpoch, this.refusalOfEvents)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return how the Sentinel refuses to name the replicas, or {@code null}.
	 */
	@Nullable Refusal refusalOfReplicas() {
		return this.refusalOfReplicas;
	}

	/**
	 * Let the next call of {@link #askIfDue(long)} ask.
	 */
	void expire() {
		this.schedule.wanted(System.nanoTime());
	}

	void askIfDue(long now) {
		if (this.schedule.isDue(now)) {
			this.schedule.asked(now);
			ask(now);
		}
	}

	private void ask(long now) {
		this.queries.ensureOpen(now);
		this.events.ensureOpen(now);
		StatefulRedisConnection<String, String> connection = this.queries.get();
		if (connection == null) {
			this.asking = false;
		}
		else if (!this.asking) {
			this.asking = true;
			this.askedAt = now;
			try {
				ask(connection, now);
			}
			catch (RuntimeException ex) {
				this.asking = false;
				fail(SentinelTrouble.ofQuestion(ex, this.masterName));
			}
		}
		else if (now - this.askedAt > this.validFor) {
			this.queries.drop();
			this.asking = false;
		}
		else {
			this.askAgain = true;
		}
	}

	private void ask(StatefulRedisConnection<String, String> connection, long now) {
		// the epoch first: with the address of an older one it would be believed
		CompletableFuture<Map<String, String>> primary = ask(connection, "master", new MapOutput<>(StringCodec.UTF8));
		CompletableFuture<List<String>> address = ask(connection, "get-master-addr-by-name",
				new ValueListOutput<>(StringCodec.UTF8));
		CompletableFuture<List<Map<String, String>>> replicas = ask(connection, "replicas",
				new ListOfMapsOutput<>(StringCodec.UTF8));
		CompletableFuture.allOf(primary, address, replicas).whenComplete((done, failure) -> {
			this.refusalOfAddress = SentinelTrouble.refusal(failure(address));
			this.refusalOfEpoch = SentinelTrouble.refusal(failure(primary));
			this.refusalOfReplicas = SentinelTrouble.refusal(failure(replicas));
			answered(now, new SentinelReplies(answer(address), answer(primary), answer(replicas)), failure(address));
		});
	}

	private <T> CompletableFuture<T> ask(StatefulRedisConnection<String, String> connection, String question,
			CommandOutput<String, String, T> answer) {
		CompletionStage<T> asked = connection.async()
			.dispatch(CommandType.SENTINEL, answer,
					new CommandArgs<>(StringCodec.UTF8).add(question).addKey(this.masterName));
		return asked.toCompletableFuture();
	}

	private static <T> @Nullable T answer(CompletableFuture<T> question) {
		return question.isCompletedExceptionally() ? null : question.getNow(null);
	}

	private static @Nullable Throwable failure(CompletableFuture<?> question) {
		return question.isCompletedExceptionally()
				? question.<@Nullable Throwable>handle((answer, failure) -> failure).join() : null;
	}

	private void answered(long askedAt, SentinelReplies replies, @Nullable Throwable failure) {
		this.asking = false;
		if (this.askAgain) {
			this.askAgain = false;
			askAtOnce();
		}
		SentinelVote vote = replies.vote();
		if (vote != null) {
			View previous = this.view;
			View view = new View(askedAt, vote, replies.unreachable());
			this.view = view;
			this.trouble = null;
			if (previous == null || !previous.saysTheSameAs(view)) {
				this.onChange.run();
			}
		}
		else if (failure != null) {
			fail(SentinelTrouble.ofQuestion(failure, this.masterName));
		}
		else {
			fail((replies.address() == null || replies.address().isEmpty())
					? SentinelTrouble.unknownName(this.masterName) : new SentinelTrouble(SentinelTrouble.Kind.ODD,
							"names a primary to which nobody can connect: " + replies.address()));
		}
	}

	private void askAtOnce() {
		this.schedule.atOnce(System.nanoTime());
		this.onChange.run();
	}

	private void connectionChanged() {
		Throwable failure = this.queries.failure();
		if (failure != null) {
			fail(SentinelTrouble.ofConnection(failure));
		}
	}

	private void fail(SentinelTrouble trouble) {
		this.trouble = trouble;
		this.onChange.run();
	}

	private void subscribe(StatefulRedisPubSubConnection<String, String> connection) {
		connection.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String channel, String message) {
				if (List.of(message.split(" ")).contains(SentinelWatch.this.masterName)) {
					announced(channel);
				}
			}

		});
		connection.async()
			.subscribe("+switch-master", "+promoted-slave", "+slave", "+sdown", "-sdown", "+odown", "-odown",
					"+convert-to-slave", "+slave-reconf-done", "+reboot", "+reset-master", "failover-end")
			.whenComplete((subscribed, failure) -> this.refusalOfEvents = Refusal.ofCommand(failure));
	}

	/**
	 * The one that has spoken is asked, and no other: each Sentinel speaks for itself as
	 * soon as it has something to say.
	 */
	private void announced(String event) {
		if (DECISIVE.contains(event)) {
			askAtOnce();
		}
		else {
			this.schedule.soon(System.nanoTime());
		}
	}

	/**
	 * An answer of a Sentinel.
	 *
	 * @param answeredAt when it was asked, in nanoseconds of the monotonic clock
	 * @param vote the node that it names as the primary, and the replicas that it knows
	 * @param unreachable the nodes that it does not reach itself
	 */
	record View(long answeredAt, SentinelVote vote, Set<NodeAddress> unreachable) {

		boolean saysTheSameAs(View other) {
			return this.vote.equals(other.vote);
		}

	}

}
