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

package io.lagwise.benchmarks.cost;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * What is read. Keys are made once, so that only what the client does is measured; they
 * have the names that a cache of that name would give them.
 */
enum Operation {

	GET_16("GET 16 B", 1000, 16),

	GET_1K("GET 1 KiB", 1000, 1024),

	GET_64K("GET 64 KiB", 100, 64 * 1024),

	/**
	 * Each number stands for fifty keys of {@link #GET_16}.
	 */
	MGET_50("MGET 50 × 16 B", 100, 50),

	HGETALL_100("HGETALL 100 × 16 B", 100, 100);

	private final String label;

	private final int size;

	private final String[] ids;

	private final String[] names;

	private final byte[][] keys;

	private final String[][] groupNames;

	private final byte[][][] groups;

	Operation(String label, int keys, int size) {
		this.label = label;
		this.size = size;
		this.ids = IntStream.range(0, keys).mapToObj(Integer::toString).toArray(String[]::new);
		this.names = Stream.of(this.ids).map((id) -> cache() + "::" + id).toArray(String[]::new);
		this.keys = Stream.of(this.names).map(Operation::bytes).toArray(byte[][]::new);
		this.groupNames = IntStream.range(0, keys).mapToObj(Operation::members).toArray(String[][]::new);
		this.groups = Stream.of(this.groupNames)
			.map((group) -> Stream.of(group).map(Operation::bytes).toArray(byte[][]::new))
			.toArray(byte[][][]::new);
	}

	String label() {
		return this.label;
	}

	String cache() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return how many keys, or groups of keys, there are.
	 */
	int count() {
		return this.keys.length;
	}

	/**
	 * Return what the number's entry has as its key in the cache.
	 */
	String id(int number) {
		return this.ids[number];
	}

	String name(int number) {
		return this.names[number];
	}

	byte[] key(int number) {
		return this.keys[number];
	}

	String[] groupNames(int number) {
		return this.groupNames[number];
	}

	byte[][] keys(int number) {
		return this.groups[number];
	}

	/**
	 * Return the value of each key, or of each field.
	 */
	byte[] value() {
		byte[] value = new byte[(this == HGETALL_100) ? 16 : this.size];
		Arrays.fill(value, (byte) 'v');
		return value;
	}

	static List<byte[]> fields() {
		return IntStream.range(0, 100).mapToObj((field) -> bytes("field-" + field)).toList();
	}

	void check(@Nullable Object answer) {
		int found = size(answer);
		if (found != this.size) {
			throw new IllegalStateException(
					"%s was answered with %d bytes or elements instead of %d".formatted(this.label, found, this.size));
		}
	}

	private static int size(@Nullable Object answer) {
		if (answer instanceof Cache.ValueWrapper wrapper) {
			return size(wrapper.get());
		}
		if (answer instanceof Map<?, ?> map) {
			return map.size();
		}
		if (answer instanceof Collection<?> collection) {
			return collection.size();
		}
		return (answer instanceof byte[] value) ? value.length : 0;
	}

	private static String[] members(int number) {
		return IntStream.range(0, 50)
			.mapToObj((member) -> "get_16::" + (number * 7 + member) % 1000)
			.toArray(String[]::new);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
