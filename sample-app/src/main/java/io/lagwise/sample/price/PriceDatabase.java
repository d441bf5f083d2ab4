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

package io.lagwise.sample.price;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.sample.product.UnknownProductException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Repository;

/**
 * Stands in for the database that is too slow to be asked for every price.
 */
@Repository
class PriceDatabase {

	private static final Map<Long, BigDecimal> LIST = Map.of(1L, euros("7.90"), 2L, euros("49.00"), 3L, euros("34.50"),
			4L, euros("28.00"), 5L, euros("4.20"), 6L, euros("19.90"), 7L, euros("89.00"), 8L, euros("22.00"));

	private final Map<Long, BigDecimal> prices = new ConcurrentHashMap<>(LIST);

	private final Duration latency;

	PriceDatabase(@Value("${shop.database.latency}") Duration latency) {
		this.latency = latency;
	}

	BigDecimal find(long product) {
		work();
		return known(product, this.prices.get(product));
	}

	void save(long product, BigDecimal euros) {
		known(product, this.prices.replace(product, euros));
	}

	void reset(long product) {
		save(product, known(product, LIST.get(product)));
	}

	private void work() {
		LockSupport.parkNanos(this.latency.toNanos());
	}

	private static BigDecimal known(long product, @Nullable BigDecimal euros) {
		if (euros == null) {
			throw new UnknownProductException(product);
		}
		return euros;
	}

	private static BigDecimal euros(String amount) {
		return new BigDecimal(amount);
	}

}
