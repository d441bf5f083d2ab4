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

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the primary has shown to reads that asked for nothing.
 */
class SeenAtPrimaryTests {

	private static final int KEY = 1;

	private static final int OTHER = 2;

	private static final int REPLICA = 7;

	private static final int ANOTHER_REPLICA = 8;

	private static final long START = Duration.ofHours(1).toNanos();

	private final SessionHistory history = SessionHistory.ofApplication(START);

	@Test
	void aKeyThatThePrimaryHasShownNeedsAReplicaThatIsAsFresh() {
		this.history.seenAtPrimary(KEY, at(100));
		assertThat(this.history.admits(KEY, REPLICA, at(99))).isFalse();
		assertThat(this.history.admits(OTHER, REPLICA, at(99))).isTrue();
		assertThat(this.history.admits(KEY, REPLICA, at(102))).isTrue();
		assertThat(this.history.floor(KEY)).isBetween(at(100), at(102));
	}

	@Test
	void theReplicaThatHasAnsweredBeforeNeedsANewProof() {
		this.history.readFromReplica(KEY, REPLICA, at(10), at(50));
		assertThat(this.history.admits(KEY, REPLICA, at(20))).isTrue();
		this.history.seenAtPrimary(KEY, at(100));
		assertThat(this.history.admits(KEY, REPLICA, at(60))).isFalse();
	}

	@Test
	void aReplicaThatAnswersLateDoesNotHideWhatThePrimaryHasShown() {
		this.history.seenAtPrimary(KEY, at(100));
		this.history.readFromReplica(KEY, REPLICA, at(60), at(110));
		assertThat(this.history.admits(KEY, REPLICA, at(99))).isFalse();
		assertThat(this.history.admits(KEY, ANOTHER_REPLICA, at(99))).isFalse();
	}

	@Test
	void whatThePrimaryHasShownMakesNoReadOfOwnWritesStricter() {
		this.history.seenAtPrimary(KEY, at(100));
		this.history.seenAnythingAtPrimary(at(100));
		assertThat(this.history.hasWrites(KEY, at(50))).isTrue();
		assertThat(this.history.hasEveryWrite(at(50))).isTrue();
	}

	@Test
	void whatIsShownOfAnyKeyCountsForEveryKey() {
		this.history.seenAnythingAtPrimary(at(100));
		assertThat(this.history.admits(KEY, REPLICA, at(99))).isFalse();
		assertThat(this.history.admits(OTHER, REPLICA, at(99))).isFalse();
		assertThat(this.history.admits(OTHER, REPLICA, at(101))).isTrue();
		assertThat(this.history.floor(KEY)).isEqualTo(at(100));
	}

	@Test
	void whatWasSeenEarlierLowersNothing() {
		this.history.seenAnythingAtPrimary(at(100));
		this.history.seenAnythingAtPrimary(at(50));
		this.history.seenAtPrimary(KEY, at(200));
		this.history.seenAtPrimary(KEY, at(150));
		assertThat(this.history.admits(OTHER, REPLICA, at(99))).isFalse();
		assertThat(this.history.admits(KEY, REPLICA, at(199))).isFalse();
	}

	private static long at(long millis) {
		return START + Duration.ofMillis(millis).toNanos();
	}

}
