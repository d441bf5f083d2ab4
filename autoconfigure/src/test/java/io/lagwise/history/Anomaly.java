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

package io.lagwise.history;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Something that a guarantee rules out.
 *
 * @param guarantee the guarantee
 * @param level what the read asked for that shows it, {@code null} where no read does
 * @param description what is wrong
 * @param evidence the operations that show it, in their order
 */
record Anomaly(Guarantee guarantee, @Nullable Level level, String description, List<Operation> evidence) {

	/**
	 * Return whether it breaks a promise.
	 */
	boolean isViolation() {
		return this.level == null || this.level.promises(this.guarantee);
	}

	@Override
	public String toString() {
		return this.guarantee + ": " + this.description
				+ this.evidence.stream().map((operation) -> "\n    " + operation).collect(Collectors.joining());
	}

}
