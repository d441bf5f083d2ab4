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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one server does per second for applications.
 *
 * @param calls how often it runs each command
 * @param values commands altogether, bytes and processor time
 * @param connections how many connections it holds
 */
record ServerRates(Map<String, Double> calls, Map<String, Double> values, double connections) {

	private static final List<String> NAMED = List.of("INFO", "ROLE", "PUBLISH", "WAIT", "REPLCONF", "PING", "GET",
			"SET");

	static final List<String> COLUMNS = columns();

	static ServerRates between(ServerCount before, ServerCount after, double seconds) {
		return new ServerRates(combine(after.calls(), before.calls(), 1 / seconds),
				combine(after.values(), before.values(), 1 / seconds), after.connections());
	}

	/**
	 * Return what is left without that which happens without any application. What is
	 * less than nothing is noise.
	 */
	ServerRates without(ServerRates nobody) {
		return new ServerRates(combine(this.calls, nobody.calls, 1), combine(this.values, nobody.values, 1),
				this.connections - nobody.connections);
	}

	ServerRates times(double factor) {
		return new ServerRates(combine(this.calls, Map.of(), factor), combine(this.values, Map.of(), factor),
				this.connections * factor);
	}

	/**
	 * Return how many commands there are altogether. Sentinels do not tell which.
	 */
	double commands() {
		return value("total_commands_processed");
	}

	List<String> cells() {
		List<String> cells = new ArrayList<>();
		cells.add(number(commands()));
		NAMED.forEach((command) -> cells.add(calls(command)));
		cells.add(this.calls.isEmpty() ? "" : number(Math.max(0, commands() - named())));
		cells.add(number(this.connections));
		cells.add(bytes("total_net_input_bytes"));
		cells.add(bytes("total_net_output_bytes"));
		cells.add(String.format(Locale.ROOT, "%.2f", 100 * (value("used_cpu_sys") + value("used_cpu_user"))));
		return cells;
	}

	private double named() {
		return NAMED.stream().mapToDouble((command) -> this.calls.getOrDefault(command, 0.0)).sum();
	}

	private String calls(String command) {
		return this.calls.isEmpty() ? "" : number(this.calls.getOrDefault(command, 0.0));
	}

	private double value(String name) {
		return this.values.getOrDefault(name, 0.0);
	}

	private String bytes(String name) {
		return String.format(Locale.ROOT, "%.0f", value(name));
	}

	private static Map<String, Double> combine(Map<String, Double> values, Map<String, Double> minus, double factor) {
		Map<String, Double> combined = new HashMap<>();
		values
			.forEach((name, value) -> combined.put(name, Math.max(0, value - minus.getOrDefault(name, 0.0)) * factor));
		return combined;
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%.1f", value);
	}

	private static List<String> columns() {
		List<String> columns = new ArrayList<>(List.of("commands/s"));
		NAMED.forEach((command) -> columns.add(command + "/s"));
		columns.addAll(List.of("others/s", "connections", "bytes in/s", "bytes out/s", "% of a processor"));
		return List.copyOf(columns);
	}

}
