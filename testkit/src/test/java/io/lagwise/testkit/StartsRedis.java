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

package io.lagwise.testkit;

import java.nio.file.Path;
import java.util.List;

/**
 * A program that starts servers and does not end by itself.
 */
public final class StartsRedis {

	private StartsRedis() {
	}

	public static void main(String[] args) throws Exception {
		ReplicatedRedis redis = ReplicatedRedis.builder().replicas(1).sentinels(1).start();
		String data = redis.execute(redis.primary(), "CONFIG", "GET", "dir").lines().skip(1).findFirst().orElseThrow();
		System.out.println("folder " + Path.of(data).getParent().getParent());
		for (RedisNode node : List.of(redis.primary(), redis.replicas().get(0), redis.sentinels().get(0))) {
			System.out.println(redis.execute(node, "INFO", "server").replaceAll("(?s).*process_id:(\\d+).*", "$1"));
		}
		System.out.println("started");
		redis.freeze(redis.replicas().get(0));
		Thread.currentThread().join();
	}

}
