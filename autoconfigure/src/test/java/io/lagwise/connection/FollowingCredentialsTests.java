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

package io.lagwise.connection;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

class FollowingCredentialsTests {

	private static final NodeAddress NODE = new NodeAddress("10.0.0.2", 6379);

	private static final NodeAddress OTHER = new NodeAddress("10.0.0.3", 6379);

	private static final RedisCredentials COMMON = RedisCredentials.just("app", "common");

	private static final RedisCredentials OWN = RedisCredentials.just("reader", "own");

	private final NodeCredentials ofNodes = NodeCredentials.NONE.with(NODE, "reader", "own");

	private final FollowingCredentials credentials = new FollowingCredentials(this.ofNodes, () -> Mono.just(COMMON));

	@Test
	void areThoseOfTheNodeToWhichTheConnectionLeadsAtThatTime() {
		Mono<RedisCredentials> resolved = this.credentials.resolveCredentials();
		assertThat(resolved.block()).isEqualTo(COMMON);
		this.credentials.leadTo(NODE);
		assertThat(resolved.block()).isEqualTo(OWN);
		this.credentials.leadTo(OTHER);
		assertThat(resolved.block()).isEqualTo(COMMON);
	}

	@Test
	void renewedCredentialsAreForNodesWithoutTheirOwnOnly() {
		Sinks.Many<RedisCredentials> renewed = Sinks.many().unicast().onBackpressureBuffer();
		FollowingCredentials credentials = new FollowingCredentials(this.ofNodes, new RedisCredentialsProvider() {

			@Override
			public Mono<RedisCredentials> resolveCredentials() {
				return Mono.just(COMMON);
			}

			@Override
			public boolean supportsStreaming() {
				return true;
			}

			@Override
			public Flux<RedisCredentials> credentials() {
				return renewed.asFlux();
			}

		});
		RedisCredentials newer = RedisCredentials.just("app", "newer");
		assertThat(credentials.supportsStreaming()).isTrue();
		StepVerifier.create(credentials.credentials()).then(() -> {
			credentials.leadTo(NODE);
			renewed.tryEmitNext(COMMON);
			credentials.leadTo(OTHER);
			renewed.tryEmitNext(newer);
			renewed.tryEmitComplete();
		}).expectNext(newer).verifyComplete();
	}

	@Test
	void ofOneNodeReplaceThoseGivenForItBefore() {
		NodeCredentials later = this.ofNodes.with(NODE, null, "newer").with(OTHER, null, "other");
		assertThat(later.get(NODE)).isEqualTo(RedisCredentials.just(null, "newer"));
		assertThat(later.get(OTHER)).isEqualTo(RedisCredentials.just(null, "other"));
		assertThat(later.get(new NodeAddress("10.0.0.2", 6380))).isNull();
		assertThat(later).asString().doesNotContain("newer");
	}

}
