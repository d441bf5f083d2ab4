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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * How the processor is shared out by the control groups of this machine.
 */
enum CpuControl {

	VERSION_2 {

		@Override
		Path root() {
			return BASE;
		}

		@Override
		boolean isUsable() throws IOException {
			Path controllers = BASE.resolve("cgroup.controllers");
			return Files.exists(controllers)
					&& Arrays.asList(Files.readString(controllers).strip().split(" +")).contains("cpu")
					&& Files.isWritable(BASE.resolve("cgroup.subtree_control"));
		}

		@Override
		void limit(Path group, CpuSlice slice) throws IOException {
			Files.writeString(BASE.resolve("cgroup.subtree_control"), "+cpu");
			Files.writeString(group.resolve("cpu.max"), slice.quota() + " " + slice.period());
		}

		@Override
		long throttledNanos(Path group) throws IOException {
			return 1000 * statistic(group, "throttled_usec");
		}

	},

	VERSION_1 {

		@Override
		Path root() {
			return BASE.resolve("cpu");
		}

		@Override
		boolean isUsable() {
			return Files.isWritable(root().resolve("cgroup.procs"));
		}

		@Override
		void limit(Path group, CpuSlice slice) throws IOException {
			Files.writeString(group.resolve("cpu.cfs_period_us"), Long.toString(slice.period()));
			Files.writeString(group.resolve("cpu.cfs_quota_us"), Long.toString(slice.quota()));
		}

		@Override
		long throttledNanos(Path group) throws IOException {
			return statistic(group, "throttled_time");
		}

	};

	private static final Path BASE = Path.of("/sys/fs/cgroup");

	/**
	 * Return the version that works here.
	 */
	static CpuControl available() throws IOException {
		for (CpuControl control : values()) {
			if (control.isUsable()) {
				return control;
			}
		}
		throw new UnavailableException("To give each server its slice of a processor this run needs Linux and the "
				+ "right to create control groups for 'cpu' below " + BASE
				+ ", version 2 or 1: run it as root, in a container with --privileged --cgroupns=host");
	}

	abstract Path root();

	abstract boolean isUsable() throws IOException;

	/**
	 * Hold the processes of a group to a slice.
	 */
	abstract void limit(Path group, CpuSlice slice) throws IOException;

	/**
	 * Return for how long the processes of a group were kept from running.
	 */
	abstract long throttledNanos(Path group) throws IOException;

	private static long statistic(Path group, String name) throws IOException {
		try (Stream<String> lines = Files.lines(group.resolve("cpu.stat"))) {
			return lines.map((line) -> line.split(" "))
				.filter((line) -> line[0].equals(name))
				.mapToLong((line) -> Long.parseLong(line[1]))
				.findFirst()
				.orElse(0);
		}
	}

}
