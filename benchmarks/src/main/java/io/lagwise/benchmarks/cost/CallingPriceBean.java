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

import io.lagwise.annotation.ReadFromReplica;

/**
 * An annotated bean that calls another one.
 */
class CallingPriceBean {

	private final RoutedPriceBean prices;

	CallingPriceBean(RoutedPriceBean prices) {
		this.prices = prices;
	}

	@ReadFromReplica
	int nested(int item) {
		return this.prices.consistent(item) + 1;
	}

}
