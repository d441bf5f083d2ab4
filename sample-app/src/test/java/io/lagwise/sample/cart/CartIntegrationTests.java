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
import java.util.List;
import java.util.Map;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Carts on replicas that get every write 50 milliseconds late.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "shop.database.latency=0ms")
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class CartIntegrationTests {

	private static final Duration DELAY = Duration.ofMillis(50);

	private static final int CHANGES = 300;

	private final ReplicatedRedis redis;

	@Autowired
	private CartService carts;

	@Autowired
	private StringRedisTemplate template;

	CartIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delayReplication(@Autowired ReplicaAwareConnectionFactory connections) {
		await().until(() -> connections.getReadableReplicas().size() == 2);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, DELAY));
	}

	@Test
	void cartIsNeverStaleWhereAnyReplicaWouldHaveBeen() {
		int checked = 0;
		int stale = 0;
		for (int pieces = 1; pieces <= CHANGES; pieces++) {
			long start = System.nanoTime();
			this.carts.put("ada", 1, pieces);
			Object fromAnyReplica = RoutingContext.call(ReadRequirement.anyReplica(),
					() -> this.template.opsForHash().get("shop:cart:ada", "1"));
			// on a machine that paused for longer, replicas may have it by now
			if (System.nanoTime() - start < DELAY.toNanos()) {
				checked++;
				stale += Integer.toString(pieces).equals(fromAnyReplica) ? 0 : 1;
			}
			assertThat(this.carts.find("ada").items()).isEqualTo(Map.of("1", pieces));
		}
		assertThat(checked).isGreaterThan(CHANGES / 3);
		assertThat(stale).isGreaterThan(checked * 9 / 10);
	}

	@Test
	void cartThatNobodyChangesComesFromAReplicaWhileOthersAreChanged() {
		this.carts.put("ada", 1, 2);
		await().untilAsserted(() -> {
			this.carts.put("bob", 1, 1);
			assertThat(rolesThatServe("ada")).containsExactly(NodeRole.REPLICA);
		});
	}

	private List<NodeRole> rolesThatServe(String user) {
		try (ReadTrace trace = ReadTrace.open()) {
			assertThat(this.carts.find(user).items()).isEqualTo(Map.of("1", 2));
			return trace.answers().stream().map(ReadTrace.Answer::role).toList();
		}
	}

}
