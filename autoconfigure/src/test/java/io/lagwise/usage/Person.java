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

package io.lagwise.usage;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.TimeToLive;
import org.springframework.data.redis.core.index.GeoIndexed;
import org.springframework.data.redis.core.index.Indexed;

/**
 * An entity with an index of each kind.
 *
 * @param id the identifier
 * @param city a value with an index
 * @param address an object with an index in it
 * @param tags several values with an index
 * @param location a place with an index
 * @param timeToLive after how many seconds it expires, or {@code null} for never
 */
@RedisHash("people")
record Person(@Id String id, @Indexed String city, @Nullable Address address, @Indexed List<String> tags,
		@GeoIndexed @Nullable Point location, @TimeToLive @Nullable Long timeToLive) {

	static Person in(String id, String city) {
		return new Person(id, city, null, List.of(), null, null);
	}

	Person living(String street) {
		return new Person(this.id, this.city, new Address(street), this.tags, this.location, this.timeToLive);
	}

	Person tagged(List<String> tags) {
		return new Person(this.id, this.city, this.address, tags, this.location, this.timeToLive);
	}

	Person at(Point location) {
		return new Person(this.id, this.city, this.address, this.tags, location, this.timeToLive);
	}

	Person expiringAfter(long seconds) {
		return new Person(this.id, this.city, this.address, this.tags, this.location, seconds);
	}

	/**
	 * Where a person lives.
	 *
	 * @param street the street
	 */
	record Address(@Indexed String street) {

	}

}
