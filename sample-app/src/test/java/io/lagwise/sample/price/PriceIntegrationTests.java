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
import java.time.Duration;
import java.util.List;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Prices on replicas that get every write 50 milliseconds late.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "shop.database.latency=0ms")
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class PriceIntegrationTests {

	private static final Duration DELAY = Duration.ofMillis(50);

	private static final int CHANGES = 300;

	private final ReplicatedRedis redis;

	PriceIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delayReplication(@Autowired ReplicaAwareConnectionFactory connections) {
		await().until(() -> connections.getReadableReplicas().size() == 2);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, DELAY));
	}

	@Test
	void priceIsNeverStaleAfterItWasChanged(@Autowired PriceService prices) {
		for (int cents = 1; cents <= CHANGES; cents++) {
			prices.change(1, euros(cents));
			assertThat(prices.find(1)).isEqualTo(new Price(1, euros(cents)));
		}
	}

	@Test
	void priceIsThatOfTheListAtOnceAfterItWasReset(@Autowired PriceService prices) {
		for (int cents = 1; cents <= CHANGES / 10; cents++) {
			prices.change(2, euros(cents));
			prices.reset(2);
			assertThat(prices.find(2)).isEqualTo(new Price(2, new BigDecimal("49.00")));
		}
	}

	@Test
	void priceThatNobodyChangesComesFromAReplicaWhileOthersAreChanged(@Autowired PriceService prices) {
		prices.change(3, euros(3450));
		await().untilAsserted(() -> {
			prices.change(4, euros(2800));
			assertThat(rolesThatServe(prices, 3)).containsExactly(NodeRole.REPLICA);
		});
	}

	private static List<NodeRole> rolesThatServe(PriceService prices, long product) {
		try (ReadTrace trace = ReadTrace.open()) {
			prices.find(product);
			return trace.answers().stream().map(ReadTrace.Answer::role).toList();
		}
	}

	private static BigDecimal euros(int cents) {
		return BigDecimal.valueOf(cents, 2);
	}

	@Nested
	@TestPropertySource(properties = "lagwise.cache.caches.prices.read=any-replica")
	class WhereAnyReplicaAnswers {

		@Test
		void priceIsStaleAfterItWasChanged(@Autowired PriceService prices) {
			int checked = 0;
			int stale = 0;
			for (int cents = 1; cents <= CHANGES; cents++) {
				long start = System.nanoTime();
				prices.change(1, euros(cents));
				Price price = prices.find(1);
				// on a machine that paused for longer, replicas may have it by now
				if (System.nanoTime() - start < DELAY.toNanos()) {
					checked++;
					stale += price.euros().equals(euros(cents)) ? 0 : 1;
				}
			}
			assertThat(checked).isGreaterThan(CHANGES / 3);
			assertThat(stale).isGreaterThan(checked * 9 / 10);
		}

	}

}
