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

/**
 * The processor time that one command takes of a node that is busy all the time, in
 * microseconds.
 *
 * @param read a read
 * @param write a write, on a primary without replicas
 * @param feed what a write costs the primary in addition for each replica
 * @param apply a write, on a replica
 */
record CommandCosts(double read, double write, double feed, double apply) {

	/**
	 * Return how many reads per second the slices pay for: all reads go to replicas,
	 * evenly, each replica applies each write, and the primary does nothing but write.
	 * @param replicas the number of replicas; without any the primary does it all
	 * @param readPercent how many of a hundred operations are reads
	 * @param slice what each node has
	 */
	double reads(int replicas, int readPercent, CpuSlice slice) {
		double reads = readPercent / 100.0;
		double writes = 1 - reads;
		double primary = writes * (this.write + replicas * this.feed) + ((replicas > 0) ? 0 : reads * this.read);
		double replica = (replicas > 0) ? reads * this.read / replicas + writes * this.apply : 0;
		return reads * 1e6 * slice.processors() / Math.max(primary, replica);
	}

}
