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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.NodeGuards;
import org.jspecify.annotations.Nullable;

/**
 * Guards that are told what happens in the order in which it does, and elsewhere: what
 * they decide is announced to consumers of users, whom neither reads nor the monitor wait
 * for.
 */
final class OrderedGuards implements NodeGuards {

	private final NodeGuards delegate;

	private final OrderedTasks calls;

	private OrderedGuards(NodeGuards delegate, OrderedTasks calls) {
		this.delegate = delegate;
		this.calls = calls;
	}

	/**
	 * Return guards that are called one call at a time.
	 * @param guards the guards
	 * @param threads where they are called
	 */
	static NodeGuards of(NodeGuards guards, Executor threads) {
		return (guards != NodeGuards.NONE) ? new OrderedGuards(guards, new OrderedTasks("calls of guards", threads))
				: guards;
	}

	@Override
	public NodeGuard guard(NodeAddress node) {
		return new OrderedGuard(node);
	}

	@Override
	public void compare(Map<NodeAddress, Duration> latencies) {
		Map<NodeAddress, Duration> copy = Map.copyOf(latencies);
		this.calls.offer(() -> this.delegate.compare(copy));
	}

	@Override
	public void retain(Collection<NodeAddress> nodes) {
		List<NodeAddress> copy = List.copyOf(nodes);
		this.calls.offer(() -> this.delegate.retain(copy));
	}

	/**
	 * Lets no read through before the guard is there.
	 */
	private final class OrderedGuard implements NodeGuard {

		private final NodeAddress node;

		private final AtomicBoolean wanted = new AtomicBoolean();

		private final AtomicBoolean probeQuestionPending = new AtomicBoolean();

		private final AtomicBoolean probeWanted = new AtomicBoolean();

		private volatile @Nullable NodeGuard delegate;

		OrderedGuard(NodeAddress node) {
			this.node = node;
			fetch();
		}

		private void fetch() {
			if (this.wanted.compareAndSet(false, true)
					&& !calls().offer(() -> this.delegate = guards().guard(this.node))) {
				this.wanted.set(false);
			}
		}

		@Override
		public boolean permitsReads() {
			NodeGuard delegate = this.delegate;
			if (delegate == null) {
				fetch();
			}
			return delegate != null && delegate.permitsReads();
		}

		@Override
		public void answered(int count) {
			tell((guard) -> guard.answered(count));
		}

		@Override
		public void failed(FallbackReason reason, Duration elapsed) {
			tell((guard) -> guard.failed(reason, elapsed));
		}

		/**
		 * Return what the guard has said when it was last asked, and ask it again.
		 */
		@Override
		public boolean wantsProbe() {
			if (this.probeWanted.getAndSet(false)) {
				return true;
			}
			if (this.probeQuestionPending.compareAndSet(false, true) && !tell((guard) -> {
				this.probeQuestionPending.set(false);
				this.probeWanted.set(guard.wantsProbe());
			})) {
				this.probeQuestionPending.set(false);
			}
			return false;
		}

		@Override
		public void probed(boolean answered, Duration elapsed) {
			tell((guard) -> guard.probed(answered, elapsed));
		}

		@Override
		public GuardState state() {
			NodeGuard delegate = this.delegate;
			return (delegate != null) ? delegate.state() : GuardState.DISABLED;
		}

		private boolean tell(Consumer<NodeGuard> call) {
			return calls().offer(() -> {
				NodeGuard delegate = this.delegate;
				if (delegate != null) {
					call.accept(delegate);
				}
			});
		}

		private OrderedTasks calls() {
			return OrderedGuards.this.calls;
		}

		private NodeGuards guards() {
			return OrderedGuards.this.delegate;
		}

	}

}
