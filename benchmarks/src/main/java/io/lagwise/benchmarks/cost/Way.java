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

package io.lagwise.benchmarks.cost;

/**
 * How answers are waited for.
 */
enum Way {

	BLOCKING_1("blocking, 1 thread", "blocking", 1),

	BLOCKING_16("blocking, 16 threads", "blocking", 16),

	ASYNC_100("asynchronous, 100 in flight", "asynchronous", 1);

	private final String label;

	private final String benchmark;

	private final int threads;

	Way(String label, String benchmark, int threads) {
		this.label = label;
		this.benchmark = benchmark;
		this.threads = threads;
	}

	String label() {
		return this.label;
	}

	/**
	 * Return the method of {@link ReadBenchmark} that reads in this way.
	 */
	String benchmark() {
		return this.benchmark;
	}

	int threads() {
		return this.threads;
	}

}
