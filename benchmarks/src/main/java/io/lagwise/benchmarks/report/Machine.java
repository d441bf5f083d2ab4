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

package io.lagwise.benchmarks.report;

import io.lettuce.core.RedisClient;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Describes what a run has been measured on.
 */
public final class Machine {

	private Machine() {
	}

	/**
	 * Describe the machine of this run.
	 * @return processors, system, Java and libraries in one line
	 */
	public static String describe() {
		return "%d processors, %s %s, Java %s, Spring Boot %s, Spring Data Redis %s, Lettuce %s".formatted(
				Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
				System.getProperty("os.arch"), System.getProperty("java.version"), SpringBootVersion.getVersion(),
				version(RedisTemplate.class), version(RedisClient.class));
	}

	private static @Nullable String version(Class<?> type) {
		return type.getPackage().getImplementationVersion();
	}

}
