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

package io.lagwise.connection;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads one key again and again on a thread of its own and remembers what it saw.
 */
final class Reader {

	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> reading;

	private volatile boolean stopped;

	private Reader(StringRedisTemplate template, String key) {
		this.reading = CompletableFuture.runAsync(() -> {
			while (!this.stopped) {
				this.seen.add(read(template, key));
			}
		}, (task) -> new Thread(task, "reader").start());
	}

	static Reader start(StringRedisTemplate template, String key) {
		return new Reader(template, key);
	}

	Set<String> stop() {
		this.stopped = true;
		this.reading.join();
		return this.seen;
	}

	private static String read(StringRedisTemplate template, String key) {
		try {
			String value = template.opsForValue().get(key);
			return (value != null) ? value : "(nil)";
		}
		catch (RuntimeException ex) {
			return "(failed)";
		}
	}

}
