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

import java.util.EnumSet;
import java.util.Set;

/**
 * How far above the connection a subject reads, and what can be asked for there.
 */
enum Level {

	CONNECTION("connection", EnumSet.allOf(Operation.class), EnumSet.allOf(Way.class)),

	TEMPLATE("template", EnumSet.of(Operation.GET_16, Operation.GET_1K, Operation.MGET_50, Operation.HGETALL_100),
			EnumSet.of(Way.BLOCKING_1, Way.BLOCKING_16)),

	CACHE("cache", EnumSet.of(Operation.GET_16, Operation.GET_1K, Operation.GET_64K),
			EnumSet.of(Way.BLOCKING_1, Way.BLOCKING_16));

	private final String label;

	private final Set<Operation> operations;

	private final Set<Way> ways;

	Level(String label, Set<Operation> operations, Set<Way> ways) {
		this.label = label;
		this.operations = operations;
		this.ways = ways;
	}

	String label() {
		return this.label;
	}

	boolean has(Operation operation) {
		return this.operations.contains(operation);
	}

	boolean has(Way way) {
		return this.ways.contains(way);
	}

}
