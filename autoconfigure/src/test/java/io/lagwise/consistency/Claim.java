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

package io.lagwise.consistency;

/**
 * What is said, and can be compared with what is.
 */
enum Claim {

	FRESH_AS_OF("a replica has everything executed before an instant"),

	SESSION_READ("a replica or the primary has what a session has seen and written"),

	APPLICATION_READ("a replica or the primary has what the application has seen and written of a key"),

	TAKEN_OVER("a replica that takes over without the primary has what the other one has answered"),

	READ_WITHIN_BOUND("an answer is no older than its bound"),

	SATISFIED("a node holds everything up to a position"),

	POSITION_LOST("the primary does not hold everything up to a position, nor will it"),

	REBASED("a position is the same point in another history"),

	COVERED("a position covers everything acknowledged until an instant"),

	KEPT("a write or a state that was read is part of the new history"),

	LOST("a write is not part of the new history"),

	ALL_KEPT("all acknowledged writes are part of the new history"),

	SOME_LOST("at least one acknowledged write is not part of the new history"),

	AT_RISK("no more acknowledged writes are missing than were said to be at risk");

	private final String meaning;

	Claim(String meaning) {
		this.meaning = meaning;
	}

	String meaning() {
		return this.meaning;
	}

}
