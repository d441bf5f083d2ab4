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

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.data.domain.Range;
import org.springframework.data.domain.Range.Bound;
import org.springframework.data.geo.Circle;
import org.springframework.data.geo.Distance;
import org.springframework.data.geo.Metric;
import org.springframework.data.geo.Metrics;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.connection.BitFieldSubCommands;
import org.springframework.data.redis.connection.BitFieldSubCommands.BitFieldType;
import org.springframework.data.redis.connection.CompareCondition;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.connection.DefaultSortParameters;
import org.springframework.data.redis.connection.ExpirationOptions;
import org.springframework.data.redis.connection.Limit;
import org.springframework.data.redis.connection.ReactiveListCommands.LPosCommand;
import org.springframework.data.redis.connection.ReactiveSetCommands.SPopCommand;
import org.springframework.data.redis.connection.ReactiveStreamCommands.GroupCommand;
import org.springframework.data.redis.connection.RedisGeoCommands;
import org.springframework.data.redis.connection.RedisGeoCommands.DistanceUnit;
import org.springframework.data.redis.connection.RedisGeoCommands.GeoRadiusCommandArgs;
import org.springframework.data.redis.connection.RedisGeoCommands.GeoSearchCommandArgs;
import org.springframework.data.redis.connection.RedisGeoCommands.GeoSearchStoreCommandArgs;
import org.springframework.data.redis.connection.RedisStreamCommands.TrimOptions;
import org.springframework.data.redis.connection.RedisStreamCommands.XAddOptions;
import org.springframework.data.redis.connection.RedisStreamCommands.XClaimOptions;
import org.springframework.data.redis.connection.RedisStreamCommands.XDelOptions;
import org.springframework.data.redis.connection.RedisStreamCommands.XPendingOptions;
import org.springframework.data.redis.connection.RedisStreamCommands.XTrimOptions;
import org.springframework.data.redis.connection.RedisZSetCommands.ZAddArgs;
import org.springframework.data.redis.connection.SetCondition;
import org.springframework.data.redis.connection.SortParameters;
import org.springframework.data.redis.connection.SortParameters.Order;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.Record;
import org.springframework.data.redis.connection.stream.RecordId;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import org.springframework.data.redis.connection.stream.StreamRecords;
import org.springframework.data.redis.connection.zset.Tuple;
import org.springframework.data.redis.connection.zset.Weights;
import org.springframework.data.redis.core.BulkMapper;
import org.springframework.data.redis.core.DeleteSpec;
import org.springframework.data.redis.core.KeyScanOptions;
import org.springframework.data.redis.core.ListOperations.MoveFrom;
import org.springframework.data.redis.core.ListOperations.MoveTo;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.SetSpec;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;
import org.springframework.data.redis.core.query.SortQuery;
import org.springframework.data.redis.core.query.SortQueryBuilder;
import org.springframework.data.redis.core.types.Expiration;
import org.springframework.data.redis.domain.geo.BoundingBox;
import org.springframework.data.redis.domain.geo.GeoReference;
import org.springframework.data.redis.domain.geo.GeoShape;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Makes up arguments for a method from the types and the names of its parameters, few
 * enough different ones for commands to meet what others have written.
 */
final class Arguments {

	/**
	 * Long before and long after any time at which the test may run.
	 */
	private static final Instant BASE = Instant.now();

	private static final Set<String> KEYS = Set.of("destKey", "destination", "destinationKey", "dstKey", "key", "keys",
			"newKey", "oldKey", "otherKey", "sourceKey", "sourceKeys", "srcKey", "storeKey", "targetKey", "source",
			"sets", "from", "to", "keyValuePairs", "tuple", "otherKeys");

	private static final Set<String> PLACES = Set.of("member", "member1", "member2", "from", "to");

	private static final List<String> TEXTS = List.of("a", "b", "c", "d", "1", "2", "30");

	private final SplittableRandom random;

	private final CommandGroup<?> group;

	private final Keys keys;

	private final byte[] dump;

	private final boolean blocking;

	private final int step;

	private String groupName = "g";

	// whether an offset is that of a page
	private boolean limited;

	// a key with a single element, until it has been used
	private String single;

	Arguments(SplittableRandom random, CommandGroup<?> group, Keys keys, byte[] dump, boolean blocking, int step) {
		this.random = random;
		this.group = group;
		this.keys = keys;
		this.dump = dump;
		this.blocking = blocking;
		this.step = step;
	}

