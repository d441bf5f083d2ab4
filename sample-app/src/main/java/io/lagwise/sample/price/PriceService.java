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

import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * Finds prices in the cache, on a replica that has their last change where there is one.
 */
@Service
@CacheConfig(cacheNames = "prices")
public class PriceService {

	private final PriceDatabase database;

	PriceService(PriceDatabase database) {
		this.database = database;
	}

	/**
	 * Find what a product costs.
	 * @param product the number of the product
	 * @return its price
	 */
	@Cacheable
	public Price find(long product) {
		return new Price(product, this.database.find(product));
	}

	/**
	 * Change what a product costs.
	 * @param product the number of the product
	 * @param euros the new price
	 * @return the new price
	 */
	@CachePut(key = "#product")
	public Price change(long product, BigDecimal euros) {
		this.database.save(product, euros);
		return new Price(product, euros);
	}

	/**
	 * Go back to the price of the list.
	 * @param product the number of the product
	 */
	@CacheEvict
	public void reset(long product) {
		this.database.reset(product);
	}

}
