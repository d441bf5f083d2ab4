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

package io.lagwise.benchmarks.scaling;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import io.lagwise.benchmarks.consistency.Register;
import io.lagwise.testkit.Provider;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;

/**
 * A primary and replicas with one slice of a processor each, and the registers in them.
 */
final class SlicedServers implements AutoCloseable {

	private static final int KEYS = 10_000;

	private static final double TICKS_PER_SECOND = 100;

	private final ReplicatedRedis redis;

	private final CpuGroups groups;

	private final List<Path> groupsOfNodes = new ArrayList<>();

	private final List<Register> registers = IntStream.range(0, KEYS).mapToObj(Register::new).toList();

	SlicedServers(int replicas, CpuControl control, CpuSlice slice) throws IOException {
		this.redis = ReplicatedRedis.builder()
			.provider(Provider.EMBEDDED)
			.replicas(replicas)
			.sentinels(0)
			.topology(Topology.STATIC)
			.proxied(false)
			.start();
		this.groups = new CpuGroups(control, slice);
		try {
			this.redis.execute(this.redis.primary(), "MSET",
					this.registers.stream()
						.flatMap((register) -> Stream.of(register.key(), Register.value(register.version())))
						.toArray(String[]::new));
			this.redis.awaitInSync();
			for (RedisNode node : this.redis.nodes()) {
				this.groupsOfNodes.add(this.groups.add(node.name(), pid(node)));
			}
		}
		catch (IOException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	ReplicatedRedis redis() {
		return this.redis;
	}

	List<Register> registers() {
		return this.registers;
	}

	Usage usage() throws IOException {
		List<Usage.OfNode> nodes = new ArrayList<>();
		for (int i = 0; i < this.groupsOfNodes.size(); i++) {
			RedisNode node = this.redis.nodes().get(i);
			String cpu = info(node, "cpu");
			nodes.add(new Usage.OfNode(number(cpu, "used_cpu_user") + number(cpu, "used_cpu_sys"),
					this.groups.throttledNanos(this.groupsOfNodes.get(i)) / 1e9,
					this.redis.commandsServed(node, "GET")));
		}
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		return new Usage(System.nanoTime(), system.getProcessCpuTime() / 1e9, idle(), nodes);
	}

	@Override
	public void close() {
		this.redis.close();
		this.groups.close();
	}

	private long pid(RedisNode node) {
		long pid = (long) number(info(node, "server"), "process_id");
		if (ProcessHandle.current().descendants().noneMatch((process) -> process.pid() == pid)) {
			throw new IllegalStateException("Process " + pid + " of " + node + " is not one of this run");
		}
		return pid;
	}

	private String info(RedisNode node, String section) {
		return Objects.requireNonNull(this.redis.execute(node, "INFO", section));
	}

	private static double number(String info, String field) {
		return info.lines()
			.filter((line) -> line.startsWith(field + ":"))
			.mapToDouble((line) -> Double.parseDouble(line.substring(field.length() + 1).strip()))
			.findFirst()
			.orElseThrow();
	}

	private static double idle() throws IOException {
		try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
			return Long.parseLong(lines.findFirst().orElseThrow().split(" +")[4]) / TICKS_PER_SECOND;
		}
	}

}
