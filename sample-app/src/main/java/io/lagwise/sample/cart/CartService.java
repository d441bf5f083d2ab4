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

import java.util.Map;
import java.util.TreeMap;

import io.lagwise.annotation.ConsistentRead;

import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * Keeps one hash per user, from product to pieces.
 */
@Service
class CartService {

	private final HashOperations<String, String, String> carts;

	CartService(StringRedisTemplate redis) {
		this.carts = redis.opsForHash();
	}

	void put(String user, long product, int pieces) {
		this.carts.put(key(user), Long.toString(product), Integer.toString(pieces));
	}

	void remove(String user, long product) {
		this.carts.delete(key(user), Long.toString(product));
	}

	@ConsistentRead
	Cart find(String user) {
		Map<String, Integer> items = new TreeMap<>();
		this.carts.entries(key(user)).forEach((product, pieces) -> items.put(product, Integer.valueOf(pieces)));
		return new Cart(user, items);
	}

	static String key(String user) {
		return "shop:cart:" + user;
	}

}
