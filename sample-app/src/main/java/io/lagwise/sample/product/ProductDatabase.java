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
		.of(new Product(1, "Filter coffee", "kitchen"), new Product(2, "Coffee mill", "kitchen"),
				new Product(3, "Kettle", "kitchen"), new Product(4, "Desk lamp", "office"),
				new Product(5, "Notebook", "office"), new Product(6, "Fountain pen", "office"),
				new Product(7, "Rain jacket", "outdoor"), new Product(8, "Thermos flask", "outdoor"))
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

}
