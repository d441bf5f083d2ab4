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

import java.util.Arrays;

/**
 * The polls of a primary within one history, the oldest first. The last thousands are all
 * there; of older ones ever fewer, spaced further apart the older they are. Polls between
 * which nothing was written take one place.
 */
final class SampleLog {

	static final int CAPACITY = 4096;

	private long[] sentAt = new long[16];

	private long[] answeredAt = new long[16];

	private long[] offsets = new long[16];

	private long[] acknowledged = new long[16];

	private int size;

	/**
	 * Add a poll, sent later than the others and with no smaller an offset.
	 * @param acknowledged how many writes had been acknowledged, at least, when it was
	 * sent
	 */
	void add(long sentAt, long answeredAt, long offset, long acknowledged) {
		if (this.size > 0 && this.offsets[this.size - 1] == offset) {
			// the earliest answer with this offset tells more than later ones
			answeredAt = this.answeredAt[--this.size];
		}
		if (this.size == CAPACITY) {
			thinOut();
		}
		if (this.size == this.sentAt.length) {
			grow();
		}
		this.sentAt[this.size] = sentAt;
		this.answeredAt[this.size] = answeredAt;
		this.offsets[this.size] = offset;
		this.acknowledged[this.size] = acknowledged;
		this.size++;
	}

	/**
	 * Return the place of the last poll that found no more than an offset, or -1.
	 */
	int lastUpTo(long offset) {
		return firstBeyond(offset) - 1;
	}

	/**
	 * Return the place of the first poll that found at least an offset; the size if there
	 * is none.
	 */
	int firstAtLeast(long offset) {
		return firstBeyond(offset - 1);
	}

	/**
	 * Return the place of the first poll that was sent at or after an instant; the size
	 * if there is none.
	 */
	int firstSentSince(long instant) {
		int low = 0;
		int high = this.size;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.sentAt[middle] - instant >= 0) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

	long sentAt(int place) {
		return this.sentAt[place];
	}

	long answeredAt(int place) {
		return this.answeredAt[place];
	}

	long offset(int place) {
		return this.offsets[place];
	}

	long acknowledged(int place) {
		return this.acknowledged[place];
	}

	int size() {
		return this.size;
	}

	void clear() {
		this.size = 0;
	}

	/**
	 * Remove the polls that found at least an offset.
	 */
	void removeFrom(long offset) {
		this.size = firstAtLeast(offset);
	}

	private int firstBeyond(long offset) {
		int low = 0;
		int high = this.size;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.offsets[middle] > offset) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

	/**
	 * Of the older half, the later one of each pair stays.
	 */
	private void thinOut() {
		int older = this.size / 2;
		int kept = 0;
		for (int i = 1; i < older; i += 2) {
			move(i, kept++);
		}
		for (int i = older; i < this.size; i++) {
			move(i, kept++);
		}
		this.size = kept;
	}

	private void move(int from, int to) {
		this.sentAt[to] = this.sentAt[from];
		this.answeredAt[to] = this.answeredAt[from];
		this.offsets[to] = this.offsets[from];
		this.acknowledged[to] = this.acknowledged[from];
	}

	private void grow() {
		int length = Math.min(this.size * 2, CAPACITY);
		this.sentAt = Arrays.copyOf(this.sentAt, length);
		this.answeredAt = Arrays.copyOf(this.answeredAt, length);
		this.offsets = Arrays.copyOf(this.offsets, length);
		this.acknowledged = Arrays.copyOf(this.acknowledged, length);
	}

}
