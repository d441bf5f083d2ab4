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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions, pipelines and scripts that read what another application has just
 * written, with replicas that get it late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class TransactionsIntegrationTests {

	private static final int ROUNDS = 5;

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static LettuceConnectionFactory plain;

	private static LettuceConnectionFactory lagwise;

	private final ReplicatedRedis redis;

	TransactionsIntegrationTests(ReplicatedRedis redis) {
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
		this.redis.execute(this.redis.primary(), "FUNCTION", "LOAD", "REPLACE", """
				#!lua name=bank
				redis.register_function('stamp', function(keys)
					redis.call('SET', keys[1] .. ':stamp', 'x')
					return redis.call('GET', keys[1])
				end)
				redis.register_function{function_name='look', callback=function(keys)
					return redis.call('GET', keys[1])
				end, flags={'no-writes'}}""");
		this.redis.awaitInSync();
	}

	@ParameterizedTest
	@EnumSource
	void decidesOnWhatThePrimaryHolds(Way way) {
		assertThat(staleDecisions(way, lagwise)).isZero();
	}

	/**
	 * The control: what Spring Data does on its own. It sends scripts, and what follows a
	 * command of the same pipeline that may write, to the primary as well.
	 */
	@ParameterizedTest
	@EnumSource(
			names = { "TRANSACTIONAL_METHOD", "WATCH", "WATCH_IN_A_SESSION", "AFTER_A_WRITE_ON_THE_SAME_CONNECTION" })
	void decidesOnWhatAReplicaHoldsWithoutLagwise(Way way) {
		assertThat(staleDecisions(way, plain)).isPositive();
	}

	@Test
	void aReadOnlyTransactionReadsFromReplicas() {
		StringRedisTemplate template = transactional(lagwise);
		TransactionTemplate transaction = new TransactionTemplate(new NoResources());
		transaction.setReadOnly(true);
		writtenByOthers("catalogue");
		assertThat(transaction.<String>execute((status) -> template.opsForValue().get("catalogue"))).isEqualTo("value");
		assertThat(served("GET")).containsExactlyInAnyOrder(0L, 1L);
	}

	@Test
	void aTransactionReadsFromThePrimaryOnlyWhileItLasts() {
		StringRedisTemplate template = transactional(lagwise);
		writtenByOthers("read", "catalogue");
		new TransactionTemplate(new NoResources()).executeWithoutResult((status) -> {
			template.opsForValue().get("read");
			template.opsForValue().set("other", "value");
			template.opsForValue().get("read");
		});
		assertThat(served("GET")).containsExactly(0L, 0L);
		template.opsForValue().get("catalogue");
		assertThat(served("GET")).containsExactlyInAnyOrder(0L, 1L);
	}

	@Test
	void aTransactionReadsNothingOfItsOwnBeforeItsEndAndEverythingAfterwards() {
		StringRedisTemplate template = transactional(lagwise);
		for (int i = 0; i < ROUNDS; i++) {
			String value = "" + i;
			String former = template.opsForValue().get("key");
			new TransactionTemplate(new NoResources()).executeWithoutResult((status) -> {
				template.opsForValue().set("key", value);
				assertThat(template.opsForValue().get("key")).isEqualTo(former);
			});
			assertThat(template.opsForValue().get("key")).isEqualTo(value);
		}
	}

	@Test
	void aPipelineOfReadsIsAnsweredByOneReplica() {
		StringRedisTemplate template = new StringRedisTemplate(lagwise);
		writtenByOthers("catalogue");
		List<Object> answers = template.executePipelined((RedisCallback<Object>) (connection) -> {
			for (int i = 0; i < ROUNDS; i++) {
				connection.stringCommands().get(bytes("catalogue"));
			}
			return null;
		});
		assertThat(answers).hasSize(ROUNDS).containsOnly("value");
		assertThat(served("GET")).containsExactlyInAnyOrder(0L, (long) ROUNDS);
	}

	@Test
	void aPipelineOfReadsSeesWhatTheApplicationHasWritten() {
		StringRedisTemplate template = new StringRedisTemplate(lagwise);
		for (int i = 0; i < ROUNDS; i++) {
			String value = "" + i;
			template.opsForValue().set("key", value);
			assertThat(template.executePipelined((RedisCallback<Object>) (connection) -> {
				connection.stringCommands().get(bytes("other"));
				connection.stringCommands().get(bytes("key"));
				return null;
			})).containsExactly(null, value);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			EVAL_RO  | return redis.call('GET', KEYS[1])
			FCALL_RO | look""")
	void aScriptThatOnlyReadsSeesWhatTheApplicationHasWritten(String command, String script) {
		StringRedisTemplate template = new StringRedisTemplate(lagwise);
		for (int i = 0; i < ROUNDS; i++) {
			template.opsForValue().set("key", "" + i);
			assertThat(template.execute((RedisCallback<String>) (connection) -> text(
					connection.execute(command, bytes(script), bytes("1"), bytes("key")))))
				.isEqualTo("" + i);
		}
	}

	/**
	 * Let another application write and count how often that is not what is read.
	 */
	private int staleDecisions(Way way, LettuceConnectionFactory factory) {
		int stale = 0;
		for (int i = 0; i < ROUNDS; i++) {
			String value = "value" + i;
			Runnable others = () -> this.redis.execute(this.redis.primary(), "SET", "key", value);
			if (!value.equals(way.read.apply(new Application(factory, "key", others)))) {
				stale++;
			}
		}
		return stale;
	}

	/**
	 * Let another application write, until replicas serve that.
	 */
	private void writtenByOthers(String... keys) {
		StringRedisTemplate template = new StringRedisTemplate(lagwise);
		for (String key : keys) {
			this.redis.execute(this.redis.primary(), "SET", key, "value");
			await().atMost(LIMIT).untilAsserted(() -> {
				try (ReadTrace trace = ReadTrace.open()) {
					assertThat(template.opsForValue().get(key)).isEqualTo("value");
					assertThat(trace.answers()).extracting(ReadTrace.Answer::role).containsExactly(NodeRole.REPLICA);
				}
			});
		}
		this.redis.awaitInSync();
		this.redis.resetStatistics();
	}

	private List<Long> served(String command) {
		return this.redis.replicas().stream().map((replica) -> this.redis.commandsServed(replica, command)).toList();
	}

	private static StringRedisTemplate transactional(LettuceConnectionFactory factory) {
		StringRedisTemplate template = new StringRedisTemplate();
		template.setConnectionFactory(factory);
		template.setEnableTransactionSupport(true);
		template.afterPropertiesSet();
		return template;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static @Nullable String text(@Nullable Object bytes) {
		return (bytes instanceof byte[] array) ? new String(array, StandardCharsets.UTF_8) : (String) bytes;
	}

	/**
	 * How an application reads what it decides on. Others write before it reads.
	 */
	enum Way {

		TRANSACTIONAL_METHOD((app) -> {
			StringRedisTemplate template = transactional(app.factory);
			return new TransactionTemplate(new NoResources()).execute((status) -> {
				template.opsForValue().set("other", "value");
				app.others.run();
				return template.opsForValue().get(app.key);
			});
		}),

		WATCH((app) -> app.connected((connection) -> {
			connection.watch(bytes(app.key));
			app.others.run();
			byte[] value = connection.stringCommands().get(bytes(app.key));
			connection.unwatch();
			return text(value);
		})),

		WATCH_IN_A_SESSION((app) -> app.template.execute(new SessionCallback<String>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> String execute(RedisOperations<K, V> operations) {
				operations.watch((K) app.key);
				app.others.run();
				V value = operations.opsForValue().get(app.key);
				operations.multi();
				operations.exec();
				return (String) value;
			}

		})),

		MULTI((app) -> app.connected((connection) -> {
			connection.multi();
			app.others.run();
			connection.stringCommands().get(bytes(app.key));
			return text(connection.exec().get(0));
		})),

		AFTER_A_WRITE_ON_THE_SAME_CONNECTION((app) -> app.connected((connection) -> {
			connection.stringCommands().set(bytes("other"), bytes("value"));
			app.others.run();
			return text(connection.stringCommands().get(bytes(app.key)));
		})),

		MIXED_PIPELINE((app) -> (String) app.template.executePipelined((RedisCallback<Object>) (connection) -> {
			app.others.run();
			connection.stringCommands().get(bytes(app.key));
			connection.stringCommands().set(bytes("other"), bytes("value"));
			return null;
		}).get(0)),

		EVAL((app) -> app.connected((connection) -> {
			app.others.run();
			return text(connection.scriptingCommands()
				.eval(bytes("return redis.call('GET', KEYS[1])"), ReturnType.VALUE, 1, bytes(app.key)));
		})),

		EVALSHA((app) -> {
			app.others.run();
			return app.template.execute(RedisScript.of("return redis.call('GET', KEYS[1])", String.class),
					List.of(app.key));
		}),

		EVALSHA_RO((app) -> app.connected((connection) -> {
			String sha = connection.scriptingCommands().scriptLoad(bytes("return redis.call('GET', KEYS[1])"));
			app.others.run();
			return text(connection.execute("EVALSHA_RO", bytes(sha), bytes("1"), bytes(app.key)));
		})),

		FCALL((app) -> app.connected((connection) -> {
			app.others.run();
			return text(connection.execute("FCALL", bytes("stamp"), bytes("1"), bytes(app.key)));
		})),

		REACTIVE_SCRIPT((app) -> {
			app.others.run();
			return new ReactiveStringRedisTemplate(app.factory)
				.execute(RedisScript.of("return redis.call('GET', KEYS[1])", String.class), List.of(app.key))
				.blockFirst(LIMIT);
		}),

		SCRIPT_BEFORE_A_READ_ONLY_ONE((app) -> app.connected((connection) -> {
			connection.execute("FCALL", bytes("stamp"), bytes("1"), bytes(app.key));
			app.others.run();
			return text(connection.execute("EVAL_RO", bytes("return redis.call('GET', KEYS[1])"), bytes("1"),
					bytes(app.key)));
		}));

		private final Function<Application, @Nullable String> read;

		Way(Function<Application, @Nullable String> read) {
			this.read = read;
		}

	}

	/**
	 * An application, and what others do before it reads.
	 */
	private record Application(LettuceConnectionFactory factory, String key, Runnable others,
			StringRedisTemplate template) {

		Application(LettuceConnectionFactory factory, String key, Runnable others) {
			this(factory, key, others, new StringRedisTemplate(factory));
		}

		@Nullable String connected(Function<RedisConnection, @Nullable String> action) {
			return this.template.execute((RedisCallback<String>) action::apply);
		}

	}

}
