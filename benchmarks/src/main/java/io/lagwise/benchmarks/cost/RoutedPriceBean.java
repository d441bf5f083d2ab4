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

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.annotation.WaitForReplicas;

/**
 * A bean with every annotation.
 */
class RoutedPriceBean {

	@ReadFromReplica
	int fromReplica(int item) {
		return item + 1;
	}

	@ConsistentRead
	int consistent(int item) {
		return item + 1;
	}

	@ReadFromPrimary
	int fromPrimary(int item) {
		return item + 1;
	}

	@WaitForReplicas
	int waiting(int item) {
		return item + 1;
	}

}
