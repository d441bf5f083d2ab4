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

package io.lagwise.compatibility;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisListCommands.Direction;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.stream.ByteRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import org.springframework.data.redis.core.ScanOptions;

import static org.awaitility.Awaitility.await;

/**
 * What is done with blocking connections in several steps.
 */
final class ConnectionScenarios {

	private static final byte[] COUNT = Text.bytes("return redis.call('INCRBY', KEYS[1], ARGV[1])");

	private ConnectionScenarios() {
	}

	static Map<String, Scenario> all() {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put("blocking, transaction", ConnectionScenarios::transaction);
		scenarios.put("blocking, watched keys", ConnectionScenarios::watchedKeys);
		scenarios.put("blocking, pipeline", ConnectionScenarios::pipeline);
		scenarios.put("blocking, commands by name", ConnectionScenarios::commandsByName);
		scenarios.put("blocking, other database", ConnectionScenarios::otherDatabase);
		scenarios.put("blocking, scripts", ConnectionScenarios::scripts);
		scenarios.put("blocking, messages", ConnectionScenarios::messages);
		scenarios.put("blocking, messages by pattern", ConnectionScenarios::messagesByPattern);
		scenarios.put("blocking, waiting for elements", ConnectionScenarios::waitingForElements);
		scenarios.put("blocking, waiting for nothing", ConnectionScenarios::waitingForNothing);
		scenarios.put("blocking, long scans", ConnectionScenarios::longScans);
		scenarios.put("blocking, counters of many threads", ConnectionScenarios::countersOfManyThreads);
		scenarios.put("blocking, time to live", ConnectionScenarios::timeToLive);
		return scenarios;
	}

	private static void transaction(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		try (RedisConnection connection = subject.connection()) {
			for (int i = 0; i < 5; i++) {
				byte[] value = Text.bytes("value " + i);
				transcript.run("multi", connection::multi);
				transcript.note("queueing", connection::isQueueing);
				transcript.note("set", () -> connection.stringCommands().set(key, value));
				transcript.note("get inside", () -> connection.stringCommands().get(key));
				transcript.note("exec", connection::exec);
				transcript.note("get after", () -> connection.stringCommands().get(key));
				transcript.run("multi", connection::multi);
				transcript.note("append", () -> connection.stringCommands().append(key, Text.bytes("!")));
				transcript.run("discard", connection::discard);
				transcript.note("get after discard", () -> connection.stringCommands().get(key));
				transcript.run("multi", connection::multi);
				transcript.note("wrong type", () -> connection.listCommands().lPush(key, value));
				transcript.note("exec with an error", connection::exec);
				try (RedisConnection other = subject.connection()) {
					transcript.note("get elsewhere", () -> other.stringCommands().get(key));
				}
			}
			transcript.note("exec without multi", connection::exec);
			transcript.run("discard without multi", connection::discard);
		}
	}

