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
 * The polls of a primary whose offset a replica has not applied yet, the oldest first.
 * Leaving any of them out is safe, for it only makes the proof older. So of a replica
 * that is far behind not all are kept: they are spaced at a share of the time that they
 * span, and when there is no room, the later one of each pair stays. The newest is always
 * among them.
 */
final class PendingSamples {

	static final int CAPACITY = 128;

	private static final int STEPS = CAPACITY / 2;

	private final long[] sentAt = new long[CAPACITY];

	private final long[] offsets = new long[CAPACITY];

	private int size;

	/**
	 * Add a sample, sent later than the others and with no smaller an offset.
	 */
	void add(long sentAt, long offset) {
		if (this.size > 0 && (this.offsets[this.size - 1] == offset || lastIsCloseToItsPredecessor())) {
			this.size--;
		}
		if (this.size == CAPACITY) {
			thinOut();
		}
		this.sentAt[this.size] = sentAt;
		this.offsets[this.size] = offset;
		this.size++;
	}

	/**
	 * Remove the samples whose offset has been applied.
	 * @return when the last of them was sent, or the given value if there is none
	 */
	long removeUpTo(long appliedOffset, long otherwise) {
		int applied = 0;
		while (applied < this.size && this.offsets[applied] <= appliedOffset) {
			applied++;
		}
		if (applied == 0) {
			return otherwise;
		}
		long last = this.sentAt[applied - 1];
		this.size -= applied;
		System.arraycopy(this.sentAt, applied, this.sentAt, 0, this.size);
		System.arraycopy(this.offsets, applied, this.offsets, 0, this.size);
		return last;
	}

	void clear() {
		this.size = 0;
	}

	int size() {
		return this.size;
	}

	private boolean lastIsCloseToItsPredecessor() {
		if (this.size < 2) {
			return false;
		}
		long last = this.sentAt[this.size - 1];
		return last - this.sentAt[this.size - 2] < (last - this.sentAt[0]) / STEPS;
	}

	private void thinOut() {
		int kept = 0;
		for (int i = 1; i < this.size; i += 2) {
			this.sentAt[kept] = this.sentAt[i];
			this.offsets[kept] = this.offsets[i];
			kept++;
		}
		this.size = kept;
	}

}
