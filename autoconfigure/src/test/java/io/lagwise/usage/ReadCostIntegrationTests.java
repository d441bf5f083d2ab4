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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
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

	private final ReplicatedRedis redis;

	@TempDir
	private Path folder;

	ReadCostIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void routedReadsAllocateWhatPlainOnesDoWithBreakersFreshnessAndMetersOn() throws Exception {
		write();
		Map<String, Double> ratios = ratios(measure(), 2);
		for (String reads : List.of("own writes", "any replica", "bounded")) {
			assertThat(ratios.get("GET," + reads)).as("GET, %s", reads).isLessThan(0.98);
			assertThat(ratios.get("MGET_50," + reads)).as("MGET, %s", reads).isLessThan(1.04);
			assertThat(ratios.get("HGETALL_50," + reads)).as("HGETALL, %s", reads).isLessThan(1.04);
		}
		assertThat(ratios.get("GET,consistent")).as("GET, consistent").isLessThan(1.13);
		assertThat(ratios.get("MGET_50,consistent")).as("MGET, consistent").isLessThan(1.10);
		assertThat(ratios.get("HGETALL_50,consistent")).as("HGETALL, consistent").isLessThan(1.06);
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

	private static Map<String, Double> ratios(Map<String, MatchResult> results, int column) {
		Map<String, Double> ratios = new TreeMap<>();
		results.forEach((name, result) -> ratios.put(name,
				value(result, column) / value(results.get(name.split(",")[0] + ",plain"), column)));
		return ratios;
	}

	private static double value(MatchResult result, int column) {
		return Double.parseDouble(result.group(column));
	}

	/**
	 * Measure in a JVM of its own: what is compiled, and how, depends on everything that
	 * has run before, and an agent for coverage changes it.
	 */
	private Map<String, MatchResult> measure() throws IOException, InterruptedException {
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
		Map<String, MatchResult> results = new HashMap<>();
		read(output).lines()
			.map(RESULT::matcher)
			.filter(Matcher::matches)
			.forEach((result) -> results.put(result.group(1), result));
		results.values().forEach((result) -> logger.info(result.group()));
		logger.info("Bytes per read, as a ratio to the same read on a plain connection: " + ratios(results, 2));
		logger.info("Time per read, as a ratio (never asserted, it depends on the machine): " + ratios(results, 3));
		return results;
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
