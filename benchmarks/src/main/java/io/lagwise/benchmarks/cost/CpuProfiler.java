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

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds the CPU time that client and servers use per operation, the client's garbage
 * collector and compiler included.
 */
public final class CpuProfiler implements InternalProfiler {

	static final String CLIENT = "cpu.client";

	static final String SERVERS = "cpu.servers";

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private @Nullable ServerCpu servers;

	private double serversBefore;

	private long clientBefore;

	@Override
	public String getDescription() {
		return "CPU time of client and servers";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.serversBefore = servers().seconds();
		this.clientBefore = this.system.getProcessCpuTime();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		double client = (this.system.getProcessCpuTime() - this.clientBefore) / 1e3;
		double servers = (servers().seconds() - this.serversBefore) * 1e6;
		long operations = Math.max(1, result.getMetadata().getAllOps());
		return List.of(new ScalarResult(CLIENT, client / operations, "us/op", AggregationPolicy.AVG),
				new ScalarResult(SERVERS, servers / operations, "us/op", AggregationPolicy.AVG));
	}

	// the JVM that starts the forks makes one, too, and has no servers to ask
	private ServerCpu servers() {
		ServerCpu servers = this.servers;
		if (servers == null) {
			servers = new ServerCpu(Servers.ofThisJvm());
			this.servers = servers;
		}
		return servers;
	}

}
