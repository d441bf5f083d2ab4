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
 * How often each claim was made, and how often it was wrong.
 */
final class Tally {

	private static final int CLAIMS = Claim.values().length;

	private final long[] made = new long[CLAIMS];

	private final long[] wrong = new long[CLAIMS];

	private long schedules;

	long schedules() {
		return this.schedules;
	}

	long made(Claim claim) {
		return this.made[claim.ordinal()];
	}

	long wrong(Claim claim) {
		return this.wrong[claim.ordinal()];
	}

	long wrong() {
		return Arrays.stream(this.wrong).sum();
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(String.format("%,d schedules%n", this.schedules));
		for (Claim claim : Claim.values()) {
			text.append(String.format("%,15d  wrong: %,d  %s%n", made(claim), wrong(claim), claim.meaning()));
		}
		return text.toString();
	}

	void addSchedule() {
		this.schedules++;
	}

	void add(Claim claim, boolean isTrue) {
		this.made[claim.ordinal()]++;
		if (!isTrue) {
			this.wrong[claim.ordinal()]++;
		}
	}

}
