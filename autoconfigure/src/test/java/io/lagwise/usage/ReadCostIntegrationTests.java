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

package io.lagwise.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.ReadCost.Cost;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds what a read allocates, next to the same read on a plain connection: that can be
 * told exactly on any machine, other than how long it takes.
 */
@WithReplicatedRedis
class ReadCostIntegrationTests {

	private static final Log logger = LogFactory.getLog(ReadCostIntegrationTests.class);

	private static final String VALUE = "0123456789abcdef";

	/**
	 * Operation, requirement, bytes, and nanoseconds.
	 */
	private static final Pattern RESULT = Pattern.compile("(\\w+,[a-z ]+),([0-9.]+),([0-9.]+)");

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	/**
	 * In which order code is compiled can cost an object that is never needed, so that
	 * what counts is the least that a few JVMs allocate.
	 */
	private static final int JVMS = 4;

	/**
	 * The bytes of a read, next to the same read on a plain connection.
	 */
	private static final Map<String, Double> LIMITS = Map.ofEntries(Map.entry("GET,own writes", 0.98),
			Map.entry("GET,any replica", 0.98), Map.entry("GET,bounded", 0.98), Map.entry("GET,consistent", 1.13),
			Map.entry("MGET_50,own writes", 1.04), Map.entry("MGET_50,any replica", 1.04),
			Map.entry("MGET_50,bounded", 1.04), Map.entry("MGET_50,consistent", 1.10),
			Map.entry("HGETALL_50,own writes", 1.04), Map.entry("HGETALL_50,any replica", 1.04),
			Map.entry("HGETALL_50,bounded", 1.04), Map.entry("HGETALL_50,consistent", 1.06));

	private final ReplicatedRedis redis;

	@TempDir
	private Path folder;

	ReadCostIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void routedReadsAllocateWhatPlainOnesDoWithBreakersFreshnessAndMetersOn() throws Exception {
		write();
		Map<String, Cost> least = new TreeMap<>();
		for (int i = 0; i < JVMS && !isWithinLimits(ratios(least, Cost::bytes)); i++) {
			measure().forEach((name, cost) -> least.merge(name, cost, Cost::least));
		}
		Map<String, Double> ratios = ratios(least, Cost::bytes);
		logger.info("Bytes per read, as a ratio to the same read on a plain connection: " + ratios);
		logger.info(
				"Time per read, as a ratio (never asserted, it depends on the machine): " + ratios(least, Cost::nanos));
		LIMITS.forEach((name, limit) -> assertThat(ratios.get(name)).as(name).isLessThan(limit));
	}

	private static boolean isWithinLimits(Map<String, Double> ratios) {
		return LIMITS.entrySet()
			.stream()
			.allMatch((limit) -> ratios.getOrDefault(limit.getKey(), Double.MAX_VALUE) < limit.getValue());
	}

	private void write() {
		RedisNode primary = this.redis.primary();
		this.redis.execute(primary, "SET", "key", VALUE);
		for (int i = 0; i < ReadCost.MANY; i++) {
			this.redis.execute(primary, "HSET", "hash", "field " + i, VALUE);
			this.redis.execute(primary, "SET", "key " + i, VALUE);
		}
		this.redis.awaitInSync();
	}

	private static Map<String, Double> ratios(Map<String, Cost> costs, ToDoubleFunction<Cost> figure) {
		Map<String, Double> ratios = new TreeMap<>();
		costs.forEach((name, cost) -> ratios.put(name, figure.applyAsDouble(cost)
				/ figure.applyAsDouble(costs.get(name.substring(0, name.indexOf(',')) + ",plain"))));
		return ratios;
	}

	/**
	 * Measure in a JVM of its own: what is compiled, and how, depends on everything that
	 * has run before, and an agent for coverage changes it.
	 */
	private Map<String, Cost> measure() throws IOException, InterruptedException {
		Path output = this.folder.resolve("output");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), ReadCost.class.getName(),
						this.redis.replicas().get(0).address(), Integer.toString(this.redis.replicas().size())));
		this.redis.springProperties().forEach((name, value) -> command.add(name + "=" + value));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
			assertThat(process.exitValue()).as(() -> read(output)).isZero();
		}
		finally {
			process.destroyForcibly();
		}
		Map<String, Cost> costs = new TreeMap<>();
		read(output).lines()
			.map(RESULT::matcher)
			.filter(Matcher::matches)
			.forEach((result) -> costs.put(result.group(1),
					new Cost(Double.parseDouble(result.group(2)), Double.parseDouble(result.group(3)))));
		costs.forEach((name, cost) -> logger.info(name + ": " + cost));
		return costs;
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
