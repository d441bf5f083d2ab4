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

package io.lagwise.connection;

import java.time.Duration;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadDemand}.
 */
class ReadDemandTests {

	private static final int REPLICA = 1;

	private static final int OTHER = 2;

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final SessionHistory history = SessionHistory.ofApplication(0);

	private final ReadDemand bounded = new ReadDemand(ReadRequirement.maxStaleness(Duration.ofSeconds(1)), null, null,
			CommandKeys.NONE, Duration.ZERO);

	private final ReadDemand consistent = consistent("a", "b");

	@Test
	void anAnswerIsWithinItsBoundWhenTheProofIsNoOlder() {
		assertThat(this.bounded.admits(REPLICA, 5 * SECOND, 6 * SECOND)).isTrue();
		assertThat(this.bounded.admits(REPLICA, 5 * SECOND, 6 * SECOND + 1)).isFalse();
		assertThat(this.bounded.isWithinBound(5 * SECOND, 6 * SECOND)).isTrue();
		assertThat(this.bounded.isWithinBound(5 * SECOND, 6 * SECOND + 1)).isFalse();
	}

	@Test
	void nothingIsAdmittedWithoutProof() {
		assertThat(this.bounded.admits(REPLICA, FreshnessWatermark.UNPROVEN, SECOND)).isFalse();
		assertThat(this.consistent.admits(REPLICA, FreshnessWatermark.UNPROVEN, SECOND)).isFalse();
	}

	@Test
	void everyKeyOfAReadMatters() {
		assertThat(this.consistent.admits(REPLICA, SECOND, 2 * SECOND)).isTrue();
		this.history.wrote(hash("b"), 2 * SECOND);
		assertThat(this.consistent.admits(REPLICA, SECOND, 2 * SECOND)).isFalse();
		assertThat(consistent("a").admits(REPLICA, SECOND, 2 * SECOND)).isTrue();
		assertThat(this.consistent.floor(3 * SECOND)).isEqualTo(2 * SECOND);
	}

	@Test
	void anAnswerOfThePrimaryKeepsOlderReplicasAway() {
		this.consistent.answeredByPrimary(2 * SECOND);
		assertThat(this.consistent.admits(REPLICA, SECOND, 3 * SECOND)).isFalse();
		assertThat(consistent("b").admits(REPLICA, SECOND, 3 * SECOND)).isFalse();
		assertThat(this.consistent.admits(REPLICA, 2 * SECOND, 3 * SECOND)).isTrue();
	}

	@Test
	void anAnswerOfAReplicaKeepsOthersAwayThatMayBeBehindIt() {
		this.consistent.answeredByReplica(REPLICA, SECOND, 2 * SECOND);
		assertThat(this.consistent.admits(REPLICA, SECOND, 3 * SECOND)).isTrue();
		assertThat(this.consistent.admits(OTHER, SECOND, 3 * SECOND)).isFalse();
		assertThat(this.consistent.admits(OTHER, 3 * SECOND, 3 * SECOND)).isTrue();
	}

	@Test
	void aReadCanBeConsistentAndBounded() {
		ReadDemand both = new ReadDemand(
				ReadRequirement.consistent().and(ReadRequirement.maxStaleness(Duration.ofSeconds(1))), null,
				this.history, keys("a"), Duration.ZERO);
		this.history.wrote(hash("a"), 2 * SECOND);
		assertThat(both.admits(REPLICA, SECOND, 2 * SECOND)).isFalse();
		assertThat(both.admits(REPLICA, 2 * SECOND, 3 * SECOND)).isTrue();
		assertThat(both.admits(REPLICA, 2 * SECOND, 3 * SECOND + 1)).isFalse();
	}

	@Test
	void ownWritesAskForTheWritesOfTheirKeysOnly() {
		ReadDemand ownWrites = new ReadDemand(ReadRequirement.ownWrites(), null, this.history, keys("a"),
				Duration.ZERO);
		this.consistent.answeredByReplica(OTHER, SECOND, 2 * SECOND);
		assertThat(ownWrites.admits(REPLICA, SECOND, 3 * SECOND)).isTrue();
		this.history.wrote(hash("b"), 2 * SECOND);
		assertThat(ownWrites.admits(REPLICA, SECOND, 3 * SECOND)).isTrue();
		this.history.wrote(hash("a"), 2 * SECOND);
		assertThat(ownWrites.admits(REPLICA, SECOND, 3 * SECOND)).isFalse();
		assertThat(ownWrites.admits(REPLICA, 2 * SECOND, 3 * SECOND)).isTrue();
		assertThat(ownWrites.admits(REPLICA, FreshnessWatermark.UNPROVEN, 3 * SECOND)).isFalse();
	}

