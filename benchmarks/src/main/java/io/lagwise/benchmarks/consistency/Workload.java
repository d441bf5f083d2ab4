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

package io.lagwise.benchmarks.consistency;

/**
 * What is read and written how often by how many threads.
 *
 * @param keys the keys that are written, and read
 * @param reads which of them a thread reads
 * @param readsPerSecond how many reads all threads begin
 * @param writesPerSecond how many writes all threads begin
 * @param threads how many threads there are
 */
record Workload(KeyChoice keys, ReadChoice reads, int readsPerSecond, int writesPerSecond, int threads) {

	static final int THREADS = 16;

	static Workload mixed(KeyChoice keys, int readPercent, int rate) {
		int reads = rate * readPercent / 100;
		return new Workload(keys, ReadChoice.ANY_KEY, reads, rate - reads, THREADS);
	}

	int rate() {
		return this.readsPerSecond + this.writesPerSecond;
	}

	int readPercent() {
		return Math.round(100f * this.readsPerSecond / rate());
	}

}
