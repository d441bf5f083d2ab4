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

import java.time.Duration;

import org.springframework.boot.convert.DurationStyle;

/**
 * Refuses values that properties cannot have.
 */
final class PropertyRules {

	private PropertyRules() {
	}

	static void requirePositive(String property, Duration duration) {
		if (duration.toMillis() < 1) {
			throw new InvalidPropertyException(property, print(duration), "is not at least one millisecond",
					"Set a duration such as 50ms or 1s.");
		}
	}

	static void requireNotNegative(String property, Duration duration, String action) {
		if (duration.isNegative()) {
			throw new InvalidPropertyException(property, print(duration), "is negative", action);
		}
	}

	static void requireAtLeastOne(String property, int number, String action) {
		if (number < 1) {
			throw new InvalidPropertyException(property, String.valueOf(number), "is not at least 1", action);
		}
	}

	static String print(Duration duration) {
		return DurationStyle.SIMPLE.print(duration);
	}

}
