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

package io.lagwise.testkit;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Finds what a test class asks for. JUnit and Spring must both see the same, so neither
 * of their ways to look for annotations is used.
 */
final class TestClassAnnotation {

	private final Set<Class<?>> visited = new HashSet<>();

	private TestClassAnnotation() {
	}

	/**
	 * Return what a test class asks for.
	 * @param testClass the test class
	 * @return the specification, or {@code null} if it does not ask
	 */
	static @Nullable Specification specification(Class<?> testClass) {
		WithReplicatedRedis annotation = new TestClassAnnotation().findOnClass(testClass);
		return (annotation != null) ? specification(annotation) : null;
	}

	private @Nullable WithReplicatedRedis findOnClass(@Nullable Class<?> type) {
		if (type == null || type == Object.class || !this.visited.add(type)) {
			return null;
		}
		WithReplicatedRedis found = findOnElement(type);
		if (found == null) {
			found = findOnClass(type.getSuperclass());
		}
		for (Class<?> implemented : type.getInterfaces()) {
			found = (found != null) ? found : findOnClass(implemented);
		}
		boolean nested = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
		return (found != null || !nested) ? found : findOnClass(type.getEnclosingClass());
	}

	private @Nullable WithReplicatedRedis findOnElement(AnnotatedElement element) {
		for (Annotation annotation : element.getDeclaredAnnotations()) {
			if (annotation instanceof WithReplicatedRedis found) {
				return found;
			}
		}
		for (Annotation annotation : element.getDeclaredAnnotations()) {
			Class<?> type = annotation.annotationType();
			WithReplicatedRedis found = this.visited.add(type) ? findOnElement(type) : null;
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	private static Specification specification(WithReplicatedRedis annotation) {
		ReplicatedRedis.Builder builder = ReplicatedRedis.builder()
			.replicas(annotation.replicas())
			.sentinels(annotation.sentinels())
			.topology(annotation.topology())
			.password(annotation.password())
			.aclUser(annotation.aclUser(), annotation.aclPassword())
			.sentinelPassword(annotation.sentinelPassword())
			.tls(annotation.tls())
			.proxied(annotation.proxied())
			.downAfter(Duration.ofMillis(annotation.downAfterMillis()));
		for (String line : annotation.config()) {
			int separator = line.startsWith("sentinel ") ? line.indexOf(' ', "sentinel ".length()) : line.indexOf(' ');
			if (separator < 0) {
				throw new IllegalStateException(
						"'config' of @WithReplicatedRedis must hold directives with their values, but one is '" + line
								+ "'");
			}
			builder.config(line.substring(0, separator), line.substring(separator + 1));
		}
		return builder.specification();
	}

}
