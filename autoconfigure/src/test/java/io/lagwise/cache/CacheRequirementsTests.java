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

package io.lagwise.cache;

import java.time.Duration;
import java.util.Map;

import io.lagwise.context.ReadRequirement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which of several names and patterns decides.
 */
class CacheRequirementsTests {

	private final CacheRequirements requirements = CacheRequirements.byName(seconds(1),
			Map.of("price-list", seconds(2), "price-*", seconds(3), "*-list", seconds(4), "price-of-*", seconds(5),
					"*offer*", seconds(6), "carts", seconds(7)));

	@ParameterizedTest
	@CsvSource({ "price-list,2", "price-tags,3", "wish-list,4", "price-of-books,5", "special-offers,6", "carts,7",
			"cartoons,1", "Price-list,4" })
	void theMostSpecificOneDecides(String cacheName, int seconds) {
		assertThat(this.requirements.of(cacheName).maxStaleness()).isEqualTo(Duration.ofSeconds(seconds));
	}

	private static ReadRequirement seconds(int seconds) {
		return ReadRequirement.maxStaleness(Duration.ofSeconds(seconds));
	}

}
