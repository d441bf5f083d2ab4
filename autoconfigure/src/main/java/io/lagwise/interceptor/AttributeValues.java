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

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Reads attributes of annotations that may contain placeholders.
 */
final class AttributeValues {

	private StringValueResolver resolver = (value) -> value;

	void resolveWith(StringValueResolver resolver) {
		this.resolver = resolver;
	}

	/**
	 * Return the duration that an attribute holds.
	 * @param annotation the annotation
	 * @param attribute the name of the attribute
	 * @return the duration, or {@code null} if it is not set
	 * @throws InvalidAnnotationException if it holds something else
	 */
	@Nullable Duration duration(MergedAnnotation<?> annotation, String attribute) {
		String text = resolve(annotation.getString(attribute));
		if (text == null) {
			throw refuse(annotation, attribute, "cannot be resolved",
					"Set the property that it names, or a default as in ${some.property:500ms}.");
		}
		if (!StringUtils.hasText(text)) {
			return null;
		}
		try {
			return DurationStyle.detectAndParse(text.trim());
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			throw refuse(annotation, attribute, "is not a duration", "Write it like 500ms, 2s or PT0.5S.");
		}
	}

	/**
	 * Create the exception that refuses the value of an attribute.
	 * @param annotation the annotation
	 * @param attribute the name of the attribute
	 * @param reason what is wrong with the value, as the end of a sentence
	 * @param action what to do
	 * @return the exception
	 */
	InvalidAnnotationException refuse(MergedAnnotation<?> annotation, String attribute, String reason, String action) {
		String value = String.valueOf(annotation.getValue(attribute).orElse(""));
		String resolved = resolve(value);
		String shown = (resolved == null || resolved.equals(value)) ? "'" + value + "'"
				: "'" + value + "', which is '" + resolved + "',";
		return InvalidAnnotationException.ofAttribute(annotation, attribute,
				shown + unit((resolved != null) ? resolved : value), reason, action);
	}

	// who leaves the unit out may have thought of another one
	private static String unit(String value) {
		return value.matches("\\s*[+-]?0*[1-9]\\d*\\s*") ? " (" + value.trim() + " ms, since it has no unit)" : "";
	}

	/**
	 * Return the text without placeholders, or {@code null} if there is one that cannot
	 * be resolved.
	 */
	private @Nullable String resolve(String text) {
		try {
			String resolved = Objects.requireNonNullElse(this.resolver.resolveStringValue(text), "");
			// some resolvers leave what they cannot resolve as it is
			return resolved.contains("${") ? null : resolved;
		}
		catch (IllegalArgumentException | BeansException ex) {
			return null;
		}
	}

}