	private static void watchedKeys(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 5; i++) {
			byte[] value = Text.bytes("value " + i);
			try (RedisConnection connection = subject.connection(); RedisConnection other = subject.connection()) {
				transcript.note("set", () -> other.stringCommands().set(key, value));
				transcript.run("watch", () -> connection.watch(key));
				transcript.note("get watched", () -> connection.stringCommands().get(key));
				transcript.note("overwrite", () -> other.stringCommands().set(key, Text.bytes("overwritten")));
				transcript.run("multi", connection::multi);
				transcript.note("set in vain", () -> connection.stringCommands().set(key, Text.bytes("lost")));
				transcript.note("exec", connection::exec);
				transcript.note("get", () -> connection.stringCommands().get(key));
				transcript.note("get elsewhere", () -> other.stringCommands().get(key));
				transcript.run("watch again", () -> connection.watch(key));
				transcript.run("unwatch", connection::unwatch);
				transcript.note("overwrite again", () -> other.stringCommands().set(key, Text.bytes("again")));
				transcript.run("multi", connection::multi);
				transcript.note("set", () -> connection.stringCommands().set(key, Text.bytes("kept")));
				transcript.note("exec", connection::exec);
				transcript.note("get elsewhere", () -> other.stringCommands().get(key));
			}
		}
	}

	private static void pipeline(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 5; i++) {
			byte[] value = Text.bytes("value " + i);
			try (RedisConnection connection = subject.connection()) {
				connection.stringCommands().set(key, value);
			}
			try (RedisConnection connection = subject.connection()) {
				connection.openPipeline();
				transcript.note("pipelined", connection::isPipelined);
				transcript.note("get", () -> connection.stringCommands().get(key));
				transcript.note("exists", () -> connection.keyCommands().exists(key));
				transcript.note("reads", connection::closePipeline);
				connection.openPipeline();
				connection.stringCommands().get(key);
				connection.stringCommands().append(key, Text.bytes("!"));
				connection.stringCommands().get(key);
				connection.hashCommands().hGet(key, key);
				connection.stringCommands().get(key);
				transcript.note("a write and an error among reads", connection::closePipeline);
				connection.openPipeline();
				connection.multi();
				connection.stringCommands().append(key, Text.bytes("?"));
				connection.stringCommands().get(key);
				connection.exec();
				connection.stringCommands().get(key);
				transcript.note("a transaction", connection::closePipeline);
				transcript.note("nothing", connection::closePipeline);
				transcript.note("pipelined", connection::isPipelined);
			}
		}
	}

	private static void commandsByName(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		byte[] list = Text.bytes(keys.second());
		for (int i = 0; i < 3; i++) {
			byte[] value = Text.bytes("value " + i);
			one(subject, transcript, "SET", key, value);
			one(subject, transcript, "GET", key);
			one(subject, transcript, "get", key);
			one(subject, transcript, "RPUSH", list, value, value);
			one(subject, transcript, "LRANGE", list, Text.bytes("0"), Text.bytes("-1"));
			one(subject, transcript, "LLEN", list);
			one(subject, transcript, "EXISTS", key, list);
			one(subject, transcript, "OBJECT", Text.bytes("ENCODING"), key);
			one(subject, transcript, "GETEX", key, Text.bytes("PERSIST"));
			one(subject, transcript, "NO-SUCH-COMMAND", key);
			one(subject, transcript, "HGET", key, key);
			one(subject, transcript, "GET");
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("echo", () -> connection.commands().echo(Text.bytes("hello")));
			transcript.note("ping", connection::ping);
			transcript.note("echo", () -> connection.echo(Text.bytes("hello")));
			transcript.note("closed", connection::isClosed);
			transcript.note("native", () -> connection.getNativeConnection() != null);
			transcript.note("subscribed", connection::isSubscribed);
		}
	}

	private static void one(Subject subject, Transcript transcript, String command, byte[]... arguments) {
		try (RedisConnection connection = subject.connection()) {
			transcript.note(command, () -> connection.execute(command, arguments));
		}
	}

	private static void otherDatabase(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 3; i++) {
			byte[] value = Text.bytes("value " + i);
			try (RedisConnection connection = subject.connection()) {
				transcript.note("set", () -> connection.stringCommands().set(key, value));
				transcript.run("select", () -> connection.select(3));
				transcript.note("get there", () -> connection.stringCommands().get(key));
				transcript.note("set there", () -> connection.stringCommands().set(key, Text.bytes("there")));
				transcript.note("get there", () -> connection.stringCommands().get(key));
				transcript.run("back", () -> connection.select(0));
				transcript.note("get", () -> connection.stringCommands().get(key));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get", () -> connection.stringCommands().get(key));
				transcript.note("move", () -> connection.keyCommands().move(key, 4));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get moved", () -> connection.stringCommands().get(key));
				transcript.run("select too far", () -> connection.select(1000));
			}
		}
	}

	private static void scripts(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		byte[] read = Text.bytes("return redis.call('GET', KEYS[1]) -- " + subject.name());
		try (RedisConnection connection = subject.connection()) {
			connection.stringCommands().set(key, Text.bytes("0"));
			transcript.note("no such script", () -> connection.scriptingCommands()
				.evalSha("ffffffffffffffffffffffffffffffffffffffff", ReturnType.INTEGER, 1, key));
			transcript.note("broken script",
					() -> connection.scriptingCommands().eval(Text.bytes("return +"), ReturnType.INTEGER, 0));
			transcript.run("kill", () -> connection.scriptingCommands().scriptKill());
		}
		for (int i = 0; i < 5; i++) {
			try (RedisConnection connection = subject.connection()) {
				transcript.note("count",
						() -> connection.scriptingCommands().eval(COUNT, ReturnType.INTEGER, 1, key, Text.bytes("2")));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("get", () -> connection.stringCommands().get(key));
			}
			try (RedisConnection connection = subject.connection()) {
				String digest = connection.scriptingCommands().scriptLoad(read);
				transcript.note("exists", () -> connection.scriptingCommands().scriptExists(digest, "abc"));
				transcript.note("by digest",
						() -> connection.scriptingCommands().evalSha(digest, ReturnType.VALUE, 1, key));
				transcript.note("by digest as bytes",
						() -> connection.scriptingCommands().evalSha(Text.bytes(digest), ReturnType.VALUE, 1, key));
			}
			try (RedisConnection connection = subject.connection()) {
				transcript.note("as a list", () -> connection.scriptingCommands()
					.eval(Text.bytes("return {KEYS[1], ARGV[1], 3}"), ReturnType.MULTI, 1, key, Text.bytes("x")));
				transcript.note("as a truth",
						() -> connection.scriptingCommands().eval(Text.bytes("return 1"), ReturnType.BOOLEAN, 0));
				transcript.note("as a status", () -> connection.scriptingCommands()
					.eval(Text.bytes("return redis.status_reply('FINE')"), ReturnType.STATUS, 0));
			}
			transcript.note("read-only by name", () -> {
				try (RedisConnection connection = subject.connection()) {
					return connection.execute("EVAL_RO", Text.bytes("return redis.call('GET', KEYS[1])"),
							Text.bytes("1"), key);
				}
			});
		}
	}

	private static void messages(Subject subject, Keys keys, Transcript transcript) {
		byte[] channel = Text.bytes(keys.named("channel"));
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		MessageListener listener = (message, pattern) -> heard(heard, message.getChannel(), message);
		try (RedisConnection connection = subject.connection(); RedisConnection publisher = subject.connection()) {
			transcript.note("subscription", connection::getSubscription);
			connection.subscribe(listener, channel);
			transcript.note("subscribed", connection::isSubscribed);
			transcript.note("alive", () -> connection.getSubscription().isAlive());
			transcript.note("channels", () -> connection.getSubscription().getChannels());
			awaitListeners(publisher, channel);
			for (int i = 0; i < 5; i++) {
				byte[] message = Text.bytes("message " + i);
				transcript.note("publish", () -> publisher.publish(channel, message));
				transcript.note("heard", () -> heard.poll(10, TimeUnit.SECONDS));
			}
			transcript.note("command while subscribed", () -> connection.keyCommands().exists(channel));
			connection.getSubscription().unsubscribe();
			transcript.note("subscribed", connection::isSubscribed);
		}
	}

	private static void messagesByPattern(Subject subject, Keys keys, Transcript transcript) {
		byte[] channel = Text.bytes(keys.named("channel"));
		BlockingQueue<String> heard = new LinkedBlockingQueue<>();
		try (RedisConnection connection = subject.connection(); RedisConnection publisher = subject.connection()) {
			connection.pSubscribe((message, pattern) -> heard(heard, pattern, message), Text.bytes(keys.pattern()));
			transcript.note("patterns", () -> connection.getSubscription().getPatterns());
			awaitListeners(publisher, channel);
			transcript.note("publish", () -> publisher.publish(channel, Text.bytes("message")));
			transcript.note("heard", () -> heard.poll(10, TimeUnit.SECONDS));
			connection.getSubscription().pUnsubscribe();
		}
	}

	private static void heard(Queue<String> heard, byte[] where, Message message) {
		// what tells that somebody listens
		if (message.getBody().length > 0) {
			heard.add(Text.of(where) + " " + Text.of(message.getBody()));
		}
	}

	private static void awaitListeners(RedisConnection publisher, byte[] channel) {
		await().atMost(Duration.ofSeconds(20)).until(() -> publisher.publish(channel, Text.bytes("")) > 0);
	}

	private static void waitingForElements(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		byte[] other = Text.bytes(keys.second());
		byte[] stream = Text.bytes(keys.third());
		transcript.note("left", () -> whileWaiting(subject, (connection) -> connection.listCommands().bLPop(20, key),
				(connection) -> connection.listCommands().rPush(key, Text.bytes("a", "b"))));
		transcript.note("rest", () -> range(subject, key));
		transcript.note("right", () -> whileWaiting(subject, (connection) -> connection.listCommands().bRPop(20, other),
				(connection) -> connection.listCommands().rPush(other, Text.bytes("c", "d"))));
		transcript.note("rest", () -> range(subject, other));
		try (RedisConnection connection = subject.connection()) {
			connection.keyCommands().del(key, other);
		}
		transcript.note("move", () -> whileWaiting(subject,
				(connection) -> connection.listCommands().bLMove(key, other, Direction.LEFT, Direction.RIGHT, 20),
				(connection) -> connection.listCommands().rPush(key, Text.bytes("e"))));
		transcript.note("moved", () -> range(subject, other));
		transcript.note("stream", () -> whileWaiting(subject, (connection) -> read(connection, stream),
				(connection) -> connection.streamCommands().xAdd(stream, Map.of(key, key))));
	}

	@SuppressWarnings("unchecked")
	private static List<ByteRecord> read(RedisConnection connection, byte[] stream) {
		return connection.streamCommands()
			.xRead(StreamReadOptions.empty().count(1).block(Duration.ofSeconds(5)),
					StreamOffset.create(stream, ReadOffset.from("0-0")));
	}

	private static Object range(Subject subject, byte[] key) {
		try (RedisConnection connection = subject.connection()) {
			return connection.listCommands().lRange(key, 0, -1);
		}
	}

	private static Object whileWaiting(Subject subject, Function<RedisConnection, Object> waiting,
			Consumer<RedisConnection> release) {
		CompletableFuture<Object> waiter = CompletableFuture.supplyAsync(() -> {
			try (RedisConnection connection = subject.connection()) {
				return waiting.apply(connection);
			}
		}, (task) -> new Thread(task, "waiter").start());
		try (RedisConnection connection = subject.connection()) {
			release.accept(connection);
		}
		return waiter.orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static void waitingForNothing(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.missing());
		try (RedisConnection connection = subject.connection()) {
			transcript.note("move",
					() -> connection.listCommands().bLMove(key, key, Direction.LEFT, Direction.RIGHT, 0.01));
			transcript.note("pop", () -> connection.listCommands().bLPop(1, key));
			transcript.note("smallest", () -> connection.zSetCommands().bZPopMin(key, 50, TimeUnit.MILLISECONDS));
			transcript.note("get", () -> connection.stringCommands().get(key));
		}
	}

	private static void longScans(Subject subject, Keys keys, Transcript transcript) {
		byte[] set = Text.bytes(keys.first());
		byte[] hash = Text.bytes(keys.second());
		byte[] sorted = Text.bytes(keys.third());
		try (RedisConnection connection = subject.connection()) {
			connection.openPipeline();
			IntStream.range(0, 1000).forEach((i) -> {
				byte[] member = Text.bytes("member " + i);
				connection.setCommands().sAdd(set, member);
				connection.hashCommands().hSet(hash, member, member);
				connection.zSetCommands().zAdd(sorted, i, member);
				connection.stringCommands().set(Text.bytes(keys.named("key" + i)), member);
			});
			connection.closePipeline();
		}
		ScanOptions options = ScanOptions.scanOptions().match("*").count(50).build();
		ScanOptions all = ScanOptions.scanOptions().match(keys.pattern()).count(200).build();
		try (RedisConnection connection = subject.connection()) {
			transcript.note("set", () -> connection.setCommands().sScan(set, options));
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("hash", () -> connection.hashCommands().hScan(hash, options));
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("sorted set", () -> connection.zSetCommands().zScan(sorted, options));
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("keys", () -> connection.keyCommands().scan(all));
		}
	}

	private static void countersOfManyThreads(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		List<CompletableFuture<Void>> threads = IntStream.range(0, 4)
			.mapToObj((thread) -> CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 25; i++) {
					try (RedisConnection connection = subject.connection()) {
						connection.stringCommands().incr(key);
					}
				}
			}, (task) -> new Thread(task, "counter").start()))
			.toList();
		threads.forEach((thread) -> thread.orTimeout(30, TimeUnit.SECONDS).join());
		try (RedisConnection connection = subject.connection()) {
			transcript.note("sum", () -> connection.stringCommands().get(key));
		}
	}

	private static void timeToLive(Subject subject, Keys keys, Transcript transcript) {
		byte[] key = Text.bytes(keys.first());
		for (int i = 0; i < 5; i++) {
			try (RedisConnection connection = subject.connection()) {
				connection.stringCommands().set(key, Text.bytes("value"));
			}
			ttl(subject, key, transcript);
			try (RedisConnection connection = subject.connection()) {
				connection.keyCommands().expire(key, 3030);
			}
			ttl(subject, key, transcript);
			try (RedisConnection connection = subject.connection()) {
				connection.keyCommands().pExpire(key, 1);
			}
			await().atMost(Duration.ofSeconds(20)).until(() -> isGone(subject, key));
			ttl(subject, key, transcript);
		}
	}

	private static boolean isGone(Subject subject, byte[] key) {
		try (RedisConnection connection = subject.connection()) {
			return connection.stringCommands().setNX(key, key) && connection.keyCommands().del(key) == 1;
		}
	}

	private static void ttl(Subject subject, byte[] key, Transcript transcript) {
		try (RedisConnection connection = subject.connection()) {
			transcript.note("seconds", () -> connection.keyCommands().ttl(key));
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("idle", () -> connection.keyCommands().idletime(key) == null
					|| !connection.keyCommands().idletime(key).isNegative());
		}
		try (RedisConnection connection = subject.connection()) {
			transcript.note("milliseconds", () -> connection.keyCommands().pTtl(key));
		}
	}

}
