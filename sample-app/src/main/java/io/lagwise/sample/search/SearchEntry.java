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

package io.lagwise.sample.search;

import io.lagwise.sample.product.Product;

import org.springframework.data.annotation.Id;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.index.Indexed;

/**
 * What the search knows about a product.
 *
 * @param id the number of the product
 * @param name its name
 * @param category its category, by which it is found
 */
@RedisHash("shop:search")
record SearchEntry(@Id Long id, String name, @Indexed String category) {

	static SearchEntry of(Product product) {
		return new SearchEntry(product.id(), product.name(), product.category());
	}

}
