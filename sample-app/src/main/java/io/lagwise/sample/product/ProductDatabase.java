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

package io.lagwise.sample.product;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Repository;

/**
 * Stands in for the database that is too slow to be asked for every page.
 */
@Repository
class ProductDatabase {

	private final Map<Long, Product> products = Stream
		.of(product(1, "Filter coffee", "kitchen", "7.90"), product(2, "Coffee mill", "kitchen", "49.00"),
				product(3, "Kettle", "kitchen", "34.50"), product(4, "Desk lamp", "office", "28.00"),
				product(5, "Notebook", "office", "4.20"), product(6, "Fountain pen", "office", "19.90"),
				product(7, "Rain jacket", "outdoor", "89.00"), product(8, "Thermos flask", "outdoor", "22.00"))
		.collect(Collectors.toMap(Product::id, Function.identity(), (first, second) -> first, TreeMap::new));

	private final Duration latency;

	ProductDatabase(@Value("${shop.database.latency}") Duration latency) {
		this.latency = latency;
	}

	Optional<Product> find(long id) {
		work();
		return Optional.ofNullable(this.products.get(id));
	}

	List<Product> findAll() {
		work();
		return List.copyOf(this.products.values());
	}

	private void work() {
		LockSupport.parkNanos(this.latency.toNanos());
	}

	private static Product product(long id, String name, String category, String price) {
		return new Product(id, name, category, new BigDecimal(price));
	}

}
