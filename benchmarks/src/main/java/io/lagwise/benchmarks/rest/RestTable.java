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

package io.lagwise.benchmarks.rest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.BarChart;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * Lets applications do nothing, then very little, and prints what that costs the servers
 * and the JVM.
 * <p>
 * Arguments: {@code --clients=LAGWISE} chooses one of two, {@code --instances=1,10} how
 * many there are in this JVM, {@code --seconds=20} how long they are idle,
 * {@code --load-seconds=8} how long each of them then begins {@code --read-rate=100}
 * reads and {@code --write-rate=10} writes per second, and {@code --out=DIRECTORY} where
 * to put values and pictures.
 */
public final class RestTable {

	private static final int MANY = 100;

	private final Set<ClientKind> clients;

	private final List<Integer> instances;

	private final Duration idle;

	private final Duration loaded;

	private final int readRate;

	private final int writeRate;

	private final Path out;

	private final ResultTable servers = new ResultTable(
			Stream.concat(Stream.of("client", "instances", "source", "phase", "server"), ServerRates.COLUMNS.stream())
				.toList());

	private final ResultTable jvms = new ResultTable(
			List.of("client", "instances", "heap KB per instance", "threads per instance", "threads"));

	private final Map<String, List<Double>> bars = new LinkedHashMap<>();

	private RestTable(Arguments args) {
		this.clients = args.choice("clients", ClientKind.class);
		this.instances = args.numbers("instances", "1,10");
		this.idle = Duration.ofSeconds(Long.parseLong(args.get("seconds", "20")));
		this.loaded = Duration.ofSeconds(Long.parseLong(args.get("load-seconds", "8")));
		this.readRate = Integer.parseInt(args.get("read-rate", "100"));
		this.writeRate = Integer.parseInt(args.get("write-rate", "10"));
		this.out = Path.of(args.get("out", "target/results"));
	}

	/**
	 * Measure.
	 * @param args what, and how
	 * @throws Exception if the servers cannot be had
	 */
	public static void main(String[] args) throws Exception {
		new RestTable(new Arguments(List.of(args))).print();
		System.exit(0);
	}

	private void print() throws Exception {
		try (ReplicatedRedis redis = ReplicatedRedis.builder().proxied(false).start()) {
			// the first instances load the classes
			for (ClientKind client : this.clients) {
				new RestRun(redis, client, 1).close();
			}
			List<ServerRates> nobodyIdle = RestRun.rest(redis, this.idle);
			add("nobody", 0, "measured", "idle", nobodyIdle);
			// the run's own questions weigh more in a shorter time
			List<ServerRates> nobodyLoaded = RestRun.rest(redis, this.loaded);
			for (ClientKind client : this.clients) {
				for (int count : this.instances) {
					measure(redis, client, count, nobodyIdle, nobodyLoaded);
				}
			}
		}
		System.out.println(Machine.describe());
		System.out.println();
		System.out.println(this.servers.markdown());
		System.out.println(this.jvms.markdown());
		this.servers.writeCsv(this.out.resolve("rest.csv"));
		this.jvms.writeCsv(this.out.resolve("rest-instances.csv"));
		BarChart chart = new BarChart("Commands that applications cause", "commands per second",
				Stream.of(NodeKind.values()).map(NodeKind::label).toList());
		this.bars.forEach(chart::bars);
		chart.write(this.out.resolve("rest.png"));
		System.out.println("Values and pictures: " + this.out);
	}

	private void measure(ReplicatedRedis redis, ClientKind client, int count, List<ServerRates> nobodyIdle,
			List<ServerRates> nobodyLoaded) throws InterruptedException {
		try (RestRun run = new RestRun(redis, client, count)) {
			List<ServerRates> idle = run.rest(this.idle);
			List<ServerRates> loaded = run.load(this.readRate, this.writeRate, this.loaded);
			Map<String, Long> threads = run.threads();
			long threadCount = threads.values().stream().mapToLong(Long::longValue).sum();
			this.jvms.add(List.of(client.label(), Integer.toString(count), Long.toString(run.heapPerInstance() / 1024),
					String.format(Locale.ROOT, "%.1f", (double) threadCount / count),
					threads.entrySet()
						.stream()
						.map((entry) -> entry.getValue() + " " + entry.getKey())
						.collect(Collectors.joining(", "))));
			report(client, count, "idle", without(nobodyIdle, idle));
			report(client, count, "light load", without(nobodyLoaded, loaded));
		}
	}

	private void report(ClientKind client, int count, String phase, List<ServerRates> rates) {
		add(client.label(), count, "measured", phase, rates);
		if (count == this.instances.get(this.instances.size() - 1)) {
			this.bars.put("%s, %d instances, %s".formatted(client.label(), count, phase),
					rates.stream().map(ServerRates::commands).toList());
			add(client.label(), MANY, "computed", phase,
					rates.stream().map((rate) -> rate.times((double) MANY / count)).toList());
		}
	}

	private void add(String client, int instances, String source, String phase, List<ServerRates> rates) {
		for (NodeKind kind : NodeKind.values()) {
			List<String> row = new ArrayList<>(
					List.of(client, Integer.toString(instances), source, phase, kind.label()));
			row.addAll(rates.get(kind.ordinal()).cells());
			this.servers.add(row);
		}
	}

	private static List<ServerRates> without(List<ServerRates> nobody, List<ServerRates> rates) {
		return IntStream.range(0, rates.size()).mapToObj((i) -> rates.get(i).without(nobody.get(i))).toList();
	}

}
