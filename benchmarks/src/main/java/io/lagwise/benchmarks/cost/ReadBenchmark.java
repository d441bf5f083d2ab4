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

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Reads of one subject. The operations take turns, one iteration each, so that the code
 * that is measured has been compiled for all of them, as in an application.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReadBenchmark {

	static final int IN_FLIGHT = 100;

	@Param("LETTUCE")
	public String subject = "";

	@Param("GET_16")
	public String operations = "";

	private ReadClient client = (operation, number) -> null;

	private List<Operation> turns = List.of();

	private int turn;

	private Operation operation = Operation.GET_16;

	@Setup
	public void connect() throws Exception {
		this.client = Subject.valueOf(this.subject).connect(Servers.ofThisJvm());
		this.turns = Stream.of(this.operations.split(",")).map(Operation::valueOf).toList();
		for (Operation operation : this.turns) {
			operation.check(this.client.read(operation, 0));
		}
	}

	@Setup(Level.Iteration)
	public void next() {
		this.operation = this.turns.get(this.turn++ % this.turns.size());
	}

	@TearDown
	public void close() throws Exception {
		this.client.close();
	}

	@Benchmark
	public @Nullable Object blocking(Numbers numbers) throws Exception {
		Operation operation = this.operation;
		return this.client.read(operation, numbers.next(operation.count()));
	}

	@Benchmark
	public @Nullable Object asynchronous(Numbers numbers, InFlight inFlight) throws Exception {
		Operation operation = this.operation;
		Object answer = inFlight.awaitOldest();
		inFlight.add(this.client.send(operation, numbers.next(operation.count())));
		return answer;
	}

	/**
	 * Which key comes next; each thread begins somewhere else.
	 */
	@State(Scope.Thread)
	public static class Numbers {

		private int last = ThreadLocalRandom.current().nextInt(1000);

		int next(int count) {
			this.last++;
			if (this.last >= count) {
				this.last = 0;
			}
			return this.last;
		}

	}

	/**
	 * The answers that are waited for, in the order in which they were asked for.
	 */
	@State(Scope.Thread)
	public static class InFlight {

		private final @Nullable Future<?>[] answers = new Future<?>[IN_FLIGHT];

		private int oldest;

		@Nullable Object awaitOldest() throws Exception {
			Future<?> answer = this.answers[this.oldest];
			return (answer != null) ? answer.get() : null;
		}

		void add(Future<?> answer) {
			this.answers[this.oldest] = answer;
			this.oldest = (this.oldest + 1 < IN_FLIGHT) ? this.oldest + 1 : 0;
		}

	}

}
