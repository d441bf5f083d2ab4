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

/**
 * Why a read did not get its answer from the replica that it was meant for.
 */
public enum FallbackReason {

	/**
	 * The replica did not begin its answer in time.
	 */
	TIMEOUT,

	/**
	 * The connection to the replica broke or was refused.
	 */
	CONNECTION_LOST,

	/**
	 * The replica answered that it is loading its data.
	 */
	LOADING,

	/**
	 * The replica answered that it is cut off from its primary.
	 */
	MASTERDOWN,

	/**
	 * The answer came too late to be within its bound.
	 */
	TOO_STALE,

	/**
	 * No replica was proven to be as fresh as was asked for.
	 */
	NOT_FRESH,

	/**
	 * The replica did not have what was read, and the primary is asked as well.
	 */
	MISS,

	/**
	 * There was no replica to ask.
	 */
	NO_ELIGIBLE_REPLICA

}
