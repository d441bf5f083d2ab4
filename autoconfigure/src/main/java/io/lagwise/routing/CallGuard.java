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

package io.lagwise.routing;

import java.time.Duration;

/**
 * Decides whether calls of one kind are made at all, from how earlier ones have ended.
 * Called from many threads; nothing here blocks.
 */
public interface CallGuard {

	/**
	 * A guard that lets every call through.
	 */
	CallGuard NONE = new CallGuard() {
	};

	/**
	 * Ask for one call. Each {@code true} must be followed by {@link #answered} or
	 * {@link #failed}.
	 * @return whether to make the call
	 */
	default boolean tryAcquire() {
		return true;
	}

	/**
	 * Note that a call has been answered, be it with an error of its own making.
	 * @param elapsed how long it took
	 */
	default void answered(Duration elapsed) {
	}

	/**
	 * Note that a call has failed because of what it was meant for.
	 * @param elapsed how long it took
	 * @param failure what happened
	 */
	default void failed(Duration elapsed, Throwable failure) {
	}

}
