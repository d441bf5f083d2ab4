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

package io.lagwise.replication;

/**
 * Whether a node may answer reads, and if not, why.
 */
public enum NodeState {

	/**
	 * The node is in its place: the primary, or a replica that follows it.
	 */
	ONLINE("online"),

	/**
	 * The node has not been heard of yet.
	 */
	UNKNOWN("not heard of yet"),

	/**
	 * The node does not answer.
	 */
	UNREACHABLE("does not answer"),

	/**
	 * The node answers, but refuses the user or the password.
	 */
	LOCKED("refuses the login"),

	/**
	 * The node answers, but refuses to say how its replication stands.
	 */
	CONCEALED("refuses INFO replication"),

	/**
	 * The replica is cut off from its primary.
	 */
	LINK_DOWN("is cut off from its primary"),

	/**
	 * The replica is loading a full copy of the data.
	 */
	SYNCHRONIZING("is loading a full copy of the data"),

	/**
	 * The replica is in its place, but is not to be shown to clients.
	 */
	HIDDEN("is hidden from clients (replica-announced no)"),

	/**
	 * The node belongs to the others by name only: it has not been heard of lately, or
	 * never, and the primary does not know it either.
	 */
	ABSENT("is not there: it does not answer, and is not attached to the primary"),

	/**
	 * The replica follows another primary.
	 */
	FOREIGN("follows another primary"),

	/**
	 * The node says that it is a primary but is not the one in charge.
	 */
	DEPOSED("says that it is a primary but is not the one in charge");

	private final String description;

	NodeState(String description) {
		this.description = description;
	}

	/**
	 * Return whether a node in that state counts as a replica of the primary.
	 * @return {@code false} where it is hidden or not there
	 */
	public boolean isPresent() {
		return this != HIDDEN && this != ABSENT;
	}

	/**
	 * Return the state as a phrase for messages.
	 * @return the phrase
	 */
	public String description() {
		return this.description;
	}

}
