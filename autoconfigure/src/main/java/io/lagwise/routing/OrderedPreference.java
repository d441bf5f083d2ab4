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

import java.util.Comparator;
import java.util.List;

import io.lagwise.replication.NodeAddress;

/**
 * Chooses the replica that stands first in a list, and leaves the choice to another load
 * balancer where the list names none of them.
 */
final class OrderedPreference implements LoadBalancer {

	private final List<NodeAddress> preference;

	private final LoadBalancer others;

	OrderedPreference(List<NodeAddress> preference, LoadBalancer others) {
		this.preference = List.copyOf(preference);
		this.others = others;
	}

	@Override
	public int choose(List<? extends ReadCandidate> candidates) {
		int best = 0;
		for (int i = 1; i < candidates.size(); i++) {
			if (rank(candidates.get(i)) < rank(candidates.get(best))) {
				best = i;
			}
		}
		return (rank(candidates.get(best)) < this.preference.size()) ? best : this.others.choose(candidates);
	}

	@Override
	public <C extends ReadCandidate> List<C> arrange(List<C> candidates) {
		return candidates.stream().sorted(Comparator.comparingInt(this::rank)).toList();
	}

	@Override
	public List<NodeAddress> preference() {
		return this.preference;
	}

	private int rank(ReadCandidate candidate) {
		int index = this.preference.indexOf(candidate.address());
		return (index >= 0) ? index : this.preference.size();
	}

}
