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

import java.util.ArrayList;
import java.util.List;

/**
 * What was done, and what came of it.
 */
final class Transcript {

	private final List<Line> lines = new ArrayList<>();

	private final Rendering rendering;

	private boolean complete = true;

	Transcript(Rendering rendering) {
		this.rendering = rendering;
	}

	/**
	 * Do something and write down the outcome, exceptions included.
	 */
	void note(String action, Attempt attempt) {
		String outcome;
		try {
			outcome = this.rendering.text(attempt.make());
		}
		catch (Exception ex) {
			outcome = this.rendering.text(ex);
		}
		add(action, outcome);
	}

	/**
	 * Do something that returns nothing.
	 */
	void run(String action, Runnable attempt) {
		note(action, () -> {
			attempt.run();
			return "done";
		});
	}

	void add(String action, String outcome) {
		this.lines.add(new Line(action, outcome));
	}

	/**
	 * Write down why nothing else was done.
	 */
	void breakOff(RuntimeException ex) {
		this.complete = false;
		add("broken off", this.rendering.text(ex));
	}

	boolean isComplete() {
		return this.complete;
	}

	int size() {
		return this.lines.size();
	}

	/**
	 * Return the numbers of the lines in which this transcript differs from what is true.
	 */
	List<Integer> differences(Transcript truth) {
		List<Integer> differences = new ArrayList<>();
		for (int i = 0; i < Math.max(size(), truth.size()); i++) {
			if (i >= size() || i >= truth.size() || !this.lines.get(i).equals(truth.lines.get(i))) {
				differences.add(i);
			}
		}
		return differences;
	}

	/**
	 * Return the lines before and including one, to see how it came about.
	 */
	String upTo(int last, int lines) {
		StringBuilder text = new StringBuilder();
		this.lines.subList(Math.max(0, last + 1 - lines), Math.min(size(), last + 1))
			.forEach((line) -> text.append("  ").append(line.action).append(" -> ").append(line.outcome).append('\n'));
		return text.toString();
	}

	interface Attempt {

		Object make() throws Exception;

	}

	private record Line(String action, String outcome) {

	}

}
