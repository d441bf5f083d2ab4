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
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.sample.stock.StockService;

import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

/**
 * Turns carts into orders, which are on every replica before the customer hears of them.
 */
@Service
class Checkout {

	private final StringRedisTemplate redis;

	private final HashOperations<String, String, String> hashes;

	private final StockService stock;

	Checkout(StringRedisTemplate redis, StockService stock) {
		this.redis = redis;
		this.hashes = redis.opsForHash();
		this.stock = stock;
	}

	@WaitForReplicas
	Order checkOut(String user) {
		return this.redis.execute(new SessionCallback<>() {

			@Override
			public <K, V> Order execute(RedisOperations<K, V> operations) {
				return order(user);
			}

		});
	}

	@ConsistentRead
	Order find(String user, long number) {
		Map<String, String> items = this.hashes.entries(key(user, number));
		if (items.isEmpty()) {
			throw new UnknownOrderException(user, number);
		}
		return new Order(number, user, pieces(items));
	}

	// On the one connection of the session: of two checkouts at a time, one buys
	private Order order(String user) {
		this.redis.watch(CartService.key(user));
		Map<String, String> items = this.hashes.entries(CartService.key(user));
		if (items.isEmpty()) {
			throw new EmptyCartException(user);
		}
		Order order = new Order(number(), user, pieces(items));
		this.stock.sellAll(order.items());
		this.redis.multi();
		this.hashes.putAll(key(user, order.number()), items);
		this.redis.delete(CartService.key(user));
		if (this.redis.exec().isEmpty()) {
			this.stock.takeBack(order.items());
			throw new CartChangedException(user);
		}
		return order;
	}

	private long number() {
		Long number = this.redis.opsForValue().increment("shop:orders");
		if (number == null) {
			throw new IllegalStateException("Orders cannot be counted inside a transaction");
		}
		return number;
	}

	private static Map<Long, Integer> pieces(Map<String, String> items) {
		Map<Long, Integer> pieces = new TreeMap<>();
		items.forEach((product, count) -> pieces.put(Long.valueOf(product), Integer.valueOf(count)));
		return pieces;
	}

	private static String key(String user, long number) {
		return "shop:order:" + user + ":" + number;
	}

}
