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

import java.time.Duration;
import java.util.function.Function;

import io.lagwise.context.ReadRequirement;
import io.lettuce.core.ReadFrom;

/**
 * Whose reads are measured.
 */
enum Subject {

	LETTUCE("Lettuce, one replica", Level.CONNECTION, NativeReads::toOneReplica),

	LETTUCE_REPLICA_PREFERRED("Lettuce, replica preferred", Level.CONNECTION,
			(servers) -> NativeReads.through(servers, ReadFrom.REPLICA_PREFERRED)),

	LETTUCE_ANY_REPLICA("Lettuce, any replica", Level.CONNECTION,
			(servers) -> NativeReads.through(servers, ReadFrom.ANY_REPLICA)),

	REDISSON("Redisson", Level.CONNECTION, RedissonReads::new),

	LAGWISE_OWN_WRITES("Lagwise, own writes", Level.CONNECTION, connection(ReadRequirement.ownWrites())),

	LAGWISE_ANY_REPLICA("Lagwise, any replica", Level.CONNECTION, connection(ReadRequirement.anyReplica())),

	LAGWISE_CONSISTENT("Lagwise, consistent", Level.CONNECTION, connection(ReadRequirement.consistent())),

	LAGWISE_BOUNDED("Lagwise, bounded", Level.CONNECTION, connection(bounded())),

	LAGWISE_PRIMARY("Lagwise, primary", Level.CONNECTION, connection(ReadRequirement.primary())),

	SPRING_TEMPLATE_STANDALONE("Spring, one replica", Level.TEMPLATE,
			(servers) -> new TemplateReads(SpringClient.plain(servers.oneReplica(), null))),

	SPRING_TEMPLATE_REPLICA_PREFERRED("Spring, replica preferred", Level.TEMPLATE,
			(servers) -> new TemplateReads(SpringClient.plain(servers.throughSentinels(), "replica-preferred"))),

	SPRING_TEMPLATE_ANY_REPLICA("Spring, any replica", Level.TEMPLATE,
			(servers) -> new TemplateReads(SpringClient.plain(servers.throughSentinels(), "any-replica"))),

	LAGWISE_TEMPLATE_OWN_WRITES("Lagwise, own writes", Level.TEMPLATE, template(ReadRequirement.ownWrites())),

	LAGWISE_TEMPLATE_ANY_REPLICA("Lagwise, any replica", Level.TEMPLATE, template(ReadRequirement.anyReplica())),

	LAGWISE_TEMPLATE_CONSISTENT("Lagwise, consistent", Level.TEMPLATE, template(ReadRequirement.consistent())),

	LAGWISE_TEMPLATE_BOUNDED("Lagwise, bounded", Level.TEMPLATE, template(bounded())),

	LAGWISE_TEMPLATE_PRIMARY("Lagwise, primary", Level.TEMPLATE, template(ReadRequirement.primary())),

	SPRING_CACHE_STANDALONE("Spring, one replica", Level.CACHE,
			(servers) -> new CacheReads(SpringClient.plain(servers.oneReplica(), null))),

	SPRING_CACHE_REPLICA_PREFERRED("Spring, replica preferred", Level.CACHE,
			(servers) -> new CacheReads(SpringClient.plain(servers.throughSentinels(), "replica-preferred"))),

	LAGWISE_CACHE_CONSISTENT("Lagwise, consistent", Level.CACHE, cache("lagwise.cache.read=consistent")),

	LAGWISE_CACHE_ANY_REPLICA("Lagwise, any replica", Level.CACHE, cache("lagwise.cache.read=any-replica")),

	LAGWISE_CACHE_BOUNDED("Lagwise, bounded", Level.CACHE,
			cache("lagwise.cache.read=any-replica", "lagwise.cache.max-staleness=500ms")),

	LAGWISE_CACHE_PRIMARY("Lagwise, primary", Level.CACHE, cache("lagwise.cache.read=primary"));

	private final String label;

	private final Level level;

	private final Function<Servers, ReadClient> connector;

	Subject(String label, Level level, Function<Servers, ReadClient> connector) {
		this.label = label;
		this.level = level;
		this.connector = connector;
	}

	String label() {
		return this.label;
	}

	Level level() {
		return this.level;
	}

	ReadClient connect(Servers servers) {
		return this.connector.apply(servers);
	}

	private static ReadRequirement bounded() {
		return ReadRequirement.maxStaleness(Duration.ofMillis(500));
	}

	private static Function<Servers, ReadClient> connection(ReadRequirement requirement) {
		return (servers) -> SpringClient.nativeReads(SpringClient.lagwise(servers, requirement));
	}

	private static Function<Servers, ReadClient> template(ReadRequirement requirement) {
		return (servers) -> new TemplateReads(SpringClient.lagwise(servers, requirement));
	}

	private static Function<Servers, ReadClient> cache(String... properties) {
		return (servers) -> new CacheReads(SpringClient.lagwise(servers, null, properties));
	}

}
