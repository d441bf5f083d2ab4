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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Tells which property holds a setting that Lettuce's {@code ReadFrom} refuses.
 */
final class InvalidReadFromFailureAnalyzer extends AbstractFailureAnalyzer<IllegalArgumentException> {

	private static final String PROPERTY = "spring.data.redis.lettuce.read-from";

	private final Environment environment;

	InvalidReadFromFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalArgumentException cause) {
		String value = this.environment.getProperty(PROPERTY);
		if (value == null || !isThrownByReadFrom(cause)) {
			return null;
		}
		return new FailureAnalysis(
				"Property '%s' with value '%s' is refused by Lettuce: %s.".formatted(PROPERTY, value,
						cause.getMessage()),
				"Set upstream, upstream-preferred, replica, replica-preferred, any, any-replica, lowest-latency, "
						+ "subnet:<CIDR> or regex:<pattern>, or remove the property: reads then ask for any replica.",
				cause);
	}

	private static boolean isThrownByReadFrom(Throwable cause) {
		return Arrays.stream(cause.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals("io.lettuce.core.ReadFrom"));
	}

}
