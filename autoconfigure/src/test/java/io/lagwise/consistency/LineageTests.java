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

import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules of the lineage, one by one. A node is written as {@code primary C 500 from B
 * 301}: it says that it is a primary at offset 500 of history C, which has left history B
 * before offset 301.
 */
class LineageTests {

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			same history at the position,                A 100, 'primary A 100',                SATISFIED
			same history beyond it,                      A 100, 'primary A 101',                SATISFIED
			same history before it: an older answer,     A 100, 'primary A 99',                 BEHIND
			the last offset that is shared,              A 100, 'primary D 200 from A 101',     SATISFIED
			the first offset that is not,                A 101, 'primary D 200 from A 101',     LOST
			a large offset is no excuse,                 A 183, 'primary D 656 from A 155',     LOST
			nothing is shared,                           A 1,   'primary D 200 from A 1',       LOST
			the beginning of a history is never lost,    A 0,   'primary D 200 from A 1',       SATISFIED
			it does not say where it comes from,         A 100, 'primary D 200',                UNKNOWN
			it comes from elsewhere,                     A 100, 'primary D 200 from X 150',     UNKNOWN
			two failovers and both are known,            A 100, 'primary C 300 from B 201',     SATISFIED
			two failovers: up to the first point,        A 150, 'primary C 300 from B 201',     SATISFIED
			two failovers: beyond the first point,       A 151, 'primary C 300 from B 201',     LOST
			two failovers: beyond the second point,      A 150, 'primary C 300 from B 121',     LOST
			two failovers: before the second point,      A 120, 'primary C 300 from B 121',     SATISFIED
			two failovers and the second is unknown,     A 100, 'primary C 300 from X 201',     UNKNOWN
			it is not far enough yet: an older answer,   A 140, 'primary C 139 from B 201',     UNKNOWN
			an older answer and all of it is shared,     A 150, 'primary C 139 from B 201',     UNKNOWN
			a position of a later history,               B 160, 'primary A 200',                UNKNOWN
			a replica in charge tells nothing,           A 151, 'replica D 200 from A 101',     BEHIND
			""")
	void thePrimaryInChargeTells(String title, String position, String node, PositionVerdict verdict) {
		Lineage lineage = lineage();
		lineage.learn(status(node));
		assertThat(lineage.judge(position(position), status(node), true)).as(title).isEqualTo(verdict);
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			at the position,                             A 100, 'replica A 100',                SATISFIED
			before it,                                   A 100, 'replica A 99',                 BEHIND
			its link is down,                            A 100, 'replica A 100 down',           BEHIND
			it takes a full copy,                        A 100, 'replica A 100 synchronizing',  BEHIND
			it changed over behind the position,         A 100, 'replica B 110 from A 101',     SATISFIED
			it changed over before the position,         A 100, 'replica B 110 from A 90',      SATISFIED
			it changed over before and is not there,     A 100, 'replica B 95 from A 90',       BEHIND
			it changed over and the position is lost,    A 151, 'replica B 200 from A 90',      BEHIND
			a descendant at the position,                A 100, 'replica B 100',                SATISFIED
			a descendant before it,                      A 100, 'replica B 99',                 BEHIND
			a descendant where the position is lost,     A 151, 'replica B 200',                BEHIND
			a history that nobody knows,                 A 100, 'replica X 200',                BEHIND
			a deposed primary that has it,               A 151, 'primary A 200',                SATISFIED
			a deposed primary that has not,              B 160, 'primary A 200',                BEHIND
			a deposed primary says where it parted,      A 101, 'primary D 200 from A 101',     BEHIND
			""")
	void noOtherNodeTellsWhatIsLost(String title, String position, String node, PositionVerdict verdict) {
		assertThat(lineage().judge(position(position), status(node), false)).as(title).isEqualTo(verdict);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			A 100, 'primary A 200',            A 100
			A 100, 'primary D 200 from A 101', D 100
			A 101, 'primary D 200 from A 101',
			A 100, 'primary C 300 from B 201', C 100
			A 100, 'primary X 300',
			A 300, 'primary A 200',
			""")
	void whatThePrimaryHoldsIsTheSamePointInItsOwnHistory(String position, String primary, @Nullable String rebased) {
		Lineage lineage = lineage();
		lineage.learn(status(primary));
		assertThat(lineage.rebase(position(position), status(primary)))
			.isEqualTo((rebased != null) ? position(rebased) : null);
	}

	@Test
	void replicasAreNotLearnedFrom() {
		Lineage lineage = new Lineage();
		lineage.learn(status("replica B 200 from A 90"));
		assertThat(lineage.judge(position("A 100"), status("primary B 200"), true)).isEqualTo(PositionVerdict.UNKNOWN);
	}

	@Test
	void whatIsKnownOutlivesTheStatusThatToldIt() {
		Lineage lineage = lineage();
		lineage.learn(status("primary C 300 from B 201"));
		lineage.learn(status("primary C 300"));
		assertThat(lineage.judge(position("A 151"), status("primary C 300"), true)).isEqualTo(PositionVerdict.LOST);
	}

	@Test
	void historiesThatComeFromEachOtherEndTheSearch() {
		Lineage lineage = new Lineage();
		lineage.learn(status("primary A 100 from B 51"));
		lineage.learn(status("primary B 100 from A 51"));
		lineage.learn(status("primary C 100 from C 51"));
		assertThat(lineage.judge(position("X 10"), status("primary A 100"), true)).isEqualTo(PositionVerdict.UNKNOWN);
		assertThat(lineage.judge(position("X 10"), status("primary C 100"), true)).isEqualTo(PositionVerdict.UNKNOWN);
	}

	@Test
	void theOldestIsForgottenFirst() {
		Lineage lineage = new Lineage();
		for (int i = 1; i <= 100; i++) {
			lineage.learn(status("primary H" + i + " 1000 from H" + (i - 1) + " 501"));
		}
		ReplicationStatus primary = status("primary H100 1000");
		assertThat(lineage.judge(position("H99 501"), primary, true)).isEqualTo(PositionVerdict.LOST);
		assertThat(lineage.judge(position("H36 501"), primary, true)).isEqualTo(PositionVerdict.LOST);
		assertThat(lineage.judge(position("H35 501"), primary, true)).isEqualTo(PositionVerdict.UNKNOWN);
	}

	private static Lineage lineage() {
		Lineage lineage = new Lineage();
		lineage.learn(status("primary B 200 from A 151"));
		return lineage;
	}

	private static HistoryPosition position(String text) {
		String[] words = text.split(" ");
		return new HistoryPosition(words[0], Long.parseLong(words[1]));
	}

	private static ReplicationStatus status(String text) {
		String[] words = text.split(" ");
		LinkStatus link = text.endsWith("down") ? LinkStatus.DOWN
				: text.endsWith("synchronizing") ? LinkStatus.SYNCHRONIZING : LinkStatus.UP;
		boolean related = text.contains(" from ");
		return new ReplicationStatus(words[0].equals("primary") ? NodeRole.PRIMARY : NodeRole.REPLICA, words[1],
				Long.parseLong(words[2]), link, null, List.of(), related ? words[4] : null,
				related ? Long.parseLong(words[5]) : -1);
	}

}
