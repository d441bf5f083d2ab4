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

package io.lagwise.benchmarks.cost;

import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.ValueOperations;

/**
 * Reads through a template whose serializers do nothing.
 */
final class TemplateReads implements ReadClient {

	private final ConfigurableApplicationContext context;

	private final ValueOperations<byte[], byte[]> values;

	private final HashOperations<byte[], byte[], byte[]> hashes;

	private final List<List<byte[]>> groups;

	TemplateReads(ConfigurableApplicationContext context) {
		this.context = context;
		RedisTemplate<byte[], byte[]> template = context.getBean(SpringClient.class).template();
		this.values = template.opsForValue();
		this.hashes = template.opsForHash();
		this.groups = IntStream.range(0, Operation.MGET_50.count())
			.mapToObj((number) -> List.of(Operation.MGET_50.keys(number)))
			.toList();
	}

	@Override
	public @Nullable Object read(Operation operation, int number) {
		return switch (operation) {
			case GET_16, GET_1K, GET_64K -> this.values.get(operation.key(number));
			case MGET_50 -> this.values.multiGet(this.groups.get(number));
			case HGETALL_100 -> this.hashes.entries(operation.key(number));
		};
	}

	@Override
	public void close() {
		this.context.close();
	}

}
