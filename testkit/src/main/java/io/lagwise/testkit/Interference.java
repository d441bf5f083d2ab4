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

import java.time.Duration;

/**
 * What a proxy does to the connections of one kind.
 *
 * @param mode what becomes of the bytes
 * @param delay how much later the bytes from the server arrive
 */
record Interference(Mode mode, Duration delay) {

	static final Interference NONE = new Interference(Mode.FORWARD, Duration.ZERO);

	static final Interference SWALLOW = new Interference(Mode.SWALLOW, Duration.ZERO);

	static final Interference REFUSE = new Interference(Mode.REFUSE, Duration.ZERO);

	static final Interference RESET = new Interference(Mode.RESET, Duration.ZERO);

	static Interference delay(Duration delay) {
		return new Interference(Mode.FORWARD, delay);
	}

	enum Mode {

		/**
		 * Bytes are passed on.
		 */
		FORWARD,

		/**
		 * Bytes vanish in both directions and neither end is told.
		 */
		SWALLOW,

		/**
		 * Connections are closed as soon as they are recognized.
		 */
		REFUSE,

		/**
		 * Connections are reset as soon as they are recognized.
		 */
		RESET

	}

}
