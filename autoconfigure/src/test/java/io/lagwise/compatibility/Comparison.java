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

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The transcripts of one subject, beside what is true.
 */
final class Comparison {

	private static final int SHOWN = 5;

	private static final int CONTEXT = 8;

	private final String subject;

	private final Map<String, Transcript> truths;

	private final Map<String, List<String>> differences = new TreeMap<>();

	private final StringBuilder report = new StringBuilder();

	Comparison(String subject, Map<String, Transcript> truths, Map<String, Transcript> transcripts) {
		this.subject = subject;
		this.truths = truths;
		truths.forEach((title, truth) -> {
			Transcript transcript = transcripts.get(title);
			List<Integer> lines = transcript.differences(truth);
			if (!lines.isEmpty()) {
				this.differences.put(title, lines.stream().map((line) -> Integer.toString(line)).toList());
				report(title, truth, transcript, lines);
			}
		});
	}

	int answers() {
		return this.truths.values().stream().mapToInt(Transcript::size).sum();
	}

	int wrongAnswers() {
		return this.differences.values().stream().mapToInt(List::size).sum();
	}

	int wrongTranscripts() {
		return this.differences.size();
	}

	/**
	 * Return what a person needs to find the cause, nothing if there are no differences.
	 */
	String report() {
		return this.report.toString();
	}

	private void report(String title, Transcript truth, Transcript transcript, List<Integer> lines) {
		this.report.append("%n%s of '%s' (seed %d): %d of %d answers differ%n".formatted(title, this.subject,
				title.hashCode(), lines.size(), truth.size()));
		lines.stream()
			.limit(SHOWN)
			.forEach((line) -> this.report.append(transcript.upTo(line, CONTEXT))
				.append("  but on a single server\n")
				.append(truth.upTo(line, 1)));
	}

}
