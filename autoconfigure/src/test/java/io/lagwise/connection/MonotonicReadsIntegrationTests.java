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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.query.SortQueryBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever the primary has shown, in whichever way: no consistent read is older after
 * that.
 * <p>
 * The replicas get nothing of what another client writes, so that a consistent read finds
 * it only if it knows that it has to.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class MonotonicReadsIntegrationTests {

	private static final String SCRIPT = "return redis.call('GET', KEYS[1])";

	private final ReplicatedRedis redis;

	private final ReplicaAwareConnectionFactory factory;

	private final StringRedisTemplate template;

	MonotonicReadsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.factory = TestFactories.sentinel(redis,
				ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
					.withMaxLag(Duration.ZERO)
					.withConsistencyEnforcement(ConsistencyEnforcement.WATERMARK));
		this.template = new StringRedisTemplate(this.factory);
	}

	@BeforeEach
	void letReplicasBeLate() {
		execute("DEL added stream set");
		execute("HSET hash field old");
		execute("HSET hash:phantom field old");
		execute("SADD set old");
		execute("ZADD scores 1 member");
		execute("SET text old");
		execute("SET weight:member old");
		execute("SADD sorted member");
		this.redis.awaitInSync();
		this.redis.replicas().forEach(this.redis::cutReplication);
	}

	@AfterEach
	void disconnect() {
		this.redis.replicas().forEach(this.redis::healReplication);
		this.factory.destroy();
	}

	@SuppressWarnings("unchecked")
	static Stream<Sight> sights() {
		return Stream.of(
				new Sight("HSCAN", "HSET hash field new",
						(it) -> first(it.opsForHash().scan("hash", ScanOptions.NONE)).getValue(),
						(it) -> it.opsForHash().get("hash", "field")),
				new Sight("SSCAN", "SADD set new",
						(it) -> list(it.opsForSet().scan("set", ScanOptions.NONE)).contains("new"),
						(it) -> it.opsForSet().isMember("set", "new")),
				new Sight("ZSCAN", "ZADD scores 2 member",
						(it) -> first(it.opsForZSet().scan("scores", ScanOptions.NONE)).getScore(),
						(it) -> it.opsForZSet().score("scores", "member")),
				new Sight("SCAN", "SET added new", (it) -> list(it.scan(ScanOptions.NONE)).contains("added"),
						(it) -> it.hasKey("added")),
				new Sight("KEYS", "SET added new", (it) -> it.keys("added").contains("added"),
						(it) -> it.hasKey("added")),
				new Sight("blocking XREAD", "XADD stream * field new",
						(it) -> (long) it.opsForStream()
							.read(StreamReadOptions.empty().block(Duration.ofSeconds(1)),
									StreamOffset.fromStart("stream"))
							.size(),
						(it) -> it.opsForStream().size("stream")),
				new Sight("EVALSHA_RO", "SET text new",
						(it) -> text(run(it, "EVALSHA_RO", new ValueOutput<>(ByteArrayCodec.INSTANCE), sha(it), "1",
								"text")),
						(it) -> it.opsForValue().get("text")),
				new Sight("HGETALL of a shadow copy", "HSET hash:phantom field new",
						(it) -> it.opsForHash().entries("hash:phantom").get("field"), (it) -> it.opsForHash()
							.get("hash:phantom", "field")),
				new Sight("SORT by other keys", "SET weight:member new",
						(it) -> it.sort(
								SortQueryBuilder.sort("sorted").noSort().get("weight:*").build())
							.get(0),
						(it) -> it.opsForValue().get("weight:member")),
				new Sight("SORT_RO by other keys", "SET weight:member new",
						(it) -> text(((Collection<?>) Objects
							.requireNonNull(run(it, "SORT_RO", new ValueListOutput<>(ByteArrayCodec.INSTANCE), "sorted",
									"BY", "nosort", "GET", "weight:*")))
							.iterator()
							.next()),
						(it) -> it.opsForValue().get("weight:member")),
				new Sight("GET in MULTI", "SET text new", (it) -> it.execute(new Transaction(false)),
						(it) -> it.opsForValue().get("text")),
				new Sight("HSCAN in MULTI", "HSET hash field new", (it) -> it.execute(new Transaction(true)),
						(it) -> it.opsForHash().get("hash", "field")),
				new Sight("GET after a write", "SET text new",
						(it) -> it.execute((RedisCallback<Object>) (connection) -> {
							connection.stringCommands().set(bytes("other"), bytes("value"));
							return text(connection.stringCommands().get(bytes("text")));
						}), (it) -> it.opsForValue().get("text")),
				new Sight("pipeline with a write", "SET text new",
						(it) -> it.executePipelined((RedisCallback<Object>) (connection) -> {
							connection.stringCommands().get(bytes("text"));
							connection.stringCommands().set(bytes("other"), bytes("value"));
							return null;
						}).get(0), (it) -> it.opsForValue().get("text")),
				new Sight("GET within a bound that no replica keeps", "SET text new",
						(it) -> await().pollInSameThread()
							.atMost(Duration.ofSeconds(30))
							.until(() -> RoutingContext.call(ReadRequirement.maxStaleness(Duration.ofMillis(250)),
									() -> it.opsForValue().get("text")), "new"::equals),
						(it) -> it.opsForValue().get("text")),
				new Sight("reactive HSCAN", "HSET hash field new",
						(it) -> new ReactiveStringRedisTemplate(
								(ReplicaAwareConnectionFactory) it.getRequiredConnectionFactory())
							.opsForHash()
							.scan("hash")
							.map((entry) -> entry.getValue())
							.blockLast(),
						(it) -> it.opsForHash().get("hash", "field")));
	}

	@ParameterizedTest
	@MethodSource("sights")
	void noConsistentReadIsOlderThanWhatThePrimaryHasShown(Sight sight) {
		Object old = consistent(sight.read);
		execute(sight.write);
		Object seen = sight.look.apply(this.template);
		assertThat(seen).as("seen").isNotEqualTo(old);
		assertThat(consistent(sight.read)).as("read after that").isEqualTo(seen);
	}

	static Stream<Sight> sightsOfASession() {
		List<String> ways = List.of("HSCAN", "SCAN", "GET in MULTI", "GET after a write",
				"GET within a bound that no replica keeps", "reactive HSCAN");
		return sights().filter((sight) -> ways.contains(sight.name));
	}

	@ParameterizedTest
	@MethodSource("sightsOfASession")
	void noConsistentReadOfASessionIsOlderThanWhatThePrimaryHasShown(Sight sight) {
		try (RoutingContext.Scope scope = this.factory.getConsistencySessions().open().bind()) {
			noConsistentReadIsOlderThanWhatThePrimaryHasShown(sight);
		}
	}

	@ParameterizedTest
	@MethodSource("levels")
	void aFunctionThatWasReplacedIsTheOneThatIsCalled(ReadRequirement level) {
		load("old");
		this.redis.replicas().forEach(this.redis::healReplication);
		this.redis.awaitInSync();
		assertThat(text(call(level))).isEqualTo("old");
		this.redis.replicas().forEach(this.redis::cutReplication);
		load("new");
		assertThat(text(call(level))).isEqualTo("new");
	}

	static Stream<ReadRequirement> levels() {
		return Stream.of(ReadRequirement.ownWrites(), ReadRequirement.consistent());
	}

	private void load(String answer) {
		run(this.template, "FUNCTION", new ValueOutput<>(ByteArrayCodec.INSTANCE), "LOAD", "REPLACE",
				"#!lua name=library\nredis.register_function{function_name='answer', callback=function() return '"
						+ answer + "' end, flags={'no-writes'}}");
	}

	private @Nullable Object call(ReadRequirement level) {
		return RoutingContext.call(level, (Supplier<@Nullable Object>) () -> this.template
			.execute((RedisCallback<Object>) MonotonicReadsIntegrationTests::callFunction));
	}

	private @Nullable Object consistent(Function<StringRedisTemplate, @Nullable Object> read) {
		return RoutingContext.call(ReadRequirement.consistent(),
				(Supplier<@Nullable Object>) () -> read.apply(this.template));
	}

	private void execute(String command) {
		String[] words = command.split(" ");
		this.redis.execute(this.redis.primary(), words[0], Arrays.copyOfRange(words, 1, words.length));
	}

	@SuppressWarnings("unchecked")
	private static @Nullable Object callFunction(RedisConnection connection) {
		try {
			return ((RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection())
				.fcallReadOnly("answer", ScriptOutputType.VALUE, bytes("text"))
				.get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String sha(StringRedisTemplate template) {
		return Objects.requireNonNull(template
			.execute((RedisCallback<String>) (connection) -> connection.scriptingCommands().scriptLoad(bytes(SCRIPT))));
	}

	private static @Nullable Object run(StringRedisTemplate template, String command,
			CommandOutput<byte[], byte[], ?> output, String... args) {
		return template
			.execute((RedisCallback<Object>) (connection) -> ((LettuceConnection) connection).execute(command, output,
					Stream.of(args).map(MonotonicReadsIntegrationTests::bytes).toArray(byte[][]::new)), true);
	}

	private static <T> T first(Cursor<T> cursor) {
		return list(cursor).get(0);
	}

	private static <T> List<T> list(Cursor<T> cursor) {
		try (cursor) {
			List<T> elements = new ArrayList<>();
			cursor.forEachRemaining(elements::add);
			return elements;
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(@Nullable Object bytes) {
		return new String((byte[]) Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
	}

	/**
	 * A way in which the primary shows something.
	 *
	 * @param name the way
	 * @param write what another client writes
	 * @param look looks at it
	 * @param read reads it consistently
	 */
	private record Sight(String name, String write, Function<StringRedisTemplate, @Nullable Object> look,
			Function<StringRedisTemplate, @Nullable Object> read) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * Reads in a transaction.
	 *
	 * @param scanning whether with a cursor
	 */
	private record Transaction(boolean scanning) implements SessionCallback<Object> {

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> Object execute(RedisOperations<K, V> operations) {
			StringRedisTemplate template = (StringRedisTemplate) operations;
			template.multi();
			if (this.scanning) {
				template.execute((RedisCallback<Object>) (connection) -> ((LettuceConnection) connection)
					.execute("HSCAN", new ValueOutput<>(ByteArrayCodec.INSTANCE), bytes("hash"), bytes("0")), true);
			}
			else {
				template.opsForValue().get("text");
			}
			return Objects.requireNonNull(template.exec().get(0));
		}

	}

}
