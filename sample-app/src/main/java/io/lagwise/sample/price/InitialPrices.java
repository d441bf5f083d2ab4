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

import io.lagwise.sample.product.ProductCatalog;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Opens the shop with the prices of its list: an earlier one may have left others in the
 * cache.
 */
@Component
class InitialPrices implements ApplicationRunner {

	private final ProductCatalog catalog;

	private final PriceService prices;

	InitialPrices(ProductCatalog catalog, PriceService prices) {
		this.catalog = catalog;
		this.prices = prices;
	}

	@Override
	public void run(ApplicationArguments args) {
		this.catalog.findAll().forEach((product) -> this.prices.reset(product.id()));
	}

}
