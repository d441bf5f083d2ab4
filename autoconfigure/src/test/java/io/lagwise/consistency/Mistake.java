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
 * What can be got wrong by whoever uses or writes the decision core.
 */
enum Mistake {

	NONE,

	/**
	 * A poll counts as of when it was answered.
	 */
	TIME_OF_RECEIPT,

	/**
	 * Offsets of two histories are compared.
	 */
	OFFSET_WITHOUT_ID,

	/**
	 * The offset of a position is compared without its ID.
	 */
	POSITION_WITHOUT_ID,

	/**
	 * A proof outlives the connection that it was for.
	 */
	NEVER_VOID,

	/**
	 * Answers to polls that were sent before a proof became void count.
	 */
	LATE_ANSWERS_COUNT,

	/**
	 * A replica tells what is lost.
	 */
	FORK_POINT_OF_A_REPLICA,

	/**
	 * Replicas tell where histories have parted.
	 */
	LINEAGE_FROM_REPLICAS,

	PRIMARY_READ_SETS_NO_FLOOR,

	/**
	 * A write counts from when it was sent, not from when it was acknowledged.
	 */
	FLOOR_AT_SENDING,

	/**
	 * A replica that has not answered the session before needs no proof.
	 */
	OTHER_REPLICA_WITHOUT_PROOF,

	/**
	 * An answer of a replica is not noted.
	 */
	REPLICA_READ_NOT_NOTED,

	/**
	 * Everything is kept if some poll found no more than both histories share.
	 */
	KEPT_BY_OFFSET_ALONE,

	/**
	 * A poll that tells what is kept counts as of when it was answered.
	 */
	HISTORY_AS_OF_RECEIPT,

	/**
	 * The process behind a connection is taken for the one that answered before.
	 */
	ONE_CONNECTION_FOR_ALL_POLLS,

	/**
	 * Histories that end between sending and acknowledging a write are overlooked.
	 */
	SUCCESSIONS_AT_THE_ANSWER,

	/**
	 * What replicas have confirmed counts although the proof has become void since.
	 */
	CONFIRMED_AFTER_INVALIDATION,

	/**
	 * What replicas have confirmed counts as of when they did.
	 */
	CONFIRMED_AT_THE_ANSWER,

	/**
	 * The age of an answer is taken when the question is sent.
	 */
	AGE_AT_SENDING,

	/**
	 * What a replica says before the connection to it is closed counts as the last that
	 * it has answered there.
	 */
	LIMIT_BEFORE_THE_END,

	/**
	 * Any other replica of the same history may take over.
	 */
	PEERS_WITHOUT_OFFSET

}
