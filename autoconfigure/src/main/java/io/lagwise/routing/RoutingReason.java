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
 * Why a read goes where it goes.
 */
public enum RoutingReason {

	/**
	 * A replica serves it: nothing more was asked for.
	 */
	ANY_REPLICA,

	/**
	 * A replica serves it that is proven to be as fresh as was asked for.
	 */
	FRESH_REPLICA,

	/**
	 * A replica serves it that had to catch up first.
	 */
	CAUGHT_UP_REPLICA,

	/**
	 * The primary serves it: no replica is proven to be as fresh as was asked for.
	 */
	NOT_FRESH,

	/**
	 * The primary serves it: that was asked for.
	 */
	PRIMARY_REQUIRED,

	/**
	 * No replica is fit to serve it.
	 */
	NO_ELIGIBLE_REPLICA,

	/**
	 * Every replica that was asked failed.
	 */
	ATTEMPTS_FAILED,

	/**
	 * The primary is asked as well: a replica that may be behind did not have what was
	 * read.
	 */
	MISS,

	/**
	 * The primary serves it: something may have been written before on the same
	 * connection.
	 */
	AFTER_WRITE

}
