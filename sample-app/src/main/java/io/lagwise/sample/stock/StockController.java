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

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/stock/{product}")
class StockController {

	private final StockService stock;

	StockController(StockService stock) {
		this.stock = stock;
	}

	@GetMapping
	StockLevel count(@PathVariable long product) {
		return new StockLevel(product, this.stock.count(product));
	}

	@PostMapping("/sales")
	StockLevel sell(@PathVariable long product, @RequestBody Pieces sold) {
		return new StockLevel(product, this.stock.sell(product, positive(sold)));
	}

	@PostMapping("/deliveries")
	StockLevel deliver(@PathVariable long product, @RequestBody Pieces delivered) {
		return new StockLevel(product, this.stock.deliver(product, positive(delivered)));
	}

	private static long positive(Pieces pieces) {
		if (pieces.pieces() <= 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'pieces' must be positive");
		}
		return pieces.pieces();
	}

}
