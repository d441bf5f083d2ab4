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

package io.lagwise.routing;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Takes two replicas at random and chooses the one with fewer reads in flight.
 * <p>
 * Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 */
final class PowerOfTwoChoices implements LoadBalancer {

	private final IntUnaryOperator random;

	PowerOfTwoChoices(IntUnaryOperator random) {
		this.random = random;
	}

	@Override
	public int choose(List<? extends ReadCandidate> candidates) {
		int size = candidates.size();
		int first = this.random.applyAsInt(size);
		int second = this.random.applyAsInt(size - 1);
		if (second >= first) {
			second++;
		}
		return (candidates.get(second).readsInFlight() < candidates.get(first).readsInFlight()) ? second : first;
	}

}
