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

package io.lagwise.resilience;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which replicas are slow. Replicas are written as their latencies in milliseconds.
 */
class PeerComparisonTests {

	private final PeerComparison comparison = new PeerComparison(10, Duration.ofMillis(10));

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# nobody to compare with
			                     |
			5000                 |
			# two replicas: the other one
			50 1                 | 0
			1 50                 | 1
			10 1                 | 0
			9.9 0.9              |
			10 1.001             |
			9.999 0.1            |
			10 0.1               | 0
			500 51               |
			510 51               | 0
			50 50                |
			10 0                 | 0
			0 0                  |
			# three: of the two others the slower one
			50 1 5               | 0
			50 1 5.1             |
			50 50 1              |
			50 1 50              |
			# four: the middle one of the others
			50 50 1 1            | 0 1
			50 1 2 5             | 0
			50 1 6 6             |
			50 50 50 1           |
			# five: of the two in the middle the slower one
			50 50 1 1 1          | 0 1
			50 1 2 5 40          | 0
			50 1 2 6 40          |
			50 50 50 1 1         |
			""")
	void thoseAreSlowWhoseLatencyIsManyTimesTheMedianOfTheOthers(String latencies, String slow) {
		Map<NodeAddress, Duration> interval = interval((latencies != null) ? latencies : "");
		List<NodeAddress> expected = (slow != null)
				? List.of(slow.split(" ")).stream().map((index) -> node(Integer.parseInt(index))).toList() : List.of();
		assertThat(afterThreeOf(interval)).extracting(SlowReplica::node).containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void aVerdictSaysHowSlowAndAgainstWhat() {
		assertThat(afterThreeOf(interval("52 1.3 1.2 0.9")))
			.containsExactly(new SlowReplica(node(0), Duration.ofMillis(52), Duration.ofNanos(1_200_000)));
	}

	@Test
	void factorAndMinimumAreThoseOfTheSettings() {
		PeerComparison lenient = new PeerComparison(100, Duration.ofMillis(200));
		for (int i = 0; i < 3; i++) {
			assertThat(lenient.compare(interval("199 1"))).isEmpty();
		}
		for (int i = 0; i < 3; i++) {
			assertThat(lenient.compare(interval("250 2.6"))).isEmpty();
		}
		lenient.compare(interval("250 2.5"));
		lenient.compare(interval("250 2.5"));
		assertThat(lenient.compare(interval("250 2.5"))).hasSize(1);
	}

	@Test
	void oneOrTwoSlowIntervalsAreNotEnough() {
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).hasSize(1);
	}

	@Test
	void aGoodIntervalBreaksTheRow() {
		this.comparison.compare(interval("50 1"));
		this.comparison.compare(interval("50 1"));
		this.comparison.compare(interval("1 1"));
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).hasSize(1);
	}

	@Test
	void anIntervalWithoutAnAnswerDoesNotBreakTheRow() {
		this.comparison.compare(interval("120 1"));
		this.comparison.compare(Map.of(node(1), Duration.ofMillis(1)));
		this.comparison.compare(interval("120 1"));
		this.comparison.compare(Map.of(node(1), Duration.ofMillis(1)));
		assertThat(this.comparison.compare(interval("120 1"))).hasSize(1);
	}

	@Test
	void whoIsForgottenStartsAfresh() {
		this.comparison.compare(interval("50 1"));
		this.comparison.compare(interval("50 1"));
		this.comparison.forget(node(0));
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
	}

	@Test
	void aVerdictIsGivenOnce() {
		afterThreeOf(interval("50 1"));
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).isEmpty();
		assertThat(this.comparison.compare(interval("50 1"))).hasSize(1);
	}

	@Test
	void aSingleLatencyIsJudgedByTheLastInterval() {
		this.comparison.compare(interval("100 100 100"));
		this.comparison.compare(Map.of(node(1), Duration.ofMillis(2), node(2), Duration.ofMillis(3)));
		assertThat(this.comparison.judge(node(0), Duration.ofMillis(30))).isNotNull();
		assertThat(this.comparison.judge(node(0), Duration.ofMillis(29))).isNull();
	}

	@Test
	void aSingleLatencyIsNotComparedWithItself() {
		this.comparison.compare(interval("100 1"));
		assertThat(this.comparison.judge(node(0), Duration.ofMillis(100))).isNotNull();
		assertThat(this.comparison.judge(node(1), Duration.ofMillis(100))).isNull();
	}

	@Test
	void withNobodyToCompareWithNothingIsSlow() {
		assertThat(this.comparison.judge(node(0), Duration.ofHours(1))).isNull();
		this.comparison.compare(interval("1 1"));
		this.comparison.compare(Map.of());
		assertThat(this.comparison.judge(node(0), Duration.ofHours(1))).isNull();
	}

	@Test
	void neverMoreThanHalfOfTheReplicasAreSlow() {
		Random random = new Random(42);
		for (int round = 0; round < 20_000; round++) {
			Map<NodeAddress, Duration> interval = new LinkedHashMap<>();
			int replicas = random.nextInt(8);
			IntStream.range(0, replicas)
				.forEach((i) -> interval.put(node(i),
						Duration.ofNanos((long) (Math.pow(10, random.nextDouble() * 10) - 1))));
			PeerComparison comparison = new PeerComparison(1.01 + random.nextInt(20), Duration.ofNanos(1));
			comparison.compare(interval);
			comparison.compare(interval);
			assertThat(comparison.compare(interval)).as(interval.toString()).hasSizeLessThanOrEqualTo(replicas / 2);
		}
	}

	private List<SlowReplica> afterThreeOf(Map<NodeAddress, Duration> interval) {
		this.comparison.compare(interval);
		this.comparison.compare(interval);
		return this.comparison.compare(interval);
	}

	private static Map<NodeAddress, Duration> interval(String latencies) {
		Map<NodeAddress, Duration> interval = new LinkedHashMap<>();
		for (String latency : latencies.isEmpty() ? new String[0] : latencies.split(" ")) {
			interval.put(node(interval.size()), Duration.ofNanos(Math.round(Double.parseDouble(latency) * 1_000_000)));
		}
		return interval;
	}

	private static NodeAddress node(int index) {
		return new NodeAddress("10.0.0." + (index + 1), 6379);
	}

}
