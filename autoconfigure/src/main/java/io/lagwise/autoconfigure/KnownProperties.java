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

package io.lagwise.autoconfigure;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;

/**
 * The names that properties can have, as the records that hold them say. {@code [*]}
 * stands for a place in a list, {@code *} for a name of the user's choice.
 */
final class KnownProperties {

	private final Set<String> names = new TreeSet<>();

	private final Set<String> spellings;

	private KnownProperties(String prefix, Class<?> type) {
		addAll(prefix, type);
		this.spellings = this.names.stream().map(KnownProperties::spelling).collect(Collectors.toSet());
	}

	static KnownProperties of(String prefix, Class<?> type) {
		return new KnownProperties(prefix, type);
	}

	private void addAll(String prefix, Class<?> type) {
		RecordComponent[] components = type.getRecordComponents();
		Parameter[] parameters = canonicalConstructor(type, components).getParameters();
		for (int i = 0; i < components.length; i++) {
			Name given = parameters[i].getAnnotation(Name.class);
			String name = (given != null) ? given.value()
					: DataObjectPropertyName.toDashedForm(components[i].getName());
			add(prefix + "." + name, components[i].getGenericType());
		}
	}

	private static Constructor<?> canonicalConstructor(Class<?> type, RecordComponent[] components) {
		Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		try {
			return type.getDeclaredConstructor(types);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void add(String name, Type type) {
		if (type instanceof ParameterizedType generic) {
			Type[] arguments = generic.getActualTypeArguments();
			boolean map = generic.getRawType() == Map.class;
			if (!map) {
				this.names.add(name);
			}
			add(name + (map ? ".*" : "[*]"), arguments[arguments.length - 1]);
		}
		else if (type instanceof Class<?> group && group.isRecord()) {
			addAll(name, group);
		}
		else {
			this.names.add(name);
		}
	}

	/**
	 * Return whether there is a property of a name, in whatever spelling that is bound.
	 * @param name the name
	 */
	boolean contains(String name) {
		String spelling = spelling(name.replaceAll("\\[\\d+]", "[*]"));
		return this.spellings.contains(spelling)
				|| this.spellings.stream().anyMatch((known) -> isOfPattern(spelling, known));
	}

	private static boolean isOfPattern(String spelling, String known) {
		int star = known.indexOf(".*");
		return star >= 0 && spelling.length() > star && spelling.startsWith(known.substring(0, star))
				&& ".[".indexOf(spelling.charAt(star)) >= 0;
	}

	/**
	 * Return whether a name is what several properties begin with.
	 * @param name the name
	 */
	boolean isSection(String name) {
		String section = spelling(name) + ".";
		return this.spellings.stream().anyMatch((known) -> known.startsWith(section));
	}

	/**
	 * Return whether there is a property that an environment variable may stand for.
	 * @param name the name without its prefix, in whatever spelling
	 */
	boolean containsLetters(String name) {
		String letters = letters(name.replaceAll("\\.\\d+(?=\\.|$)", ""));
		return this.names.stream()
			.map(KnownProperties::letters)
			.anyMatch((known) -> letters.equals(known)
					|| (known.contains("*") && letters.startsWith(known.substring(0, known.indexOf('*')))));
	}

	/**
	 * Return the names that are meant, the most likely ones.
	 * @param name a name that there is not
	 * @return the names, none if nothing is like it
	 */
	List<String> like(String name) {
		String letters = letters(name);
		String last = letters(name.substring(name.lastIndexOf('.') + 1));
		int least = this.names.stream().mapToInt((known) -> distance(letters, letters(known))).min().orElseThrow();
		// one letter in three may be wrong
		boolean close = least <= Math.min(3, (letters.length() - "lagwise".length()) / 3);
		return this.names.stream()
			.filter((known) -> !known.endsWith("[*]"))
			.filter((known) -> close ? distance(letters, letters(known)) == least
					: letters(known.substring(known.lastIndexOf('.') + 1)).equals(last))
			.toList();
	}

	/**
	 * Return whether a name begins as properties do.
	 * @param name the name
	 */
	boolean isInAGroup(String name) {
		String[] parts = spelling(name).split("[.\\[]");
		return parts.length > 1 && groups().contains(parts[1]);
	}

	private Collection<String> groups() {
		return this.spellings.stream().map((known) -> known.split("[.\\[]")[1]).collect(Collectors.toSet());
	}

	private static String spelling(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

	private static String letters(String name) {
		return name.replaceAll("\\[.*?]|[^a-zA-Z0-9*]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return how many letters have to be changed, left out or put in.
	 */
	static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		Arrays.setAll(row, (i) -> i);
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int changed = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
