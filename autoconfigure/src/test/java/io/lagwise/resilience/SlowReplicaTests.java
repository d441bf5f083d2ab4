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

import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SlowReplicaTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			52000000   | 1300000 | 40 times slower than the other replicas (52 ms against 1.3 ms)
			10000000   | 120000  | 83 times slower than the other replicas (10 ms against 0.12 ms)
			2000000000 | 9994000 | 200 times slower than the other replicas (2000 ms against 10.0 ms)
			""")
	void readsLikeASentence(long latency, long peers, String sentence) {
		assertThat(new SlowReplica(NodeAddress.parse("a:1"), Duration.ofNanos(latency), Duration.ofNanos(peers))
			.describe()).isEqualTo(sentence);
	}

}
