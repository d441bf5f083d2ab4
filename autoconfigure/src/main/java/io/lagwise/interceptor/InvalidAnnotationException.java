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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;

/**
 * An annotation promises what cannot be kept. Thrown when the bean that carries it is
 * created.
 */
@SuppressWarnings("serial")
public final class InvalidAnnotationException extends RuntimeException {

	private final String action;

	InvalidAnnotationException(String message, String action) {
		super(message);
		this.action = action;
	}

	static InvalidAnnotationException ofAttribute(MergedAnnotation<?> annotation, String attribute, String value,
			String reason, String action) {
		return new InvalidAnnotationException("Attribute '" + attribute + "' of @" + name(annotation) + " on "
				+ describe(annotation.getSource()) + " with value " + value + " " + reason, action);
	}

	/**
	 * Return what to do about it.
	 * @return one or more sentences
	 */
	public String getAction() {
		return this.action;
	}

	static String describe(@Nullable Object element) {
		if (element instanceof Method method) {
			String parameters = Arrays.stream(method.getParameterTypes())
				.map(Class::getSimpleName)
				.collect(Collectors.joining(", "));
			return "method " + method.getName() + "(" + parameters + ") of " + method.getDeclaringClass().getName();
		}
		return (element instanceof Class<?> type) ? (type.isInterface() ? "interface " : "class ") + type.getName()
				: String.valueOf(element);
	}

	private static String name(MergedAnnotation<?> annotation) {
		String name = annotation.getType().getSimpleName();
		Class<?> root = annotation.getRoot().getType();
		return (root != annotation.getType()) ? name + " (through @" + root.getSimpleName() + ")" : name;
	}

}
