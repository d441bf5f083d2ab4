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

/**
 * What one connection of a user has been used for so far.
 * <p>
 * A read after anything that may have written on the same connection stays on the
 * primary: its caller expects to see that write. The same holds after WATCH, MULTI and
 * SELECT. A connection is used this way from the moment the application obtains it until
 * it is returned.
 */
final class ConnectionUse {

	private volatile boolean mayHaveWritten;

	private volatile boolean pipelining;

	boolean mayHaveWritten() {
		return this.mayHaveWritten;
	}

	void markWrite() {
		if (!this.mayHaveWritten) {
			this.mayHaveWritten = true;
		}
	}

	boolean isPipelining() {
		return this.pipelining;
	}

	void setPipelining(boolean pipelining) {
		this.pipelining = pipelining;
	}

}
