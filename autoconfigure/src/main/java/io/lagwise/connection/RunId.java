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

package io.lagwise.connection;

import org.jspecify.annotations.Nullable;

/**
 * Reads from {@code INFO server} which process it is that answers. An address may lead to
 * another one with each connection.
 */
final class RunId {

	/**
	 * The section of {@code INFO} that tells it.
	 */
	static final String SECTION = "server";

	private static final String FIELD = "run_id:";

	private RunId() {
	}

	/**
	 * Return the process that has answered.
	 * @param info the answer, or {@code null} if there was none
	 * @return the process, or {@code null} if the answer does not tell
	 */
	static @Nullable String parse(@Nullable String info) {
		return (info != null) ? info.lines()
			.filter((line) -> line.startsWith(FIELD))
			.map((line) -> line.substring(FIELD.length()).trim())
			.filter((runId) -> !runId.isEmpty())
			.findFirst()
			.orElse(null) : null;
	}

}
