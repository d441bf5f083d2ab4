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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Everything that is done with a subject, in transcripts that do not depend on each
 * other.
 */
final class Suite {

	private static final int THREADS = 24;

	private final Subject subject;

	private final Map<String, Title> titles = new LinkedHashMap<>();

	private Suite(Subject subject) {
		this.subject = subject;
	}

	/**
	 * Return random calls of every group of a layer, in every style.
	 */
	static <C> Suite ofRandomCalls(Subject subject, String layer, List<CommandGroup<C>> groups,
			Map<String, Style<C>> styles, int rounds) {
		Suite suite = new Suite(subject);
		for (CommandGroup<C> group : groups) {
			styles.forEach((name, style) -> {
				String title = layer + ", " + group.type().getSimpleName() + ", " + name;
				Keys keys = subject.keys(title.replace(",", ""));
				RandomCalls<C> calls = new RandomCalls<>(subject, group, style, name.equals("a connection each"), keys,
						rounds, title.hashCode());
				suite.titles.put(title, new Title(calls.rendering(), calls::accept));
			});
		}
		return suite;
	}

	/**
	 * Return scenarios.
	 */
	static Suite ofScenarios(Subject subject, Map<String, Scenario> scenarios) {
		Suite suite = new Suite(subject);
		scenarios.forEach((title, scenario) -> {
			Keys keys = subject.keys(title);
			suite.titles.put(title,
					new Title(new Rendering(keys, true), (transcript) -> scenario.play(subject, keys, transcript)));
		});
		return suite;
	}

	/**
	 * Return this suite with what another one does.
	 */
	Suite and(Suite other) {
		Suite both = new Suite(this.subject);
		both.titles.putAll(this.titles);
		both.titles.putAll(other.titles);
		return both;
	}

	/**
	 * Do everything, several things at a time.
	 */
	Map<String, Transcript> concurrently() {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			Map<String, Future<Transcript>> futures = new LinkedHashMap<>();
			this.titles.forEach((title, script) -> futures.put(title, threads.submit(script::transcript)));
			Map<String, Transcript> transcripts = new TreeMap<>();
			for (Map.Entry<String, Future<Transcript>> future : futures.entrySet()) {
				transcripts.put(future.getKey(), future.getValue().get());
			}
			return transcripts;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Interrupted or failed: " + this.subject.name(), ex);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Do everything, one thing at a time.
	 */
	Map<String, Transcript> inTurn() {
		Map<String, Transcript> transcripts = new TreeMap<>();
		this.titles.forEach((title, script) -> transcripts.put(title, script.transcript()));
		return transcripts;
	}

	/**
	 * Part of a suite.
	 */
	private record Title(Rendering rendering, Consumer<Transcript> script) {

		Transcript transcript() {
			Transcript transcript = new Transcript(this.rendering);
			try {
				this.script.accept(transcript);
			}
			catch (RuntimeException ex) {
				transcript.breakOff(ex);
			}
			return transcript;
		}

	}

}
