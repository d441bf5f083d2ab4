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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A replica that refuses to answer leaves its reads to others.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, config = "enable-debug-command yes")
class RefusalsIntegrationTests {

	private static final int FILLERS = 1000;

	private final ReplicatedRedis redis;

	private final RedisNode replica;

	private SteadyReaders readers;

	RefusalsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.replica = redis.replicas().get(0);
	}

	@BeforeEach
	void read() {
		this.readers = SteadyReaders.sentinel(this.redis);
		this.redis.execute(this.replica, "CONFIG", "RESETSTAT");
	}

	@AfterEach
	void stop() throws Exception {
		this.readers.close();
	}

	@Test
	void readsThatAreRefusedWithLoadingAreAnsweredByOthers() {
		this.redis.execute(this.replica, "DEBUG", "POPULATE", String.valueOf(FILLERS));
		// not among the settings that are restored after a test: nobody can list them
		this.redis.execute(this.replica, "CONFIG", "SET", "key-load-delay", "500");
		this.redis.execute(this.replica, "CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
		try {
			this.redis.execute(this.replica, "DEBUG", "RELOAD");
			this.readers.awaitMoreReads();
			assertThat(refusals("LOADING")).isPositive();
		}
		finally {
			this.redis.execute(this.replica, "CONFIG", "SET", "key-load-delay", "0");
			this.redis.execute(this.replica, "CONFIG", "SET", "loading-process-events-interval-bytes", "2097152");
		}
		this.readers.awaitReplicas(2);
		this.readers.assertUnharmed();
	}

	@Test
	void readsThatAreRefusedWithMasterdownAreAnsweredByOthers() {
		this.redis.execute(this.replica, "CONFIG", "SET", "replica-serve-stale-data", "no");
		for (int i = 0; i < 20 && refusals("MASTERDOWN") == 0; i++) {
			this.redis.disconnectReplication(this.replica);
			this.readers.awaitReplicas(1);
			this.readers.awaitMoreReads();
			this.redis.healReplication(this.replica);
			this.readers.awaitReplicas(2);
			this.readers.awaitMoreReads();
		}
		assertThat(refusals("MASTERDOWN")).isPositive();
		this.readers.assertUnharmed();
	}

	private long refusals(String error) {
		String statistics = this.redis.execute(this.replica, "INFO", "errorstats");
		Matcher matcher = Pattern.compile("errorstat_" + error + ":count=(\\d+)").matcher(statistics);
		return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
	}

}
