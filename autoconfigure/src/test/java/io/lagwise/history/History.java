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

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a run: what every caller saw, and what the servers hold in the
 * end.
 *
 * @param operations the operations, in any order
 * @param announcements what the application instances were told of their writes
 * @param doubtsAboutSessions when application instances were told that one of their
 * sessions may have lost something
 * @param nodes what each node holds in the end, by key; a register is a list of its value
 * @param primary which of the nodes is the primary in the end
 * @param lossesFrom when something was done for the first time that can destroy
 * acknowledged writes, {@link #NEVER} if nothing was
 * @param tolerance how much later than they came answers may have been noticed
 */
record History(List<Operation> operations, List<Announcement> announcements, List<Announcement> doubtsAboutSessions,
		Map<String, Map<String, List<String>>> nodes, String primary, long lossesFrom, Duration tolerance) {

	static final long NEVER = Long.MAX_VALUE;

	/**
	 * Return what the primary holds in the end under a key.
	 */
	List<String> end(String key) {
		return this.nodes.getOrDefault(this.primary, Map.of()).getOrDefault(key, List.of());
	}

	boolean hasAnnouncedLoss() {
		return this.announcements.stream().anyMatch(Announcement::isOfLoss);
	}

}
