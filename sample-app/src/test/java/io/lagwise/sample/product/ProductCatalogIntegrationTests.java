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
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadTrace;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.SimpleKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * The catalogue on replicas that get every write late.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "shop.database.latency=0ms", "lagwise.reads.max-lag=0" })
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ProductCatalogIntegrationTests {

	private static final Duration BOUND = Duration.ofSeconds(1);

	private final ReplicatedRedis redis;

	@Autowired
	private ProductCatalog catalog;

	@Autowired
	private CacheManager caches;

	ProductCatalogIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void awaitReplicas(@Autowired ReplicaAwareConnectionFactory connections) {
		await().until(() -> connections.getReadableReplicas().size() == 2);
	}

	@Test
	void catalogueIsServedByAllReplicasThatKeepItsBound() {
		delayReplication(Duration.ofMillis(50));
		this.catalog.find(1);
		this.catalog.findAll();
		this.redis.awaitInSync();
		await().untilAsserted(() -> {
			assertThat(nodesThatServe(() -> this.catalog.find(1))).isEqualTo(replicas());
			assertThat(nodesThatServe(this.catalog::findAll)).isEqualTo(replicas());
		});
	}

	@Test
	void productPageKeepsItsBoundWhereTheListFromAnyReplicaIsOlder() {
		Product before = store("Filter coffee");
		this.redis.awaitInSync();
		Duration delay = BOUND.multipliedBy(4);
		delayReplication(delay);
		Product after = store("Ground coffee");
		long stored = System.nanoTime();
		Optional<Product> page;
		do {
			boolean bound = System.nanoTime() - stored >= BOUND.toNanos();
			page = this.catalog.find(1);
			if (bound) {
				assertThat(page).contains(after);
			}
		}
		while (!page.equals(Optional.of(after)));
		List<Product> list = this.catalog.findAll();
		// on a machine that paused for longer, replicas may have it by now
		assumeThat(System.nanoTime() - stored).isLessThan(delay.toNanos());
		assertThat(list).containsExactly(before);
	}

	@Test
	void productPageThatNoReplicaKeepsWithinItsBoundComesFromThePrimary() {
		store("Filter coffee");
		this.redis.awaitInSync();
		delayReplication(BOUND.multipliedBy(4));
		await().untilAsserted(() -> {
			store("Filter coffee");
			assertThat(nodesThatServe(() -> this.catalog.find(1)))
				.containsExactly("primary " + this.redis.primary().address());
		});
	}

	private Product store(String name) {
		Product product = new Product(1, name, "kitchen");
		this.caches.getCache("products").put(1L, product);
		this.caches.getCache("catalog").put(SimpleKey.EMPTY, List.of(product));
		return product;
	}

	private void delayReplication(Duration delay) {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, delay));
	}

	private Set<String> replicas() {
		return this.redis.replicas().stream().map((node) -> "replica " + node.address()).collect(Collectors.toSet());
	}

	private static Set<String> nodesThatServe(Supplier<?> read) {
		return IntStream.range(0, 30).mapToObj((i) -> {
			try (ReadTrace trace = ReadTrace.open()) {
				read.get();
				return trace.toString();
			}
		}).collect(Collectors.toSet());
	}

}
