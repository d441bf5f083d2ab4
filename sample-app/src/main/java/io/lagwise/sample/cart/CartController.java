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

package io.lagwise.sample.cart;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/carts/{user}")
class CartController {

	private final CartService carts;

	private final Checkout checkout;

	CartController(CartService carts, Checkout checkout) {
		this.carts = carts;
		this.checkout = checkout;
	}

	@GetMapping
	Cart find(@PathVariable String user) {
		return this.carts.find(user);
	}

	@PutMapping("/{product}")
	Cart put(@PathVariable String user, @PathVariable long product, @RequestBody Item item) {
		if (item.pieces() <= 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'pieces' must be positive");
		}
		this.carts.put(user, product, item.pieces());
		return this.carts.find(user);
	}

	@DeleteMapping("/{product}")
	Cart remove(@PathVariable String user, @PathVariable long product) {
		this.carts.remove(user, product);
		return this.carts.find(user);
	}

	@PostMapping("/checkout")
	Order checkOut(@PathVariable String user) {
		return this.checkout.checkOut(user);
	}

	@GetMapping("/orders/{number}")
	Order findOrder(@PathVariable String user, @PathVariable long number) {
		return this.checkout.find(user, number);
	}

}
