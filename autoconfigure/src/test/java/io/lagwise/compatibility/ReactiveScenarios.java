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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnection.KeyCommand;
import org.springframework.data.redis.connection.ReactiveStringCommands.SetCommand;
import org.springframework.data.redis.connection.ReactiveSubscription;
import org.springframework.data.redis.connection.ReactiveSubscription.ChannelMessage;
import org.springframework.data.redis.connection.ReactiveSubscription.Message;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.SubscriptionListener;
import org.springframework.data.redis.connection.stream.StreamRecords;
import org.springframework.data.redis.core.ReactiveRedisOperations;
import org.springframework.data.redis.core.ReactiveStreamOperations;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.hash.ObjectHashMapper;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.serializer.GenericToStringSerializer;
import org.springframework.data.redis.serializer.RedisElementReader;
import org.springframework.data.redis.serializer.RedisElementWriter;
import org.springframework.data.redis.serializer.RedisSerializationContext;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.awaitility.Awaitility.await;

/**
 * What is done reactively in several steps.
 */
final class ReactiveScenarios {

	private static final String COUNT = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private ReactiveScenarios() {
	}

	static Map<String, Scenario> ofConnections() {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put("reactive, many commands of one publisher", ReactiveScenarios::manyCommands);
		scenarios.put("reactive, scripts", ReactiveScenarios::scripts);
		scenarios.put("reactive, messages", ReactiveScenarios::messages);
		return scenarios;
	}

	static Map<String, Scenario> ofTemplates() {
		Map<String, Scenario> scenarios = new LinkedHashMap<>();
		scenarios.put("reactive templates, chains", ReactiveScenarios::chains);
		scenarios.put("reactive templates, messages", ReactiveScenarios::messagesOfTemplates);
		scenarios.put("reactive templates, callbacks", ReactiveScenarios::callbacks);
		scenarios.put("reactive templates, scripts", ReactiveScenarios::scriptsOfTemplates);
		scenarios.put("reactive templates, views", ReactiveScenarios::views);
		return scenarios;
	}

	private static void chains(Subject subject, Keys keys, Transcript transcript) {
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		for (int i = 0; i < 10; i++) {
			String value = "value " + i;
			transcript.note("write, then read",
					() -> template.opsForValue()
						.set(keys.first(), value)
						.then(template.opsForValue().get(keys.first())));
			transcript.note("write, then read what it gives",
					() -> template.opsForList()
						.rightPush(keys.second(), value)
						.flatMap((size) -> template.opsForList().index(keys.second(), size - 1)));
			transcript.note("write on, read on",
					() -> Flux.range(0, 5)
						.concatMap((number) -> template.opsForHash()
							.increment(keys.third(), "count", 1)
							.then(template.<String, String>opsForHash().get(keys.third(), "count"))));
		}
	}

