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

package io.lagwise.interceptor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteConfirmation;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;

/**
 * Writes in place of a connection, and notes in which order what happens to them.
 */
final class RecordedWrites {

	private final List<String> events = new CopyOnWriteArrayList<>();

	private WriteRequirement requirement;

	private RuntimeException shortfall;

	void write() {
		WriteScope scope = RoutingContext.currentWrites();
		note((scope != null) ? "write" : "write outside");
		if (scope != null) {
			scope.confirmation(this, Confirmation.class, Confirmation::new);
		}
	}

	void note(String event) {
		this.events.add(event);
	}

	void failToConfirm(RuntimeException shortfall) {
		this.shortfall = shortfall;
	}

	List<String> events() {
		return this.events;
	}

	/**
	 * Return what the last confirmation asked for: replicas, timeout, reaction.
	 */
	String requirement() {
		if (this.requirement == null) {
			return "nothing";
		}
		int replicas = this.requirement.replicas();
		return ((replicas == WaitForReplicas.ALL) ? "ALL" : replicas) + " " + this.requirement.timeout() + " "
				+ this.requirement.onShortfall();
	}

	private final class Confirmation implements WriteConfirmation {

		@Override
		public void confirm(WriteRequirement requirement) {
			String thread = Thread.currentThread().getName();
			note(thread.startsWith("worker") ? "confirm on " + thread : "confirm");
			RecordedWrites.this.requirement = requirement;
			if (RecordedWrites.this.shortfall != null) {
				throw RecordedWrites.this.shortfall;
			}
		}

		@Override
		public void close() {
			note("close");
		}

	}

}
