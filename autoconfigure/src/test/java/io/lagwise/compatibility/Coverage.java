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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Which methods of an interface have given an answer that says something.
 * <p>
 * An exception, {@code null} and an empty collection say nothing: a method of which
 * nothing else was seen has not been tried in earnest.
 */
final class Coverage {

	private final Set<String> answered = ConcurrentHashMap.newKeySet();

	private final Set<String> unknownToTheServer = ConcurrentHashMap.newKeySet();

	void answered(Class<?> type, Method method) {
		this.answered.add(signature(type, method));
	}

	void unknownToTheServer(Class<?> type, Method method) {
		this.unknownToTheServer.add(signature(type, method));
	}

	/**
	 * Return the methods without an answer, but for those of which the server says that
	 * it does not know the command.
	 */
	Set<String> missing(Collection<Class<?>> types) {
		Set<String> missing = new TreeSet<>();
		for (Class<?> type : types) {
			methods(type).stream().map((method) -> signature(type, method)).forEach(missing::add);
		}
		missing.removeAll(this.answered);
		missing.removeAll(this.unknownToTheServer);
		return missing;
	}

	int answered() {
		return this.answered.size();
	}

	Set<String> unknownToTheServer() {
		Set<String> unknown = new TreeSet<>(this.unknownToTheServer);
		unknown.removeAll(this.answered);
		return unknown;
	}

	static List<Method> methods(Class<?> type) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
			.toList();
	}

	static String signature(Class<?> type, Method method) {
		String parameters = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", "));
		return type.getSimpleName() + "." + method.getName() + "(" + parameters + ")";
	}

}
