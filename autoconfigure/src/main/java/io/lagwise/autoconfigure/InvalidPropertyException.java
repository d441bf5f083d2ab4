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

/**
 * Thrown when a property has a value that cannot be.
 */
final class InvalidPropertyException extends RuntimeException {

	private final String action;

	InvalidPropertyException(String property, String value, String reason, String action) {
		super("Property '%s' with value '%s' %s".formatted(property, value, reason));
		this.action = action;
	}

	/**
	 * Create an exception that does not show a value, which may be a secret.
	 */
	InvalidPropertyException(String property, String reason, String action) {
		super("Property '%s' %s".formatted(property, reason));
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
