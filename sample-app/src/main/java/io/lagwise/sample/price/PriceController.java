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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/prices/{product}")
class PriceController {

	private final PriceService prices;

	PriceController(PriceService prices) {
		this.prices = prices;
	}

	@GetMapping
	Price find(@PathVariable long product) {
		return this.prices.find(product);
	}

	@PutMapping
	Price change(@PathVariable long product, @RequestBody NewPrice price) {
		this.prices.change(product, positive(price.euros()));
		return this.prices.find(product);
	}

	@DeleteMapping
	Price reset(@PathVariable long product) {
		this.prices.reset(product);
		return this.prices.find(product);
	}

	private static BigDecimal positive(@Nullable BigDecimal euros) {
		if (euros == null || euros.signum() <= 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'euros' must be positive");
		}
		return euros;
	}

}
