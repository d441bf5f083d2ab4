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

package io.lagwise.sample.stock;

import java.util.Map;
import java.util.TreeMap;

import io.lagwise.annotation.ReadFromPrimary;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * Counts the pieces of each product; what is sold must be there, so it asks the primary.
 */
@Service
public class StockService {

	private final StringRedisTemplate redis;

	StockService(StringRedisTemplate redis) {
		this.redis = redis;
	}

	@ReadFromPrimary
	long count(long product) {
		String pieces = this.redis.opsForValue().get(key(product));
		return (pieces != null) ? Long.parseLong(pieces) : 0;
	}

	long deliver(long product, long pieces) {
		return written(this.redis.opsForValue().increment(key(product), pieces));
	}

	long sell(long product, long pieces) {
		long left = written(this.redis.opsForValue().decrement(key(product), pieces));
		if (left < 0) {
			throw new OutOfStockException(product, deliver(product, pieces));
		}
		return left;
	}

	/**
	 * Sell pieces of several products: all of them or none.
	 * @param pieces the pieces by the number of the product
	 */
	public void sellAll(Map<Long, Integer> pieces) {
		Map<Long, Integer> sold = new TreeMap<>();
		try {
			pieces.forEach((product, count) -> {
				sell(product, count);
				sold.put(product, count);
			});
		}
		catch (OutOfStockException ex) {
			takeBack(sold);
			throw ex;
		}
	}

	/**
	 * Take back what was sold.
	 * @param pieces the pieces by the number of the product
	 */
	public void takeBack(Map<Long, Integer> pieces) {
		pieces.forEach(this::deliver);
	}

	void fillIfUnknown(long product, long pieces) {
		this.redis.opsForValue().setIfAbsent(key(product), Long.toString(pieces));
	}

	private static String key(long product) {
		return "shop:stock:" + product;
	}

	private static long written(@Nullable Long count) {
		if (count == null) {
			throw new IllegalStateException("The stock cannot be counted inside a transaction");
		}
		return count;
	}

}