	@Test
	void ownWritesLeaveNoNote() {
		ReadDemand ownWrites = new ReadDemand(ReadRequirement.ownWrites(), null, this.history, keys("a"),
				Duration.ZERO);
		ownWrites.answeredByPrimary(2 * SECOND);
		ownWrites.answeredByReplica(OTHER, SECOND, 2 * SECOND);
		assertThat(consistent("a").admits(REPLICA, SECOND, 3 * SECOND)).isTrue();
	}

	@Test
	void whoHasEverythingThatWasWrittenNeedsNoKey() {
		ReadDemand everything = new ReadDemand(ReadRequirement.ownWrites(), null, this.history, CommandKeys.NONE,
				Duration.ZERO);
		assertThat(everything.admits(REPLICA, SECOND, 0)).isTrue();
		this.history.wrote(hash("whichever"), 2 * SECOND);
		assertThat(everything.admits(REPLICA, SECOND, 0)).isFalse();
		assertThat(everything.admits(REPLICA, 2 * SECOND, 0)).isTrue();
		this.history.wroteAnything(3 * SECOND);
		assertThat(everything.admits(REPLICA, 2 * SECOND, 0)).isFalse();
		assertThat(everything.admits(REPLICA, FreshnessWatermark.UNPROVEN, 0)).isFalse();
	}

	@Test
	void whoeverAsksForAnyReplicaNeedsNoProof() {
		ReadDemand lookUp = new ReadDemand(ReadRequirement.anyReplica().forLookUps(true), null, null, CommandKeys.NONE,
				Duration.ZERO);
		assertThat(lookUp.admits(REPLICA, FreshnessWatermark.UNPROVEN, SECOND)).isTrue();
		assertThat(lookUp.isWithinBound(FreshnessWatermark.UNPROVEN, SECOND)).isTrue();
		assertThat(lookUp.isMissDoubtful(FreshnessWatermark.UNPROVEN)).isTrue();
	}

	@Test
	void aLookUpCanNameTheInstantThatItHasToHold() {
		ReadDemand cleared = new ReadDemand(ReadRequirement.anyReplica().forLookUps(false).since(2 * SECOND), null,
				null, CommandKeys.NONE, Duration.ZERO);
		assertThat(cleared.admits(REPLICA, 2 * SECOND, 3 * SECOND)).isTrue();
		assertThat(cleared.admits(REPLICA, 2 * SECOND - 1, 3 * SECOND)).isFalse();
		assertThat(cleared.admits(REPLICA, FreshnessWatermark.UNPROVEN, 3 * SECOND)).isFalse();
		assertThat(cleared.floor(3 * SECOND)).isEqualTo(2 * SECOND);
	}

	@Test
	void aMissIsDoubtfulUnlessTheProofCoversTheQuestion() {
		long before = System.nanoTime();
		ReadDemand lookUp = new ReadDemand(ReadRequirement.consistent().forLookUps(true), null, this.history, keys("a"),
				Duration.ZERO);
		assertThat(lookUp.isMissDoubtful(before - 1)).isTrue();
		assertThat(lookUp.isMissDoubtful(System.nanoTime())).isFalse();
		assertThat(new ReadDemand(ReadRequirement.maxStaleness(Duration.ofSeconds(1)).forLookUps(true), null, null,
				CommandKeys.NONE, Duration.ZERO)
			.isMissDoubtful(before - 1)).isFalse();
	}

	private ReadDemand consistent(String... keys) {
		return new ReadDemand(ReadRequirement.consistent(), null, this.history, keys(keys), Duration.ZERO);
	}

	private static CommandKeys keys(String... keys) {
		return CommandKeys.of(new Command<>(CommandType.MGET, null, new CommandArgs<>(StringCodec.UTF8).addKeys(keys)));
	}

	private static int hash(String key) {
		return keys(key).hash(0);
	}

}
