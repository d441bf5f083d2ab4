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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one key. A state of it is the sequence of the values that were
 * written: a list shows them all; of a register each write has learned the value before
 * it, so the last value leads to all others.
 */
final class KeyHistory {

	private final History history;

	private final String key;

	private final List<Operation> writes = new ArrayList<>();

	private final List<Operation> reads = new ArrayList<>();

	private final Map<String, Operation> writers = new HashMap<>();

	private final Map<Operation, List<String>> states = new HashMap<>();

	private final List<String> end;

	private final Set<String> destroyed = new HashSet<>();

	KeyHistory(History history, String key, Collection<Operation> operations) {
		this.history = history;
		this.key = key;
		for (Operation operation : operations) {
			if (operation.isWrite()) {
				this.writes.add(operation);
				this.writers.put(operation.written(), operation);
			}
			else if (operation.isOk()) {
				this.reads.add(operation);
			}
		}
		this.writes.sort(Comparator.comparingLong(Operation::completedAt));
		this.reads.sort(Comparator.comparingLong(Operation::invokedAt));
		this.reads.forEach((read) -> this.states.put(read, sequence(read.observed())));
		this.end = sequence(history.end(key));
		this.writes.stream().filter(Operation::isOk).forEach((write) -> this.destroyed.add(write.written()));
		this.states.values().forEach(this.destroyed::addAll);
		this.end.forEach(this.destroyed::remove);
	}

	String key() {
		return this.key;
	}

	/**
	 * Return the writes, in the order in which they ended.
	 */
	List<Operation> writes() {
		return this.writes;
	}

	/**
	 * Return the reads that were answered, in the order in which they began.
	 */
	List<Operation> reads() {
		return this.reads;
	}

	@Nullable Operation writer(String value) {
		return this.writers.get(value);
	}

	/**
	 * Return the values that were written up to the state that a read was answered with.
	 */
	List<String> state(Operation read) {
		return this.states.get(read);
	}

	/**
	 * Return the values that were written up to the state in the end.
	 */
	List<String> end() {
		return this.end;
	}

	/**
	 * Return the states that were seen by anybody, each once.
	 */
	Set<List<String>> distinctStates() {
		Set<List<String>> distinct = new LinkedHashSet<>(this.states.values());
		distinct.add(this.end);
		return distinct;
	}

	/**
	 * Return whether a value was there and is not in the end.
	 */
	boolean isDestroyed(String value) {
		return this.destroyed.contains(value);
	}

	/**
	 * Return whether a value may be missing at some time because it was destroyed, which
	 * must have been announced if it had been acknowledged.
	 */
	boolean mayBeMissing(String value, long at) {
		if (!isDestroyed(value) || at < this.history.lossesFrom()) {
			return false;
		}
		Operation writer = this.writers.get(value);
		return writer == null || !writer.isOk() || this.history.hasAnnouncedLoss();
	}

	private List<String> sequence(List<String> observed) {
		if (observed.size() != 1 || !isRegister()) {
			return observed;
		}
		LinkedList<String> values = new LinkedList<>();
		String value = observed.get(0);
		while (value != null && !values.contains(value)) {
			values.addFirst(value);
			value = predecessor(value);
		}
		return List.copyOf(values);
	}

	private boolean isRegister() {
		return !this.writes.isEmpty() && this.writes.get(0).kind() == Operation.Kind.SET;
	}

	private @Nullable String predecessor(String value) {
		Operation write = this.writers.get(value);
		if (write == null) {
			return null;
		}
		if (write.isOk()) {
			return write.observed().isEmpty() ? null : write.observed().get(0);
		}
		// what it replaced was never told: presumably what its only writer wrote before
		String previous = null;
		for (Operation earlier : this.writes) {
			if (earlier.isOk() && earlier.isBefore(write)) {
				previous = earlier.written();
			}
		}
		return previous;
	}

}
