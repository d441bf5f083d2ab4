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

package io.lagwise.cache;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is remembered of entries that could not be written.
 */
class OutdatedEntriesTests {

	private final OutdatedEntries entries = new OutdatedEntries(3);

	@Test
	void anEntryIsOutdatedUntilItIsRemovedOrWritten() {
		assertThat(contains(1)).isFalse();
		add(1);
		assertThat(contains(1)).isTrue();
		assertThat(contains(2)).isFalse();
		remove(1);
		assertThat(contains(1)).isFalse();
	}

	@Test
	void whenTheyAreTooManyEveryEntryIsOutdatedUntilItIsRemovedOrWritten() {
		for (int i = 1; i <= 4; i++) {
			add(i);
		}
		assertThat(contains(5)).isTrue();
		remove(5);
		assertThat(contains(5)).isFalse();
		assertThat(contains(1)).isTrue();
		add(5);
		assertThat(contains(5)).isTrue();
	}

	@Test
	void anEntryIsOutdatedOnceMoreRatherThanForgottenToBe() {
		for (int i = 1; i <= 4; i++) {
			add(i);
		}
		for (int i = 1; i <= 4; i++) {
			remove(i);
		}
		assertThat(contains(1)).isTrue();
		assertThat(contains(2)).isFalse();
		assertThat(contains(4)).isFalse();
	}

	@Test
	void anOutageThatConcernsManyEntriesLeavesTheOthersAlone() {
		OutdatedEntries entries = new OutdatedEntries();
		for (int i = 0; i < 100_000; i++) {
			entries.add(key(i));
		}
		assertThat(entries.contains(key(99_999))).isTrue();
		assertThat(entries.contains(key(100_000))).isFalse();
	}

	private void add(int number) {
		this.entries.add(key(number));
	}

	private void remove(int number) {
		this.entries.remove(key(number));
	}

	private boolean contains(int number) {
		return this.entries.contains(key(number));
	}

	private static byte[] key(int number) {
		return RecordingWriter.bytes("prices::" + number);
	}

}
