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

package io.lagwise.sample;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "shop.database.latency=0ms")
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ShopIntegrationTests {

	private final ReplicatedRedis redis;

	private final RestClient shop;

	ShopIntegrationTests(ReplicatedRedis redis, @LocalServerPort int port) {
		this.redis = redis;
		this.shop = RestClient.builder()
			.baseUrl("http://localhost:" + port)
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
	}

	// Each test finds an empty Redis
	@BeforeEach
	void open(@Autowired List<ApplicationRunner> openings, @Autowired ReplicaAwareConnectionFactory connections)
			throws Exception {
		await().until(() -> connections.getReadableReplicas().size() == 2);
		open(openings);
		this.redis.awaitInSync();
	}

	@Test
	void productsAreCachedAndReadFromReplicas() {
		get("/products/1");
		this.redis.awaitInSync();
		Set<String> nodes = new TreeSet<>();
		IntStream.range(0, 50).forEach((i) -> {
			ResponseEntity<String> response = get("/products/1");
			assertThat(response.getBody()).contains("Filter coffee");
			nodes.add(node(response));
		});
		assertThat(nodes).isEqualTo(replicas());
	}

	@Test
	void readingProductsNeverTouchesThePrimaryOnceTheyAreCached() {
		get("/products/1");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		IntStream.range(0, 20).forEach((i) -> get("/products/1"));
		assertThat(this.redis.commandsServed(this.redis.primary(), "GET")).isZero();
		assertThat(
				this.redis.replicas().stream().mapToLong((replica) -> this.redis.commandsServed(replica, "GET")).sum())
			.isEqualTo(20);
	}

	@Test
	void theListOfProductsComesFromAReplica() {
		ResponseEntity<String> response = get("/products");
		assertThat(response.getBody()).contains("Filter coffee", "Rain jacket");
		assertThat(node(response)).isIn(replicas());
	}

	@Test
	void aPriceIsNeverStaleAfterItWasChanged() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
		for (int euros = 1; euros <= 50; euros++) {
			String price = "\"euros\":" + euros + ".50}";
			assertThat(put("/prices/1", "{" + price).getBody()).endsWith(price);
			assertThat(get("/prices/1").getBody()).isEqualTo("{\"product\":1," + price);
		}
		assertThat(delete("/prices/1").getBody()).isEqualTo("{\"product\":1,\"euros\":7.90}");
		assertThat(get("/prices/1").getBody()).isEqualTo("{\"product\":1,\"euros\":7.90}");
	}

	@Test
	void aPriceThatNobodyChangesComesFromAReplica() {
		get("/prices/2");
		this.redis.awaitInSync();
		await().untilAsserted(() -> assertThat(node(get("/prices/2"))).isIn(replicas()));
	}

	@Test
	void thePriceOfAnEarlierShopIsForgotten(@Autowired List<ApplicationRunner> openings) throws Exception {
		put("/prices/1", "{\"euros\": 8.50}");
		open(openings);
		assertThat(get("/prices/1").getBody()).isEqualTo("{\"product\":1,\"euros\":7.90}");
	}

	@Test
	void aPriceMustBePositive() {
		for (String price : List.of("{\"euros\": 0}", "{\"euros\": -1}", "{}")) {
			ResponseEntity<String> response = put("/prices/1", price);
			assertThat(response.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
			assertThat(response.getBody()).contains("'euros' must be positive");
		}
		assertThat(get("/prices/1").getBody()).isEqualTo("{\"product\":1,\"euros\":7.90}");
	}

	@Test
	void anUnknownProductHasNoPrice() {
		assertThat(List.of(get("/prices/99"), put("/prices/99", "{\"euros\": 1}"), delete("/prices/99")))
			.allSatisfy((response) -> {
				assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
				assertThat(response.getBody()).contains("There is no product 99");
			});
	}

	@Test
	void anUnknownProductIsNotFound() {
		ResponseEntity<String> response = get("/products/99");
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(response.getBody()).contains("There is no product 99");
		assertThat(node(response)).startsWith("replica");
	}

	@Test
	void stockIsReadFromThePrimary() {
		ResponseEntity<String> response = get("/stock/1");
		assertThat(response.getBody()).isEqualTo("{\"product\":1,\"pieces\":25}");
		assertThat(node(response)).isEqualTo(primary());
	}

	@Test
	void stockIsRightAtOnceAfterASaleAndADelivery() {
		post("/stock/1/sales", "{\"pieces\": 5}");
		assertThat(get("/stock/1").getBody()).contains("\"pieces\":20");
		post("/stock/1/deliveries", "{\"pieces\": 2}");
		assertThat(get("/stock/1").getBody()).contains("\"pieces\":22");
	}

	@Test
	void moreThanThereIsCannotBeSold() {
		ResponseEntity<String> response = post("/stock/1/sales", "{\"pieces\": 26}");
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
		assertThat(response.getBody()).contains("There are only 25 pieces of product 1");
		assertThat(get("/stock/1").getBody()).contains("\"pieces\":25");
	}

	@Test
	void aCartIsNeverStaleAfterItWasChanged() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
		for (int pieces = 1; pieces <= 50; pieces++) {
			assertThat(put("/carts/ada/1", "{\"pieces\": " + pieces + "}").getBody()).contains(cart(pieces));
			assertThat(get("/carts/ada").getBody()).contains(cart(pieces));
		}
	}

	@Test
	void anItemThatWasRemovedIsGoneFromTheCart() {
		put("/carts/ada/1", "{\"pieces\": 2}");
		delete("/carts/ada/1");
		assertThat(get("/carts/ada").getBody()).isEqualTo("{\"user\":\"ada\",\"items\":{}}");
	}

	@Test
	void aCheckoutEmptiesTheCartAndTakesFromTheStock() {
		put("/carts/ada/1", "{\"pieces\": 2}");
		assertThat(post("/carts/ada/checkout", "").getBody())
			.isEqualTo("{\"number\":1,\"user\":\"ada\",\"items\":{\"1\":2}}");
		assertThat(get("/carts/ada/orders/1").getBody()).contains(cart(2));
		assertThat(get("/carts/ada").getBody()).contains("\"items\":{}");
		assertThat(get("/stock/1").getBody()).contains("\"pieces\":23");
	}

	@Test
	void anEmptyCartCannotBeCheckedOut() {
		ResponseEntity<String> response = post("/carts/ada/checkout", "");
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
		assertThat(response.getBody()).contains("The cart of ada is empty");
	}

	@Test
	void searchReadsFromReplicas() {
		ResponseEntity<String> response = get("/search?category=kitchen");
		assertThat(response.getBody()).contains("Filter coffee", "Coffee mill", "Kettle").doesNotContain("Desk lamp");
		assertThat(node(response).split(", ")).isSubsetOf(replicas());
	}

	@Test
	void thePageIsServedAndNeedsNoRead() {
		ResponseEntity<String> response = get("/");
		assertThat(response.getBody()).contains("<h1>The shop</h1>").endsWith("</html>\n");
		assertThat(node(response)).isEqualTo("none");
	}

	@Test
	void theActuatorShowsWhatIsKnownOfTheNodes() {
		get("/products/1");
		assertThat(get("/actuator/health").getBody()).contains("\"replication\":{", "\"replication\":\"HEALTHY\"",
				"\"redis\":{");
		assertThat(get("/actuator/lagwise").getBody())
			.contains("{\"connectionFactories\":{\"redisConnectionFactory\":{\"source\":\"the Sentinels ",
					"{\"address\":\"" + this.redis.primary().address()
							+ "\",\"role\":\"primary\",\"state\":\"online\",")
			.doesNotContain("null");
		assertThat(get("/actuator/metrics/lagwise.reads?tag=node.role:replica").getBody())
			.contains("\"availableTags\":[", "\"values\":[\"answered\"]");
	}

	private static void open(List<ApplicationRunner> openings) throws Exception {
		for (ApplicationRunner opening : openings) {
			opening.run(new DefaultApplicationArguments());
		}
	}

	private ResponseEntity<String> get(String path) {
		return this.shop.get().uri(path).retrieve().toEntity(String.class);
	}

	private ResponseEntity<String> delete(String path) {
		return this.shop.delete().uri(path).retrieve().toEntity(String.class);
	}

	private ResponseEntity<String> put(String path, String body) {
		return send(HttpMethod.PUT, path, body);
	}

	private ResponseEntity<String> post(String path, String body) {
		return send(HttpMethod.POST, path, body);
	}

	private ResponseEntity<String> send(HttpMethod method, String path, String body) {
		return this.shop.method(method)
			.uri(path)
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.retrieve()
			.toEntity(String.class);
	}

	private String primary() {
		return "primary " + this.redis.primary().address();
	}

	private Set<String> replicas() {
		return this.redis.replicas().stream().map((node) -> "replica " + node.address()).collect(Collectors.toSet());
	}

	private static String node(ResponseEntity<?> response) {
		return String.join("; ", response.getHeaders().getOrEmpty("X-Redis-Node"));
	}

	private static String cart(int pieces) {
		return "\"items\":{\"1\":" + pieces + "}";
	}

}
