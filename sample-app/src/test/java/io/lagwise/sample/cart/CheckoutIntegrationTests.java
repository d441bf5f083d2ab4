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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.sample.stock.StockService;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Checkouts while replicas get every write 50 milliseconds late.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "shop.database.latency=0ms")
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class CheckoutIntegrationTests {

	private final ReplicatedRedis redis;

	@Autowired
	private CartService carts;

	@Autowired
	private Checkout checkout;

	@Autowired
	private StockService stock;

	CheckoutIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delayReplication(@Autowired ReplicaAwareConnectionFactory connections) {
		await().until(() -> connections.getReadableReplicas().size() == 2);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
		this.stock.takeBack(Map.of(1L, 25, 2L, 25));
	}

	@Test
	void checkoutIsOnEveryReplicaWhenItReturns() {
		int late = 0;
		for (int i = 1; i <= 20; i++) {
			this.carts.put("ada", 1, 1);
			late += onReplicas("HGET", "shop:cart:ada", "1").contains(null) ? 1 : 0;
			Order order = this.checkout.checkOut("ada");
			assertThat(onReplicas("HGET", "shop:order:ada:" + order.number(), "1")).containsOnly("1");
			assertThat(onReplicas("EXISTS", "shop:cart:ada")).containsOnly("0");
			assertThat(onReplicas("GET", "shop:stock:1")).containsOnly(Integer.toString(25 - i));
		}
		assertThat(late).as("writes that were not waited for and not on every replica").isPositive();
	}

	@Test
	void orderIsFoundAtOnce() {
		this.carts.put("ada", 1, 2);
		this.carts.put("ada", 2, 3);
		Order order = this.checkout.checkOut("ada");
		assertThat(order.items()).isEqualTo(Map.of(1L, 2, 2L, 3));
		assertThat(this.checkout.find("ada", order.number())).isEqualTo(order);
		assertThat(this.carts.find("ada").items()).isEmpty();
	}

	@Test
	void replicaThatIsCutOffDelaysACheckoutAndDoesNotStopIt() {
		this.redis.cutReplication(this.redis.replicas().get(0));
		this.carts.put("ada", 1, 1);
		long start = System.nanoTime();
		Order order = this.checkout.checkOut("ada");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
		assertThat(this.checkout.find("ada", order.number())).isEqualTo(order);
		assertThat(this.carts.find("ada").items()).isEmpty();
	}

	@Test
	void cartIsBoughtOnceHoweverOftenItIsCheckedOutAtATime() throws Exception {
		this.carts.put("ada", 1, 5);
		List<Order> orders = new ArrayList<>();
		ExecutorService customers = Executors.newFixedThreadPool(4);
		try {
			List<Future<Order>> checkouts = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				checkouts.add(customers.submit(() -> this.checkout.checkOut("ada")));
			}
			for (Future<Order> checkout : checkouts) {
				try {
					orders.add(checkout.get());
				}
				catch (ExecutionException ex) {
					assertThat(ex.getCause()).isInstanceOfAny(EmptyCartException.class, CartChangedException.class);
				}
			}
		}
		finally {
			customers.shutdownNow();
		}
		assertThat(orders).singleElement().satisfies((order) -> assertThat(order.items()).isEqualTo(Map.of(1L, 5)));
		assertThat(this.redis.execute(this.redis.primary(), "GET", "shop:stock:1")).isEqualTo("20");
	}

	@Test
	void cartWithMoreThanThereIsStaysAsItWas() {
		this.carts.put("ada", 1, 5);
		this.carts.put("ada", 2, 26);
		assertRefused(() -> this.checkout.checkOut("ada"), HttpStatus.CONFLICT,
				"There are only 25 pieces of product 2");
		assertThat(this.carts.find("ada").items()).isEqualTo(Map.of("1", 5, "2", 26));
		assertThat(this.redis.execute(this.redis.primary(), "GET", "shop:stock:1")).isEqualTo("25");
	}

	@Test
	void emptyCartCannotBeCheckedOut() {
		assertRefused(() -> this.checkout.checkOut("ada"), HttpStatus.CONFLICT, "The cart of ada is empty");
	}

	@Test
	void anUnknownOrderIsNotFound() {
		assertRefused(() -> this.checkout.find("ada", 99), HttpStatus.NOT_FOUND, "There is no order 99 of ada");
	}

	private List<String> onReplicas(String command, String... args) {
		List<String> replies = new ArrayList<>();
		for (RedisNode replica : this.redis.replicas()) {
			replies.add(this.redis.execute(replica, command, args));
		}
		return replies;
	}

	private static void assertRefused(Runnable action, HttpStatus status, String reason) {
		assertThatExceptionOfType(ResponseStatusException.class).isThrownBy(action::run).satisfies((ex) -> {
			assertThat(ex.getStatusCode()).isEqualTo(status);
			assertThat(ex.getReason()).isEqualTo(reason);
		});
	}

}
