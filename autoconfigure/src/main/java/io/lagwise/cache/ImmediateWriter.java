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

package io.lagwise.cache;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.cache.BatchStrategy;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * A writer of Spring Data Redis that has written when its methods return.
 *
 * @param writer the writer
 * @param connectionFactory what it gets its connections from
 * @param locking whether it locks caches
 */
record ImmediateWriter(RedisCacheWriter writer, RedisConnectionFactory connectionFactory, boolean locking) {

	private static final String DEFAULT_WRITER = "org.springframework.data.redis.cache.DefaultRedisCacheWriter";

	/**
	 * Return the immediate twin of a writer.
	 * @param writer the writer
	 * @return the twin, or {@code null} if the writer is not one of Spring Data Redis, or
	 * of a version that is built differently
	 */
	static @Nullable ImmediateWriter of(RedisCacheWriter writer) {
		if (!isOfSpringData(writer)) {
			return null;
		}
		try {
			// these have no getters
			DirectFieldAccessor fields = new DirectFieldAccessor(writer);
			RedisConnectionFactory connectionFactory = value(fields, "connectionFactory", RedisConnectionFactory.class);
			Duration sleepTime = value(fields, "sleepTime", Duration.class);
			RedisCacheWriter.TtlFunction lockTtl = value(fields, "lockTtl", RedisCacheWriter.TtlFunction.class);
			CacheStatisticsCollector statistics = value(fields, "statistics", CacheStatisticsCollector.class);
			BatchStrategy batchStrategy = value(fields, "batchStrategy", BatchStrategy.class);
			boolean locking = !sleepTime.isZero() && !sleepTime.isNegative();
			return new ImmediateWriter(RedisCacheWriter.create(connectionFactory, (configurer) -> {
				configurer.immediateWrites(true).collectStatistics(statistics).batchStrategy(batchStrategy);
				if (locking) {
					configurer.enableLocking((lock) -> lock.sleepTime(sleepTime).lockTimeout(lockTtl));
				}
			}), connectionFactory, locking);
		}
		catch (BeansException | IllegalStateException ex) {
			return null;
		}
	}

	static boolean isOfSpringData(RedisCacheWriter writer) {
		return writer.getClass().getName().equals(DEFAULT_WRITER);
	}

	private static <T> T value(DirectFieldAccessor fields, String name, Class<T> type) {
		Object value = fields.getPropertyValue(name);
		if (!type.isInstance(value)) {
			throw new IllegalStateException("The field '" + name + "' does not hold a " + type.getSimpleName());
		}
		return type.cast(value);
	}

}