	/**
	 * Let the first key be one that has a single element.
	 */
	void startWith(String single) {
		this.single = single;
	}

	String key() {
		if (this.single != null) {
			String key = this.single;
			this.single = null;
			return key;
		}
		return this.keys.any(this.random);
	}

	Object[] of(Method method) {
		this.limited = hasParameterCalled(method, "count");
		this.groupName = method.getName().matches("createGroup|xGroupCreate") ? "h" : "g";
		Parameter[] parameters = method.getParameters();
		Object[] values = new Object[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			values[i] = value(parameters[i].getParameterizedType(), parameters[i].getName());
		}
		return values;
	}

	private Object value(Type type, String name) {
		if (type instanceof TypeVariable<?> variable) {
			return ofVariable(variable.getName(), name);
		}
		if (type instanceof WildcardType wildcard) {
			return value(wildcard.getUpperBounds()[0], name);
		}
		if (type instanceof GenericArrayType array) {
			return array(array.getGenericComponentType(), raw(array.getGenericComponentType()), name);
		}
		Class<?> raw = raw(type);
		if (raw == byte[].class) {
			return name.equals("serializedValue") ? this.dump : Text.bytes(textual(name));
		}
		if (raw.isArray()) {
			return array(raw.getComponentType(), raw.getComponentType(), name);
		}
		if (raw == ByteBuffer.class) {
			return Text.buffer(textual(name));
		}
		if (raw == Object.class) {
			boolean field = this.group.type().getSimpleName().equals("BoundHashOperations");
			return (name.equals("key") && !field) ? key() : text();
		}
		if (type instanceof ParameterizedType parameterized) {
			Object generic = ofGeneric(raw, parameterized, name);
			if (generic != null) {
				return generic;
			}
		}
		return plain(raw, name);
	}

	private Object ofVariable(String variable, String name) {
		return switch (variable) {
			case "K", "H" -> name.startsWith("pattern") ? this.keys.pattern() : key();
			case "HK", "HV", "V", "M" -> element(name);
			case "T" -> 2L;
			default -> throw new IllegalArgumentException("No value for a " + variable + " called " + name);
		};
	}

	private String textual(String name) {
		if (name.startsWith("pattern")) {
			return this.keys.pattern();
		}
		boolean place = this.group.content() == Content.GEO && PLACES.contains(name);
		return (KEYS.contains(name) && !place) ? key() : element(name);
	}

	private String element(String name) {
		return (this.group.content() == Content.GEO && PLACES.contains(name)) ? one(List.of("a", "b", "c")) : text();
	}

	private Object array(Type component, Class<?> raw, String name) {
		int length = (raw == StreamOffset.class) ? 1 : 2;
		Object array = Array.newInstance((component instanceof TypeVariable<?>) ? Object.class : raw, length);
		if (component instanceof TypeVariable<?>) {
			array = new String[length];
		}
		for (int i = 0; i < length; i++) {
			Array.set(array, i, value(component, name));
		}
		return array;
	}

	private Object ofGeneric(Class<?> raw, ParameterizedType type, String name) {
		Type first = type.getActualTypeArguments()[0];
		if (Map.class == raw) {
			return map(first, type.getActualTypeArguments()[1], name);
		}
		if (Set.class == raw) {
			return new LinkedHashSet<>(list(first, name));
		}
		if (raw == Collection.class || raw == List.class || raw == Iterable.class) {
			return list(first, name);
		}
		if (raw == Range.class) {
			return range(first);
		}
		if (raw == RedisGeoCommands.GeoLocation.class) {
			return new RedisGeoCommands.GeoLocation<>(value(first, "member"), point());
		}
		if (raw == GeoReference.class) {
			return this.random.nextBoolean() ? GeoReference.fromMember(value(first, "member"))
					: GeoReference.fromCoordinate(point());
		}
		if (raw == StreamOffset.class) {
			return StreamOffset.create(value(first, "key"), readOffset());
		}
		if (raw == MoveFrom.class) {
			return this.random.nextBoolean() ? MoveFrom.fromHead(key()) : MoveFrom.fromTail(key());
		}
		if (raw == MoveTo.class) {
			return this.random.nextBoolean() ? MoveTo.toHead(key()) : MoveTo.toTail(key());
		}
		if (raw.getSimpleName().equals("Publisher")) {
			return first.getTypeName().equals("K") ? Flux.just(key(), key()) : Mono.just(value(first, name));
		}
		if (raw == java.util.function.Consumer.class) {
			return first.getTypeName().contains("SetSpec") ? setSpec() : deleteSpec();
		}
		if (raw == Class.class) {
			return String.class;
		}
		return null;
	}

