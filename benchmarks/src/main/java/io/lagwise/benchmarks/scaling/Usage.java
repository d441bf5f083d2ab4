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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What nodes, client and machine have used since some time in the past; the first node is
 * the primary.
 *
 * @param nanos when this was
 * @param client the processor time of this JVM, in seconds
 * @param idle the time that processors of the machine had nothing to do, in seconds
 * @param nodes the use of each node
 */
record Usage(long nanos, double client, double idle, List<OfNode> nodes) {

	Usage since(Usage earlier) {
		List<OfNode> differences = new ArrayList<>();
		IntStream.range(0, this.nodes.size())
			.forEach((i) -> differences.add(this.nodes.get(i).since(earlier.nodes.get(i))));
		return new Usage(this.nanos - earlier.nanos, this.client - earlier.client, this.idle - earlier.idle,
				differences);
	}

	double seconds() {
		return this.nanos / 1e9;
	}

	OfNode primary() {
		return this.nodes.get(0);
	}

	List<OfNode> replicas() {
		return this.nodes.subList(1, this.nodes.size());
	}

	OfNode busiest() {
		return this.nodes.stream().max(Comparator.comparingDouble(OfNode::processor)).orElseThrow();
	}

	double replicaReadPercent() {
		long all = this.nodes.stream().mapToLong(OfNode::reads).sum();
		return 100.0 * replicas().stream().mapToLong(OfNode::reads).sum() / Math.max(1, all);
	}

	/**
	 * What one node has used.
	 *
	 * @param processor its processor time, in seconds
	 * @param throttled how long it was kept from running, in seconds
	 * @param reads how many reads it has served
	 */
	record OfNode(double processor, double throttled, long reads) {

		private OfNode since(OfNode earlier) {
			return new OfNode(this.processor - earlier.processor, this.throttled - earlier.throttled,
					this.reads - earlier.reads);
		}

	}

}
