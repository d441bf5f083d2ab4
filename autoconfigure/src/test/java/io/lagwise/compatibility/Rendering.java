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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.data.domain.Range;
import org.springframework.data.geo.Distance;
import org.springframework.data.geo.GeoResult;
import org.springframework.data.geo.GeoResults;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.connection.ReactiveListCommands.PopResult;
import org.springframework.data.redis.connection.ReactiveRedisConnection.CommandResponse;
import org.springframework.data.redis.connection.ValueEncoding;
import org.springframework.data.redis.connection.stream.PendingMessage;
import org.springframework.data.redis.connection.stream.PendingMessages;
import org.springframework.data.redis.connection.stream.Record;
import org.springframework.data.redis.connection.stream.StreamInfo;
import org.springframework.data.redis.connection.zset.Tuple;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ExpireChanges;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;
import org.springframework.data.redis.core.types.Expirations;
import org.springframework.data.redis.domain.geo.GeoLocation;

/**
 * Answers as text that is the same for the same answer, whoever gave it.
 * <p>
 * What may differ between two servers is left out, and nothing else: the prefix of the
 * keys, IDs of stream entries that a server has made up, the time that is left to a key
 * beyond its order of magnitude, idle times, and the order of members of sets.
 */
final class Rendering {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Pattern GENERATED_ID = Pattern.compile("\\d{13}-\\d+");

	private static final Pattern IDLE = Pattern.compile("(idle|inactive)=[-#\\d]+");

	private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]{5,}");

	private final String prefix;

	private final boolean ordered;

	Rendering(Keys keys, boolean ordered) {
		this.prefix = keys.prefix();
		this.ordered = ordered;
	}

	String text(Object answer) {
		String text = normalised(awaited(answer));
		if (IDENTITY.matcher(text).find()) {
			throw new AssertionError("Nothing to compare in " + answer.getClass() + ": " + text);
		}
		return text;
	}

	/**
	 * Return something that tells a reader what an argument is.
	 */
	String argument(Object argument) {
		String text = normalised(argument);
		return IDENTITY.matcher(text).find() ? argument.getClass().getSimpleName() : text;
	}

	String text(Throwable failure) {
		StringBuilder text = new StringBuilder();
		for (Throwable cause = failure; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
			text.append(cause.getClass().getSimpleName());
			// the JVM leaves out the message when it has been thrown often
			text.append((cause instanceof NullPointerException) ? "; " : ": " + cause.getMessage() + "; ");
		}
		return GENERATED_ID.matcher(IDENTITY.matcher(text.toString().replace(this.prefix, "")).replaceAll("@"))
			.replaceAll("generated");
	}

	private String normalised(Object answer) {
		String text = raw(answer).replace(this.prefix, "");
		return IDLE.matcher(GENERATED_ID.matcher(text).replaceAll("generated")).replaceAll("$1");
	}

	static Object awaited(Object answer) {
		if (answer instanceof Mono<?> mono) {
			return mono.block(LIMIT);
		}
		return (answer instanceof Flux<?> flux) ? flux.collectList().block(LIMIT) : answer;
	}

	private String raw(Object answer) {
		if (answer == null) {
			return "null";
		}
		if (answer instanceof byte[] bytes) {
			return Text.of(bytes);
		}
		if (answer instanceof ByteBuffer buffer) {
			return Text.of(buffer);
		}
		if (answer instanceof Long number) {
			return number(number);
		}
		if (answer instanceof Duration duration) {
			return "PT" + number(duration.toSeconds());
		}
		if (answer instanceof Object[] array) {
			return elements(Arrays.stream(array), true);
		}
		if (answer instanceof Map<?, ?> map) {
			Map<String, String> sorted = this.ordered ? new LinkedHashMap<>() : new TreeMap<>();
			map.forEach((key, value) -> sorted.put(raw(key), raw(value)));
			return sorted.toString();
		}
		if (answer instanceof Map.Entry<?, ?> entry) {
			return raw(entry.getKey()) + "=" + raw(entry.getValue());
		}
		if (answer instanceof Cursor<?> cursor) {
			try (cursor) {
				return elements(cursor.stream(), false);
			}
		}
		if (answer instanceof Throwable failure) {
			return text(failure);
		}
		return ofSpringData(answer);
	}

	private String ofSpringData(Object answer) {
		if (answer instanceof CommandResponse<?, ?> response) {
			return raw(awaited(response.getOutput()));
		}
		if (answer instanceof ValueEncoding encoding) {
			return String.valueOf(encoding.raw());
		}
		if (answer instanceof PopResult popped) {
			return raw(popped.getKey()) + "=" + raw(popped.getValue());
		}
		if (answer instanceof Tuple tuple) {
			return Text.of(tuple.getValue()) + ":" + tuple.getScore();
		}
		if (answer instanceof TypedTuple<?> tuple) {
			return raw(tuple.getValue()) + ":" + tuple.getScore();
		}
		if (answer instanceof GeoResults<?> results) {
			return elements(results.getContent().stream(), true);
		}
		if (answer instanceof GeoResult<?> result) {
			return raw(result.getContent()) + raw(result.getDistance());
		}
		if (answer instanceof GeoLocation<?> location) {
			return raw(location.getName()) + raw(location.getPoint());
		}
		if (answer instanceof Point || answer instanceof Distance || answer instanceof Range<?>) {
			return answer.toString();
		}
		if (answer instanceof PendingMessages messages) {
			return elements(messages.stream(), true);
		}
		if (answer instanceof PendingMessage message) {
			return message.getId() + " of " + message.getConsumer() + " " + message.getTotalDeliveryCount();
		}
		if (answer instanceof Record<?, ?> record) {
			return raw(record.getStream()) + " " + record.getId() + " " + raw(record.getValue());
		}
		if (answer instanceof StreamInfo.XInfoObject info) {
			// Spring Data itself turns names of fields to this
			return IDENTITY.matcher(raw(info.getRaw())).replaceAll("");
		}
		if (answer instanceof StreamInfo.XInfoGroups groups) {
			return elements(groups.stream(), true);
		}
		if (answer instanceof StreamInfo.XInfoConsumers consumers) {
			return elements(consumers.stream(), true);
		}
		if (answer instanceof ExpireChanges<?> changes) {
			return raw(changes.stateChanges());
		}
		if (answer instanceof Expirations<?> expirations) {
			return raw(expirations.ttl());
		}
		if (answer instanceof Expirations.TimeToLive time) {
			return (time.isPersistent() || time.isMissing()) ? time.toString() : number(time.value());
		}
		return (answer instanceof Collection<?> collection) ? elements(collection.stream(), this.ordered)
				: String.valueOf(answer.toString());
	}

	private String elements(Stream<?> elements, boolean ordered) {
		List<String> texts = elements.map(this::raw).toList();
		return (ordered ? texts.stream() : texts.stream().sorted()).collect(Collectors.joining(", ", "[", "]"));
	}

	// what is left of a time to live gets less while the test runs
	private static String number(long number) {
		return (number > 200) ? "#".repeat(Objects.toString(number).length()) : Long.toString(number);
	}

}
