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

package io.lagwise.compatibility;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

import org.springframework.data.redis.connection.RedisConnection;

/**
 * Calls every method of a group a few times, in an order and with arguments that are
 * random and the same for everybody who starts with the same seed.
 *
 * @param <C> what gives access to the group
 */
final class RandomCalls<C> implements Consumer<Transcript> {

	private static final int CALLS_PER_FILL = Keys.SINGLES;

	/**
	 * What makes no sense at random, or says something about the whole server. Scenarios
	 * call these.
	 */
	private static final Set<String> LEFT_TO_SCENARIOS = Set.of("execute", "executePipelined",
			"executeWithStickyConnection", "executeInSession", "multi", "exec", "discard", "watch", "unwatch",
			"getClientList", "killClient", "replicaOf", "replicaOfNoOne", "convertAndSend", "getOperations",
			"getKeySerializer", "getValueSerializer", "getHashKeySerializer", "getHashValueSerializer",
			"getSerializationContext", "listenTo", "listenToLater", "listenToChannel", "listenToChannelLater",
			"listenToPattern", "listenToPatternLater", "getHashMapper", "deserializeRecord", "map", "expiration",
			"getKey", "idletime", "opsForCluster");

	private final Subject subject;

	private final CommandGroup<C> group;

	private final Style<C> style;

	private final Keys keys;

	private final boolean scans;

	private final int rounds;

	private final long seed;

	RandomCalls(Subject subject, CommandGroup<C> group, Style<C> style, boolean scans, Keys keys, int rounds,
			long seed) {
		this.subject = subject;
		this.group = group;
		this.style = style;
		this.scans = scans;
		this.keys = keys;
		this.rounds = rounds;
		this.seed = seed;
	}

	Rendering rendering() {
		return new Rendering(this.keys, this.group.content() != Content.SET && this.group.content() != Content.MIXED);
	}

	@Override
	public void accept(Transcript transcript) {
		Rendering rendering = rendering();
		List<Call<C>> calls = calls();
		for (int i = 0; i < calls.size(); i += CALLS_PER_FILL) {
			int edition = i / CALLS_PER_FILL;
			transcript.run("content", () -> fill(edition));
			List<Call<C>> some = calls.subList(i, Math.min(calls.size(), i + CALLS_PER_FILL));
			List<String> outcomes = this.style.outcomes(this.subject, some, this.keys, rendering);
			for (int j = 0; j < outcomes.size(); j++) {
				transcript.add((j < some.size()) ? some.get(j).text(rendering) : "results", outcomes.get(j));
			}
		}
	}

	private void fill(int edition) {
		try (RedisConnection connection = this.subject.factory().getConnection()) {
			this.group.content().fill(connection, this.keys, edition);
		}
	}

	private List<Call<C>> calls() {
		SplittableRandom random = new SplittableRandom(this.seed);
		List<Method> methods = new ArrayList<>(Coverage.methods(this.group.type())
			.stream()
			.filter(this::isCalledAtRandom)
			.sorted(Comparator.comparing(Method::toGenericString))
			.toList());
		byte[] dump = this.subject.dump(this.keys);
		List<Call<C>> calls = new ArrayList<>();
		for (int i = 0; i < this.rounds; i++) {
			Collections.shuffle(methods, new Random(random.nextLong()));
			for (Method method : methods) {
				boolean blocking = mayBlock(method);
				Arguments arguments = new Arguments(random, this.group, this.keys, dump, blocking, calls.size());
				if (blocking || choosesAtRandom(method)) {
					arguments.startWith(this.keys.single(calls.size() % CALLS_PER_FILL));
				}
				String key = this.group.isBound() ? arguments.key() : "";
				calls.add(new Call<>(this.group, key, method, arguments.of(method)));
			}
		}
		return calls;
	}

	private boolean isCalledAtRandom(Method method) {
		// what takes commands is called by what takes their arguments
		boolean takesCommands = Arrays.stream(method.getGenericParameterTypes())
			.anyMatch((type) -> type.getTypeName().matches(".*Publisher<.*[.]Reactive.*>"));
		boolean opensGroup = CommandGroup.isRecorded(method.getReturnType());
		// Spring Data closes the connection behind a scan, also that of a callback
		boolean refused = !this.scans && method.getName().toLowerCase(Locale.ROOT).contains("scan");
		boolean ofTheServer = this.group.content() == Content.MIXED && method.getParameterCount() == 0
				&& (method.getName().equals("scan") || method.getName().equals("randomKey"));
		return !takesCommands && !opensGroup && !refused && !ofTheServer
				&& !LEFT_TO_SCENARIOS.contains(method.getName());
	}

	private boolean mayBlock(Method method) {
		String name = method.getName();
		return name.matches("b[A-Z].*") && !name.startsWith("bit")
				|| (this.group.content() == Content.LIST || this.group.content() == Content.SORTED_SET)
						&& name.matches("(left|right)?[pP]op.*|move")
						&& (Arguments.hasParameterCalled(method, "timeout")
								|| Arguments.hasParameterCalled(method, "duration"));
	}

	private boolean choosesAtRandom(Method method) {
		String name = method.getName();
		return name.toLowerCase().contains("rand") || (this.group.content() == Content.SET && name.matches("sPop|pop"));
	}

}
