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

package io.lagwise.interceptor;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses annotations on what no proxy can see: they would have no effect. Calls of an
 * object's own methods are past the proxy, too, but nobody can tell from the outside.
 */
final class ProxyReach {

	private final Set<Class<? extends Annotation>> annotationTypes;

	ProxyReach(Set<Class<? extends Annotation>> annotationTypes) {
		this.annotationTypes = annotationTypes;
	}

	/**
	 * Check the methods of a class that have an annotation on themselves.
	 * @param type the class of a bean
	 * @throws InvalidAnnotationException if one of them is private or static
	 */
	void requireReachable(Class<?> type) {
		annotatedMethods(type).forEach((method) -> {
			if (Modifier.isStatic(method.getModifiers())) {
				throw unreachable(method, "static");
			}
			if (Modifier.isPrivate(method.getModifiers())) {
				throw unreachable(method, "private");
			}
		});
	}

	/**
	 * Check a class whose proxies are subclasses.
	 * @param type the class of a bean in which an annotation covers something
	 * @throws InvalidAnnotationException if it is final, or a method that has an
	 * annotation on itself is
	 */
	void requireOverridable(Class<?> type) {
		// these are proxied by their interfaces
		if (Proxy.isProxyClass(type) || ClassUtils.isLambdaClass(type)) {
			return;
		}
		if (Modifier.isFinal(type.getModifiers())) {
			throw new InvalidAnnotationException(
					names() + " covers methods of " + InvalidAnnotationException.describe(type)
							+ ", which is final: there can be no proxy of it that keeps them",
					"Let the class not be final, or let it implement an interface and set "
							+ "spring.aop.proxy-target-class=false.");
		}
		annotatedMethods(type).filter((method) -> Modifier.isFinal(method.getModifiers())).forEach((method) -> {
			throw unreachable(method, "final");
		});
	}

	private Stream<Method> annotatedMethods(Class<?> type) {
		return Proxy.isProxyClass(type) ? Stream.empty()
				: Arrays.stream(ReflectionUtils.getAllDeclaredMethods(ClassUtils.getUserClass(type)))
					.filter((method) -> !method.isSynthetic() && annotations(method).findAny().isPresent());
	}

	private Stream<MergedAnnotation<?>> annotations(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method);
		return this.annotationTypes.stream()
			.<MergedAnnotation<?>>map((type) -> annotations.get(type))
			.filter(MergedAnnotation::isPresent);
	}

	private InvalidAnnotationException unreachable(Method method, String modifier) {
		String annotations = annotations(method).map((annotation) -> "@" + annotation.getType().getSimpleName())
			.sorted()
			.collect(Collectors.joining(" and "));
		return new InvalidAnnotationException(
				annotations + " on " + InvalidAnnotationException.describe(method) + ", which is " + modifier
						+ ", would have no effect: no proxy sees its calls",
				"Put the annotation on a method that is neither private nor static nor final and that other beans call, "
						+ "or remove it.");
	}

	private String names() {
		return this.annotationTypes.stream()
			.map((type) -> "@" + type.getSimpleName())
			.sorted()
			.collect(Collectors.joining(", "));
	}

}