	private static void manyCommands(Subject subject, Keys keys, Transcript transcript) {
		try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
			for (int i = 0; i < 5; i++) {
				int round = i;
				transcript.note("set",
						() -> connection.stringCommands()
							.set(Flux.range(0, 20)
								.map((number) -> SetCommand.set(Text.buffer(keys.named("key" + number)))
									.value(Text.buffer("value " + round)))));
				transcript.note("get", () -> connection.stringCommands()
					.get(Flux.range(0, 20).map((number) -> new KeyCommand(Text.buffer(keys.named("key" + number))))));
			}
		}
		for (int i = 0; i < 5; i++) {
			int round = i;
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				transcript.note("set",
						() -> connection.stringCommands()
							.mSet(IntStream.range(0, 5)
								.boxed()
								.collect(Collectors.toMap((n) -> Text.buffer(keys.named("key" + n)),
										(n) -> Text.buffer("m" + round)))));
			}
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				transcript.note("idle",
						() -> connection.keyCommands()
							.idletime(Text.buffer(keys.named("key1")))
							.map((idle) -> !idle.isNegative()));
				transcript.note("get", () -> connection.stringCommands()
					.mGet(List.of(Text.buffer(keys.named("key1")), Text.buffer(keys.named("key2")))));
				transcript.note("count", () -> connection.numberCommands()
					.hIncrBy(Text.buffer(keys.second()), Text.buffer("count"), 2L));
				transcript.note("close", connection::closeLater);
			}
		}
	}

	private static void scripts(Subject subject, Keys keys, Transcript transcript) {
		try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
			transcript.note("kill", () -> connection.scriptingCommands().scriptKill());
			transcript.note("no such script", () -> connection.scriptingCommands()
				.evalSha("ffffffffffffffffffffffffffffffffffffffff", ReturnType.INTEGER, 1, Text.buffer(keys.first())));
		}
		for (int i = 0; i < 5; i++) {
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				transcript.note("count", () -> connection.scriptingCommands()
					.eval(Text.buffer(COUNT), ReturnType.INTEGER, 1, Text.buffer(keys.first()), Text.buffer("2")));
			}
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				transcript.note("get", () -> connection.stringCommands().get(Text.buffer(keys.first())));
			}
			try (ReactiveRedisConnection connection = subject.reactiveConnection()) {
				String digest = connection.scriptingCommands().scriptLoad(Text.buffer(COUNT)).block(LIMIT);
				transcript.note("exists", () -> connection.scriptingCommands().scriptExists(digest));
				transcript.note("exist", () -> connection.scriptingCommands().scriptExists(List.of(digest, "abc")));
				transcript.note("by digest", () -> connection.scriptingCommands()
					.evalSha(digest, ReturnType.INTEGER, 1, Text.buffer(keys.first()), Text.buffer("3")));
			}
		}
	}

	private static void messages(Subject subject, Keys keys, Transcript transcript) {
		Sinks.Many<String> heard = Sinks.many().replay().all();
		try (ReactiveRedisConnection connection = subject.reactiveConnection();
				ReactiveRedisConnection publisher = subject.reactiveConnection()) {
			ReactiveSubscription subscription = connection.pubSubCommands().createSubscription().block(LIMIT);
			Disposable listening = subscription.receive()
				.subscribe((message) -> heard
					.tryEmitNext(Text.of(message.getChannel()) + " " + Text.of(message.getMessage())));
			subscription.subscribe(Text.buffer(keys.named("channel"))).block(LIMIT);
			transcript.note("publish",
					() -> publisher.pubSubCommands().publish(Text.buffer(keys.named("channel")), Text.buffer("one")));
			transcript.note("publish two", () -> publisher.pubSubCommands()
				.publish(Flux.just("two", "three")
					.map((text) -> new ChannelMessage<>(Text.buffer(keys.named("channel")), Text.buffer(text)))));
			transcript.note("heard", () -> heard.asFlux().take(3));
			listening.dispose();
			transcript.note("cancel", subscription::cancel);
			transcript.note("another subscription",
					() -> connection.pubSubCommands()
						.createSubscription(SubscriptionListener.NO_OP_SUBSCRIPTION_LISTENER)
						.flatMap(ReactiveSubscription::cancel));
			transcript.note("subscribe", () -> connection.pubSubCommands().subscribe(Text.buffer(keys.named("other"))));
			transcript.note("subscribe by pattern",
					() -> connection.pubSubCommands().pSubscribe(Text.buffer(keys.named("other*"))));
		}
	}

	private static void messagesOfTemplates(Subject subject, Keys keys, Transcript transcript) {
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		String channel = keys.named("channel");
		heard(subject, transcript, template.listenToChannel(channel), channel);
		heard(subject, transcript, template.listenToPattern(keys.pattern()), channel);
		heard(subject, transcript, template.listenTo(ChannelTopic.of(channel)), channel);
		heard(subject, transcript, template.listenToChannelLater(channel).flatMapMany((messages) -> messages), channel);
		heard(subject, transcript, template.listenToPatternLater(keys.pattern()).flatMapMany((messages) -> messages),
				channel);
		heard(subject, transcript, template.listenToLater(ChannelTopic.of(channel)).flatMapMany((messages) -> messages),
				channel);
	}

	private static void heard(Subject subject, Transcript transcript,
			Publisher<? extends Message<String, String>> messages, String channel) {
		Sinks.Many<String> heard = Sinks.many().replay().all();
		Disposable listening = Flux.from(messages)
			.map((message) -> message.getChannel() + " " + message.getMessage())
			.filter((message) -> !message.endsWith("warm-up"))
			.subscribe(heard::tryEmitNext);
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		await().atMost(LIMIT).until(() -> template.convertAndSend(channel, "warm-up").block(LIMIT) > 0);
		transcript.note("send",
				() -> template.convertAndSend(channel, "one").then(template.convertAndSend(channel, "two")));
		transcript.note("heard", () -> heard.asFlux().take(2));
		listening.dispose();
		await().atMost(LIMIT).until(() -> template.convertAndSend(channel, "nobody").block(LIMIT) == 0);
	}

	private static void callbacks(Subject subject, Keys keys, Transcript transcript) {
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		for (int i = 0; i < 5; i++) {
			String value = "value " + i;
			transcript.note("write and read",
					() -> template.execute((connection) -> connection.stringCommands()
						.set(Text.buffer(keys.first()), Text.buffer(value))
						.then(connection.stringCommands().get(Text.buffer(keys.first())))));
			transcript.note("read",
					() -> template.execute((connection) -> connection.stringCommands().get(Text.buffer(keys.first()))));
			transcript.note("session",
					() -> template.executeInSession((session) -> session.opsForValue()
						.append(keys.first(), "!")
						.then(session.opsForValue().get(keys.first()))));
		}
	}

	private static void scriptsOfTemplates(Subject subject, Keys keys, Transcript transcript) {
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		RedisScript<Long> count = RedisScript.of(COUNT, Long.class);
		List<String> key = List.of(keys.first());
		for (int i = 0; i < 5; i++) {
			transcript.note("one", () -> template.execute(RedisScript.of("return 1", Long.class)));
			transcript.note("keys",
					() -> template.execute(RedisScript.of("return redis.call('INCR', KEYS[1])", Long.class), key));
			transcript.note("arguments", () -> template.execute(count, key, "2"));
			transcript.note("list", () -> template.execute(count, key, List.of("3")));
			transcript.note("serializers",
					() -> template.execute(count, key, List.of("4"), RedisElementWriter.from(RedisSerializer.string()),
							RedisElementReader.from(new GenericToStringSerializer<>(Long.class))));
			transcript.note("get", () -> template.opsForValue().get(keys.first()));
		}
	}

	private static void views(Subject subject, Keys keys, Transcript transcript) {
		ReactiveRedisOperations<String, String> template = subject.reactiveOperations();
		RedisSerializationContext<String, String> context = RedisSerializationContext.string();
		transcript.note("context", () -> template.getSerializationContext() != null);
		transcript.note("set", () -> template.opsForValue(context).set(keys.first(), "1"));
		transcript.note("get", () -> template.opsForValue(context).get(keys.first()));
		transcript.note("list", () -> template.opsForList(context).size(keys.second()));
		transcript.note("set", () -> template.opsForSet(context).size(keys.second()));
		transcript.note("sorted set", () -> template.opsForZSet(context).size(keys.second()));
		transcript.note("hash", () -> template.opsForHash(context).size(keys.second()));
		transcript.note("places", () -> template.opsForGeo(context).position(keys.second(), "a"));
		transcript.note("hyper log log", () -> template.opsForHyperLogLog(context).size(keys.second()));
		transcript.note("stream", () -> template.opsForStream(context).size(keys.second()));
		transcript.note("stream", () -> template.opsForStream(new ObjectHashMapper()).size(keys.second()));
		ReactiveStreamOperations<String, Object, Object> streams = template.opsForStream();
		transcript.note("mapper", () -> streams.getHashMapper(String.class) != null);
		transcript.note("record", () -> streams.deserializeRecord(
				StreamRecords.rawBuffer(Map.of(Text.buffer("a"), Text.buffer("1"))).withStreamKey(Text.buffer("s"))));
		transcript.note("mapped",
				() -> streams.map(
						StreamRecords.<String, Object, Object>mapBacked(Map.of("payload", "1")).withStreamKey("stream"),
						String.class));
	}

}
