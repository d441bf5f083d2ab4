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

package io.lagwise.testkit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CommandStatistics}.
 */
class CommandStatisticsTests {

	private final CommandStatistics statistics = new CommandStatistics("""
			# Commandstats\r
			cmdstat_get:calls=3,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_set:calls=2,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_getex:calls=5,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_object|encoding:calls=7,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_object|freq:calls=1,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_config|get:calls=100,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			cmdstat_ping:calls=100,usec=10,usec_per_call=3.33,rejected_calls=0,failed_calls=0\r
			""");

	@Test
	void commandIsCountedByItsWholeName() {
		assertThat(this.statistics.served("GET")).isEqualTo(3);
		assertThat(this.statistics.served("mget")).isZero();
	}

	@Test
	void subcommandsCountTogetherOrAlone() {
		assertThat(this.statistics.served("OBJECT")).isEqualTo(8);
		assertThat(this.statistics.served("OBJECT ENCODING")).isEqualTo(7);
		assertThat(this.statistics.served("config|get")).isEqualTo(100);
	}

	@Test
	void housekeepingIsCountedByNameOnly() {
		assertThat(this.statistics.served()).isEqualTo(18);
		assertThat(this.statistics.served("PING")).isEqualTo(100);
	}

}
