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

package io.lagwise.benchmarks.report;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was asked for on the command line, as {@code --name=value}.
 *
 * @param args the arguments
 */
public record Arguments(List<String> args) {

	public String get(String name, String defaultValue) {
		String prefix = "--" + name + "=";
		return this.args.stream()
			.filter((arg) -> arg.startsWith(prefix))
			.map((arg) -> arg.substring(prefix.length()))
			.findFirst()
			.orElse(defaultValue);
	}

	public <E extends Enum<E>> Set<E> choice(String name, Class<E> type) {
		String names = get(name, "");
		if (names.isEmpty()) {
			return EnumSet.allOf(type);
		}
		return Stream.of(names.split(","))
			.map((choice) -> constant(name, choice.strip().toUpperCase(Locale.ROOT), type))
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(type)));
	}

	private static <E extends Enum<E>> E constant(String name, String choice, Class<E> type) {
		EnumSet<E> constants = EnumSet.allOf(type);
		return constants.stream()
			.filter((constant) -> constant.name().equals(choice))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"--%s: '%s' is none of %s".formatted(name, choice, constants.stream().map(Enum::name).toList())));
	}

	public List<Integer> numbers(String name, String defaultValue) {
		return Stream.of(get(name, defaultValue).split(",")).map(String::strip).map(Integer::valueOf).toList();
	}

}
