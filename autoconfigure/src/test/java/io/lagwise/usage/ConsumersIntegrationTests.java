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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataAccessException;
import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.BitFieldSubCommands;
import org.springframework.data.redis.connection.BitFieldSubCommands.BitFieldType;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.RecordId;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.BoundHashOperations;
import org.springframework.data.redis.core.BoundValueOperations;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StreamOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;
import org.springframework.data.redis.support.atomic.RedisAtomicDouble;
import org.springframework.data.redis.support.atomic.RedisAtomicInteger;
import org.springframework.data.redis.support.atomic.RedisAtomicLong;
import org.springframework.data.redis.support.collections.DefaultRedisList;
import org.springframework.data.redis.support.collections.DefaultRedisMap;
import org.springframework.data.redis.support.collections.DefaultRedisSet;
import org.springframework.data.redis.support.collections.DefaultRedisZSet;
import org.springframework.data.redis.support.collections.RedisProperties;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What libraries and idioms build on Redis, used by two threads of one application
 * without any setting, with replicas that get everything late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ConsumersIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final int ROUNDS = 10;

	private static LettuceConnectionFactory plain;

	private static LettuceConnectionFactory lagwise;

	private final ReplicatedRedis redis;

	ConsumersIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeAll
	static void connect(ReplicatedRedis redis) {
		plain = Factories.plain(redis);
		lagwise = Factories.lagwise(redis);
	}

	@AfterAll
	static void disconnect() {
		plain.destroy();
		lagwise.destroy();
	}

	@BeforeEach
	void delay() {
		Factories.delayReplicas(this.redis);
	}

	@ParameterizedTest
	@EnumSource
	void seesItsOwnWrites(Use use) {
		assertThat(mistakes(use, lagwise)).isEmpty();
	}

	/**
	 * The control: what Spring Data does on its own.
	 */
	@ParameterizedTest
	@MethodSource
	void doesNotSeeItsOwnWritesWithoutLagwise(Use use) {
		assertThat(mistakes(use, plain)).isNotEmpty();
	}

	static Set<Use> doesNotSeeItsOwnWritesWithoutLagwise() {
		return EnumSet.complementOf(EnumSet.copyOf(Use.WITHOUT_READS));
	}

	@Test
	void readsOfWhatNobodyWritesGoToReplicas() {
		StringRedisTemplate template = new StringRedisTemplate(lagwise);
		this.redis.execute(this.redis.primary(), "SET", "catalogue", "value");
		await().atMost(LIMIT).untilAsserted(() -> {
			try (ReadTrace trace = ReadTrace.open()) {
				assertThat(template.opsForValue().get("catalogue")).isEqualTo("value");
				assertThat(trace.answers()).extracting(ReadTrace.Answer::role).containsExactly(NodeRole.REPLICA);
			}
		});
	}

	/**
	 * What the lock protects has been written by another application: a lock does not say
	 * what is read under it.
	 */
	@ParameterizedTest
	@EnumSource
	void whatAnotherInstanceWroteUnderALockIsReadFromThePrimaryOnDemand(RedisLockType type) {
		LettuceConnectionFactory other = Factories.lagwise(this.redis);
		RedisLockRegistry here = registry(lagwise, type);
		RedisLockRegistry there = registry(other, type);
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			Future<?> elsewhere = thread
				.submit(() -> RoutingContext.call(ReadRequirement.primary(), () -> countUnderLock(there, other)));
			RoutingContext.call(ReadRequirement.primary(), () -> countUnderLock(here, lagwise));
			join(elsewhere);
			assertThat(this.redis.execute(this.redis.primary(), "GET", "guarded")).isEqualTo("" + 2 * ROUNDS);
		}
		finally {
			thread.shutdownNow();
			here.destroy();
			there.destroy();
			other.destroy();
		}
	}

	private static List<String> mistakes(Use use, LettuceConnectionFactory factory) {
		ExecutorService other = Executors.newSingleThreadExecutor();
		try {
			Application application = new Application(factory, other);
			application.attempt(use.action);
			return application.mistakes;
		}
		finally {
			other.shutdownNow();
		}
	}

	private static RedisLockRegistry registry(LettuceConnectionFactory factory, RedisLockType type) {
		RedisLockRegistry registry = new RedisLockRegistry(factory, "locks");
		registry.setRedisLockType(type);
		registry.setIdleBetweenTries(Duration.ofMillis(5));
		return registry;
	}

	private static boolean countUnderLock(RedisLockRegistry registry, LettuceConnectionFactory factory) {
		StringRedisTemplate template = new StringRedisTemplate(factory);
		Lock lock = registry.obtain("guard");
		for (int i = 0; i < ROUNDS; i++) {
			lock.lock();
			try {
				String value = template.opsForValue().get("guarded");
				template.opsForValue().set("guarded", "" + ((value != null) ? Integer.parseInt(value) + 1 : 1));
			}
			finally {
				lock.unlock();
			}
		}
		return true;
	}

	private static void join(CountDownLatch latch) {
		try {
			assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static <T> T join(Future<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What is done with Redis.
	 */
	enum Use {

		ATOMIC_LONG((app) -> {
			RedisAtomicLong counter = new RedisAtomicLong("counter", app.factory, 0);
			app.count((i) -> {
				counter.set(i);
				return app.elsewhere(counter::get) == i && counter.updateAndGet((value) -> value * 2) == 2 * i
						&& counter.get() == 2 * i;
			});
		}),

		ATOMIC_INTEGER((app) -> {
			RedisAtomicInteger counter = new RedisAtomicInteger("counter", app.factory, 0);
			app.count((i) -> {
				counter.set(i);
				return app.elsewhere(counter::get) == i && counter.incrementAndGet() == counter.get();
			});
		}),

		ATOMIC_DOUBLE((app) -> {
			RedisAtomicDouble counter = new RedisAtomicDouble("counter", app.factory, 0);
			app.count((i) -> {
				counter.set(i);
				return app.elsewhere(counter::get) == i && counter.compareAndSet(i, i + 0.5)
						&& counter.get() == i + 0.5;
			});
		}),

		LIST((app) -> {
			DefaultRedisList<String> list = new DefaultRedisList<>("list", app.template);
			app.count((i) -> {
				list.add("" + i);
				return app.elsewhere(list::size) == i && list.get(i - 1).equals("" + i)
						&& list.range(0, -1).size() == i;
			});
		}),

		SET((app) -> {
			DefaultRedisSet<String> set = new DefaultRedisSet<>("set", app.template);
			app.count((i) -> {
				set.add("" + i);
				return app.elsewhere(() -> set.contains("" + i)) && set.size() == i && set.iterator().hasNext();
			});
		}),

		ZSET((app) -> {
			DefaultRedisZSet<String> set = new DefaultRedisZSet<>("zset", app.template);
			app.count((i) -> {
				set.add("" + i, i);
				return Objects.equals(app.elsewhere(() -> set.score("" + i)), (double) i) && set.last().equals("" + i)
						&& set.size() == i;
			});
		}),

		MAP((app) -> {
			DefaultRedisMap<String, String> map = new DefaultRedisMap<>("map", app.template);
			app.count((i) -> {
				map.put("key", "" + i);
				return ("" + i).equals(app.elsewhere(() -> map.get("key"))) && map.replace("key", "" + i, "replaced")
						&& map.get("key").equals("replaced") && map.putIfAbsent("key" + i, "new") == null
						&& "new".equals(map.putIfAbsent("key" + i, "newer")) && map.size() == i + 1;
			});
		}),

		PROPERTIES((app) -> {
			Properties properties = new RedisProperties("properties", app.template);
			app.count((i) -> {
				properties.setProperty("name", "" + i);
				return ("" + i).equals(app.elsewhere(() -> properties.get("name")));
			});
		}),

		BOUND_OPERATIONS((app) -> {
			BoundValueOperations<String, String> value = app.template.boundValueOps("value");
			BoundHashOperations<String, String, String> hash = app.template.boundHashOps("hash");
			app.count((i) -> {
				value.set("" + i);
				hash.put("field", "" + i);
				return ("" + i).equals(app.elsewhere(value::get))
						&& ("" + i).equals(app.elsewhere(() -> hash.get("field")));
			});
		}),

		REACTIVE((app) -> {
			ReactiveStringRedisTemplate template = new ReactiveStringRedisTemplate(app.factory);
			app.count((i) -> Objects.equals(template.opsForValue()
				.set("key", "" + i)
				.then(template.opsForHash().put("hash", "field", "" + i))
				.then(template.opsForValue().get("key"))
				.flatMap((value) -> template.opsForHash().get("hash", "field").map((field) -> value + field))
				.block(LIMIT), "" + i + i));
		}),

		FIRST_COME((app) -> app.count((i) -> {
			boolean first = app.values().setIfAbsent("owner" + i, "first");
			boolean second = app.elsewhere(() -> app.values().setIfAbsent("owner" + i, "second"));
			return first && !second && "first".equals(app.elsewhere(() -> app.values().get("owner" + i)));
		})),

		RATE_LIMITER_BY_COUNTER((app) -> app.count((i) -> {
			app.values().increment("window" + i);
			if (app.template.getExpire("window" + i) == -1) {
				app.template.expire("window" + i, LIMIT);
			}
			return app.elsewhere(() -> app.template.getExpire("window" + i)) > 0;
		})),

		RATE_LIMITER_BY_SCRIPT((app) -> {
			RedisScript<Long> limiter = RedisScript.of("""
					local used = redis.call('INCR', KEYS[1])
					if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
					return used <= tonumber(ARGV[1]) and 1 or 0""", Long.class);
			AtomicInteger admitted = new AtomicInteger();
			app.twice((round) -> admitted
				.addAndGet(app.template.execute(limiter, List.of("limit"), "" + ROUNDS, "60000").intValue()));
			app.check("admitted", ROUNDS, admitted.get());
		}),

		REMAINDER_OF_A_RATE_LIMITER((app) -> {
			RedisScript<Long> limiter = RedisScript.of("return redis.call('INCR', KEYS[1])", Long.class);
			app.count((i) -> {
				Long used = app.template.execute(limiter, List.of("limit"));
				return app.elsewhere(() -> app.values().get("limit")).equals("" + used);
			});
		}),

		HYPER_LOG_LOG((app) -> app.count((i) -> {
			app.template.opsForHyperLogLog().add("visitors", "" + i);
			return app.elsewhere(() -> app.template.opsForHyperLogLog().size("visitors")) == i;
		})),

		BITS((app) -> app.count((i) -> {
			app.values().setBit("bits", i, true);
			app.values()
				.bitField("field", BitFieldSubCommands.create().incr(BitFieldType.unsigned(8)).valueAt(0).by(1));
			return app.elsewhere(() -> app.values().getBit("bits", i))
					&& app.elsewhere(() -> app.values().get("field")).charAt(0) == i;
		})),

		OPTIMISTIC_LOCKING((app) -> {
			app.twice((round) -> {
				while (!app.template.execute(new Increment("optimistic"))) {
					Thread.onSpinWait();
				}
			});
			app.check("counted", 2 * ROUNDS, app.values().increment("optimistic", 0));
		}),

		SPIN_LOCK((app) -> app.countUnderLock(RedisLockType.SPIN_LOCK)),

		PUB_SUB_LOCK((app) -> app.countUnderLock(RedisLockType.PUB_SUB_LOCK)),

		STREAM((app) -> app.count((i) -> {
			RecordId id = app.streams().add("stream", Map.of("number", "" + i));
			return app.elsewhere(() -> app.streams().size("stream")) == i
					&& app.elsewhere(() -> app.streams().range("stream", Range.just(id.getValue()))).size() == 1;
		})),

		CONSUMER_GROUP((app) -> {
			app.streams().createGroup("stream", ReadOffset.from("0"), "group");
			app.count((i) -> {
				app.streams().add("stream", Map.of("number", "" + i));
				List<MapRecord<String, String, String>> records = app.elsewhere(app::nextOfGroup);
				boolean pending = app.streams().pending("stream", "group").getTotalPendingMessages() == 1;
				boolean claimed = app.streams()
					.claim("stream", "group", "two", Duration.ZERO, records.get(0).getId())
					.size() == 1;
				boolean moved = app.elsewhere(
						() -> app.streams().pending("stream", Consumer.from("group", "two"), Range.unbounded(), ROUNDS))
					.size() == 1;
				app.streams().acknowledge("group", records.get(0));
				return pending && claimed && moved
						&& app.elsewhere(() -> app.streams().pending("stream", "group")).getTotalPendingMessages() == 0;
			});
		}),

		STREAM_LISTENERS((app) -> {
			app.streams().createGroup("stream", ReadOffset.from("0"), "group");
			Set<String> seen = ConcurrentHashMap.newKeySet();
			CountDownLatch handled = new CountDownLatch(ROUNDS);
			AtomicInteger mistakes = new AtomicInteger();
			StreamMessageListenerContainer<String, MapRecord<String, String, String>> container = StreamMessageListenerContainer
				.create(app.factory,
						StreamMessageListenerContainerOptions.builder().pollTimeout(Duration.ofMillis(50)).build());
			Stream.of("one", "two")
				.forEach((name) -> container.receive(Consumer.from("group", name),
						StreamOffset.create("stream", ReadOffset.lastConsumed()), (message) -> {
							String number = message.getValue().get("number");
							app.values().set("handled" + number, number);
							if (!seen.add(number) || !number.equals(app.values().get("number" + number))
									|| !number.equals(app.values().get("handled" + number))) {
								mistakes.incrementAndGet();
							}
							app.streams().acknowledge("group", message);
							handled.countDown();
						}));
			container.start();
			try {
				for (int i = 1; i <= ROUNDS; i++) {
					app.values().set("number" + i, "" + i);
					app.streams().add("stream", Map.of("number", "" + i));
				}
				join(handled);
				app.check("unread when handled", 0, mistakes.get());
				app.check("pending", 0, app.streams().pending("stream", "group").getTotalPendingMessages());
			}
			finally {
				container.stop();
			}
		}),

		MESSAGE_LISTENERS((app) -> {
			CountDownLatch heard = new CountDownLatch(ROUNDS);
			AtomicInteger mistakes = new AtomicInteger();
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(app.factory);
			container.addMessageListener((message, pattern) -> {
				String number = message.toString();
				app.values().set("heard" + number, number);
				if (!number.equals(app.values().get("changed" + number))
						|| !number.equals(app.values().get("heard" + number))) {
					mistakes.incrementAndGet();
				}
				heard.countDown();
			}, ChannelTopic.of("changes"));
			container.afterPropertiesSet();
			container.start();
			try {
				for (int i = 1; i <= ROUNDS; i++) {
					app.values().set("changed" + i, "" + i);
					app.template.convertAndSend("changes", "" + i);
				}
				join(heard);
				app.check("unread when heard", 0, mistakes.get());
			}
			finally {
				container.stop();
			}
		});

		/**
		 * They read in scripts and in groups only, which no library sends to replicas.
		 */
		static final Set<Use> WITHOUT_READS = Set.of(RATE_LIMITER_BY_SCRIPT);

		private final Action action;

		Use(Action action) {
			this.action = action;
		}

	}

	private interface Action {

		void run(Application app);

	}

	/**
	 * An application with two threads.
	 */
	private static final class Application {

		private final LettuceConnectionFactory factory;

		private final StringRedisTemplate template;

		private final ExecutorService other;

		private final List<String> mistakes = new ArrayList<>();

		Application(LettuceConnectionFactory factory, ExecutorService other) {
			this.factory = factory;
			this.template = new StringRedisTemplate(factory);
			this.other = other;
		}

		ValueOperations<String, String> values() {
			return this.template.opsForValue();
		}

		StreamOperations<String, String, String> streams() {
			return this.template.opsForStream();
		}

		@SuppressWarnings("unchecked")
		List<MapRecord<String, String, String>> nextOfGroup() {
			return streams().read(Consumer.from("group", "one"),
					StreamOffset.create("stream", ReadOffset.lastConsumed()));
		}

		<T> T elsewhere(Callable<T> action) {
			return join(this.other.submit(action));
		}

		void attempt(Action action) {
			try {
				action.run(this);
			}
			catch (DataAccessException ex) {
				this.mistakes.add("" + ex);
			}
		}

		void count(IntPredicate right) {
			IntStream.rangeClosed(1, ROUNDS).forEach((round) -> check(right, round));
		}

		void twice(IntConsumer action) {
			Runnable rounds = () -> IntStream.range(0, ROUNDS).forEach(action);
			Future<?> elsewhere = this.other.submit(rounds);
			rounds.run();
			join(elsewhere);
		}

		void countUnderLock(RedisLockType type) {
			RedisLockRegistry registry = registry(this.factory, type);
			try {
				Runnable counting = () -> ConsumersIntegrationTests.countUnderLock(registry, this.factory);
				Future<?> elsewhere = this.other.submit(counting);
				counting.run();
				join(elsewhere);
				check("counted", 2 * ROUNDS, values().increment("guarded", 0));
			}
			finally {
				registry.destroy();
			}
		}

		void check(String what, long expected, long found) {
			if (found != expected) {
				this.mistakes.add(what + ": " + found);
			}
		}

		private void check(IntPredicate right, int round) {
			try {
				if (!right.test(round)) {
					this.mistakes.add("round " + round);
				}
			}
			catch (DataAccessException | NullPointerException | IllegalStateException ex) {
				this.mistakes.add("round " + round + ": " + ex);
			}
		}

	}

	/**
	 * Counts up unless somebody else does at the same time.
	 */
	private record Increment(String key) implements SessionCallback<Boolean> {

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> Boolean execute(RedisOperations<K, V> operations) {
			RedisOperations<String, String> strings = (RedisOperations<String, String>) operations;
			strings.watch(this.key);
			String value = strings.opsForValue().get(this.key);
			strings.multi();
			strings.opsForValue().set(this.key, "" + ((value != null) ? Integer.parseInt(value) + 1 : 1));
			return !strings.exec().isEmpty();
		}

	}

}