	private List<Object> list(Type element, String name) {
		int size = name.equals("otherKeys") ? 1 : 2;
		List<Object> list = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			list.add(value(element, name));
		}
		return list;
	}

	private Map<Object, Object> map(Type key, Type value, String name) {
		Map<Object, Object> map = new LinkedHashMap<>();
		map.put(value(key, name), value(value, "value"));
		map.put(value(key, name), value(value, "value"));
		return map;
	}

	private Object range(Type element) {
		boolean streams = this.group.content() == Content.STREAM;
		if (element.getTypeName().equals("byte[]")) {
			return range(Text.bytes(text()), Text.bytes("d"));
		}
		if (element == String.class) {
			return streams ? range((1 + this.random.nextInt(3)) + "-0", "4-0") : range(text(), "d");
		}
		if (element == Long.class) {
			return Range.closed((long) this.random.nextInt(3) - 1, (long) this.random.nextInt(4));
		}
		return streams ? Range.unbounded() : range(this.random.nextInt(3) + 0.5, this.random.nextInt(4) + 2.5);
	}

	private <T> Range<T> range(T from, T to) {
		return switch (this.random.nextInt(5)) {
			case 0 -> Range.unbounded();
			case 1 -> Range.of(Bound.exclusive(from), Bound.inclusive(to));
			case 2 -> Range.of(Bound.inclusive(from), Bound.unbounded());
			default -> Range.of(Bound.inclusive(from), Bound.inclusive(to));
		};
	}

	private Object plain(Class<?> raw, String name) {
		if (raw == long.class || raw == Long.class || raw == Number.class) {
			return number(name);
		}
		if (raw == int.class || raw == Integer.class) {
			return (this.blocking || name.contains("timeout")) ? 1 : 1 + this.random.nextInt(2);
		}
		if (raw == double.class || raw == Double.class) {
			return switch (name) {
				case "timeout" -> 1.0;
				case "radius" -> 200_000.0;
				case "max" -> this.random.nextInt(4) + 3.5;
				default -> this.random.nextInt(4) + 0.5;
			};
		}
		if (raw == boolean.class) {
			return this.random.nextBoolean();
		}
		if (raw == String.class) {
			return string(name);
		}
		if (raw == TimeUnit.class) {
			return this.blocking ? TimeUnit.SECONDS
					: one(List.of(TimeUnit.SECONDS, TimeUnit.MILLISECONDS, TimeUnit.MINUTES));
		}
		if (raw.isEnum()) {
			return raw.getEnumConstants()[this.random.nextInt(raw.getEnumConstants().length)];
		}
		if (raw == Duration.class) {
			return this.blocking ? Duration.ofSeconds(1)
					: name.toLowerCase().contains("idle") ? one(List.of(Duration.ZERO, Duration.ofHours(1)))
							: Duration.ofSeconds(one(List.of(3030L, 30330L)));
		}
		if (raw == Instant.class) {
			return instant();
		}
		if (raw == Date.class) {
			return Date.from(instant());
		}
		return (this.group.content() == Content.STREAM) ? ofStreams(raw) : ofOtherGroups(raw);
	}

	private long number(String name) {
		return switch (name) {
			case "count" -> 1 + this.random.nextInt(3);
			case "start", "index" -> this.random.nextInt(5) - 2;
			case "end" -> this.random.nextInt(7) - 2;
			case "offset" -> this.random.nextInt(this.limited ? 2 : 12);
			case "seconds" -> one(List.of(3030L, 30330L));
			case "timeout" -> this.blocking ? 1 : 3_030_000L;
			case "millis", "milliseconds", "ttlInMillis", "timeToLive" -> one(List.of(3_030_000L, 30_330_000L));
			case "unixTime" -> instant().getEpochSecond();
			case "unixTimeInMillis" -> instant().toEpochMilli();
			default -> 1 + this.random.nextInt(5);
		};
	}

	private Instant instant() {
		return (this.random.nextInt(5) == 0) ? BASE.minus(Duration.ofDays(1)) : BASE.plusSeconds(19_800);
	}

	private String string(String name) {
		return switch (name) {
			case "group", "groupName", "consumerGroup" -> this.groupName;
			case "consumerName", "newOwner" -> one(List.of("c", "c", "d"));
			case "min" -> one(List.of("1", "(1", "-inf"));
			case "max" -> one(List.of("3", "(4", "+inf"));
			case "recordIds" -> recordId().getValue();
			default -> text();
		};
	}

	private Object ofStreams(Class<?> raw) {
		Map<String, String> body = Map.of("a", text());
		RecordId next = RecordId.of((100 + this.step) + "-0");
		return switch (raw.getSimpleName()) {
			case "Limit" -> limit();
			case "RecordId" -> recordId();
			case "Consumer" -> Consumer.from("g", one(List.of("c", "c", "d")));
			case "ReadOffset" -> readOffset();
			case "ByteBufferRecord" -> StreamRecords.rawBuffer(Map.of(Text.buffer("a"), Text.buffer(text())))
				.withId(next)
				.withStreamKey(Text.buffer(key()));
			case "MapRecord" -> this.group.type().getSimpleName().startsWith("RedisStream")
					? StreamRecords.rawBytes(Map.of(Text.bytes("a"), Text.bytes(text())))
						.withId(next)
						.withStreamKey(Text.bytes(key()))
					: StreamRecords.string(body).withId(next).withStreamKey(key());
			case "Record" -> record(body);
			case "XAddOptions" -> this.random.nextBoolean() ? XAddOptions.none()
					: one(List.of(XAddOptions.trim(TrimOptions.maxLen(3)), XAddOptions.makeNoStream()));
			case "XDelOptions" -> XDelOptions.defaults();
			case "XTrimOptions" -> XTrimOptions.trim(TrimOptions.maxLen(3));
			case "XClaimOptions" -> XClaimOptions.minIdle(Duration.ZERO).ids(recordId(), recordId());
			case "XPendingOptions" -> XPendingOptions.unbounded(3L);
			case "StreamReadOptions" -> StreamReadOptions.empty().count(2);
			case "GroupCommand" -> GroupCommand.createGroup("h").at(ReadOffset.latest()).forStream(Text.buffer(key()));
			default -> throw new IllegalArgumentException("No value for a " + raw);
		};
	}

	private Record<?, ?> record(Map<String, String> body) {
		if (this.random.nextBoolean()) {
			return StreamRecords.string(body).withId(recordId()).withStreamKey(key());
		}
		return StreamRecords.newRecord().in(key()).withId(recordId()).ofObject(text());
	}

	private Object ofOtherGroups(Class<?> raw) {
		return switch (raw.getSimpleName()) {
			case "Limit" -> limit();
			case "Expiration" -> expiration();
			case "ExpirationOptions" -> one(List.of(ExpirationOptions.none(), ExpirationOptions.builder().nx().build(),
					ExpirationOptions.builder().xx().build()));
			case "CompareCondition" -> CompareCondition.ifEquals(Text.bytes(text()));
			case "SetCondition" ->
				one(List.of(SetCondition.upsert(), SetCondition.ifAbsent(), SetCondition.ifPresent()));
			case "ScanOptions" -> ScanOptions.scanOptions()
				.match((this.group.content() == Content.MIXED) ? this.keys.pattern() : "*")
				.count(1000)
				.build();
			case "KeyScanOptions" -> (KeyScanOptions) KeyScanOptions.scanOptions(DataType.LIST)
				.match(this.keys.pattern())
				.count(1000)
				.build();
			case "SortParameters" -> sort();
			case "SortQuery" -> sortQuery();
			case "BulkMapper" -> (BulkMapper<String, String>) (bulk) -> String.join("+", bulk);
			case "RedisSerializer" -> RedisSerializer.string();
			case "BitFieldSubCommands" -> BitFieldSubCommands.create()
				.get(BitFieldType.unsigned(8))
				.valueAt(this.random.nextInt(8))
				.incr(BitFieldType.INT_8)
				.valueAt(8)
				.by(this.random.nextInt(3));
			case "ZAddArgs" -> one(List.of(ZAddArgs.empty(), ZAddArgs.ifNotExists(), ZAddArgs.ifExists().gt()));
			case "Weights" -> Weights.of(2, 3);
			case "Tuple" -> Tuple.of(Text.bytes(text()), this.random.nextInt(5) + 0.5);
			case "TypedTuple" -> TypedTuple.of(text(), this.random.nextInt(5) + 0.5);
			case "LPosCommand" -> LPosCommand.lPosOf(Text.buffer(text())).from(Text.buffer(key()));
			case "SPopCommand" -> SPopCommand.one().from(Text.buffer(key()));
			default -> ofPlaces(raw);
		};
	}

	private Object ofPlaces(Class<?> raw) {
		return switch (raw.getSimpleName()) {
			case "Point" -> point();
			case "Circle" -> new Circle(point(), new Distance(150, Metrics.KILOMETERS));
			case "Distance" -> new Distance(120, Metrics.KILOMETERS);
			case "Metric" -> one(List.<Metric>of(Metrics.KILOMETERS, DistanceUnit.METERS));
			case "BoundingBox" -> new BoundingBox(300, 200, DistanceUnit.KILOMETERS);
			case "GeoShape" -> this.random.nextBoolean() ? GeoShape.byRadius(new Distance(120, Metrics.KILOMETERS))
					: GeoShape.byBox(300, 200, DistanceUnit.KILOMETERS);
			case "GeoRadiusCommandArgs" ->
				GeoRadiusCommandArgs.newGeoRadiusArgs().includeDistance().includeCoordinates().sortAscending();
			case "GeoSearchCommandArgs" -> GeoSearchCommandArgs.newGeoSearchArgs().includeDistance().sortDescending();
			case "GeoSearchStoreCommandArgs" ->
				GeoSearchStoreCommandArgs.newGeoSearchStoreArgs().sortAscending().limit(2);
			default -> throw new IllegalArgumentException("No value for a " + raw);
		};
	}

	private Limit limit() {
		return this.random.nextBoolean() ? Limit.unlimited() : Limit.limit().offset(1).count(2);
	}

	private Expiration expiration() {
		return switch (this.random.nextInt(5)) {
			case 0 -> Expiration.persistent();
			case 1 -> Expiration.keepTtl();
			case 2 -> Expiration.milliseconds(3_030_000);
			case 3 -> Expiration.unixTimestamp(BASE.plusSeconds(19_800).getEpochSecond(), TimeUnit.SECONDS);
			default -> Expiration.seconds(30_330);
		};
	}

	private SortParameters sort() {
		return switch (this.random.nextInt(4)) {
			case 0 -> new DefaultSortParameters().alpha().desc();
			case 1 -> new DefaultSortParameters().numeric().limit(1, 2);
			case 2 -> new DefaultSortParameters().by(Text.bytes(this.keys.named("weight:*")))
				.get(Text.bytes(this.keys.named("weight:*")))
				.get(Text.bytes("#"));
			default -> new DefaultSortParameters();
		};
	}

	private SortQuery<String> sortQuery() {
		return this.random.nextBoolean() ? SortQueryBuilder.sort(key()).get("#").build()
				: SortQueryBuilder.sort(key()).alphabetical(true).order(Order.DESC).build();
	}

	private java.util.function.Consumer<SetSpec<String, String>> setSpec() {
		boolean absent = this.random.nextBoolean();
		return (spec) -> (absent ? spec.ifAbsent() : spec.ifPresent()).expire(Duration.ofSeconds(3030));
	}

	private java.util.function.Consumer<DeleteSpec<String, String>> deleteSpec() {
		String value = text();
		return this.random.nextBoolean() ? DeleteSpec::always : (spec) -> spec.ifEquals().value(value);
	}

	private Point point() {
		return new Point(13 + this.random.nextInt(3), 37 + this.random.nextInt(2));
	}

	private RecordId recordId() {
		return RecordId.of((1 + this.random.nextInt(5)) + "-0");
	}

	private ReadOffset readOffset() {
		return one(List.of(ReadOffset.from("0-0"), ReadOffset.from("2-0"), ReadOffset.lastConsumed()));
	}

	// the first ones more often, for commands to meet them
	private String text() {
		return TEXTS.get(Math.min(this.random.nextInt(TEXTS.size()), this.random.nextInt(TEXTS.size())));
	}

	private <T> T one(List<T> values) {
		return values.get(this.random.nextInt(values.size()));
	}

	private static Class<?> raw(Type type) {
		if (type instanceof Class<?> plain) {
			return plain;
		}
		if (type instanceof ParameterizedType parameterized) {
			return (Class<?>) parameterized.getRawType();
		}
		return (type instanceof GenericArrayType array) ? raw(array.getGenericComponentType()).arrayType()
				: Object.class;
	}

	static boolean hasParameterCalled(Method method, String name) {
		return List.of(method.getParameters()).stream().anyMatch((parameter) -> parameter.getName().equals(name));
	}

}
