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

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What this JVM holds.
 *
 * @param threads how many threads there are, by what their names begin with
 * @param heap how many bytes are left by garbage collections
 */
record JvmUse(Map<String, Long> threads, long heap) {

	static JvmUse now() throws InterruptedException {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			Thread.sleep(100);
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return new JvmUse(countThreads(), least);
	}

	/**
	 * Return which threads there are that there were not before.
	 */
	Map<String, Long> threadsSince(JvmUse before) {
		Map<String, Long> added = new TreeMap<>();
		this.threads.forEach((name, count) -> {
			long difference = count - before.threads.getOrDefault(name, 0L);
			if (difference > 0) {
				added.put(name, difference);
			}
		});
		return added;
	}

	private static Map<String, Long> countThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.collect(Collectors.groupingBy((thread) -> thread.getName().replaceFirst("[-#\\d: ]+$", ""), TreeMap::new,
					Collectors.counting()));
	}

}
