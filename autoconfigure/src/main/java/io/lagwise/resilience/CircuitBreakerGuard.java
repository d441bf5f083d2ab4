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

package io.lagwise.resilience;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeGuard;
import org.jspecify.annotations.Nullable;

/**
 * What one connection factory sees and reports of the circuit breaker of one node. It
 * sends one probe at a time and accounts for each that it was allowed.
 */
final class CircuitBreakerGuard implements NodeGuard {

	static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

	private final NodeAddress node;

	private final NodeBreaker breaker;

	private final PeerComparison peers;

	private final AtomicReference<@Nullable Instant> probe = new AtomicReference<>();

	CircuitBreakerGuard(NodeAddress node, NodeBreaker breaker, PeerComparison peers) {
		this.node = node;
		this.breaker = breaker;
		this.peers = peers;
	}

	@Override
	public boolean permitsReads() {
		return this.breaker.permitsReads();
	}

	@Override
	public void answered(int count) {
		this.breaker.answered(count);
	}

	@Override
	public void failed(FallbackReason reason, Duration elapsed) {
		this.breaker.failed(reason, elapsed);
	}

	@Override
	public boolean wantsProbe() {
		Instant now = this.breaker.clock().instant();
		Instant pending = this.probe.get();
		if (pending != null && now.isAfter(pending.plus(PROBE_LIMIT))) {
			probed(false, PROBE_LIMIT);
			pending = null;
		}
		if (pending != null || !this.breaker.tryAcquireProbe()) {
			return false;
		}
		this.probe.set(now);
		return true;
	}

	@Override
	public void probed(boolean answered, Duration elapsed) {
		if (this.probe.getAndSet(null) == null) {
			return;
		}
		SlowReplica slow = this.peers.judge(this.node, elapsed);
		if (answered && slow == null) {
			this.breaker.probeAnswered(elapsed);
		}
		else {
			this.breaker.probeFailed((slow != null) ? slow.describe() : "no answer to a probe", elapsed);
		}
	}

	@Override
	public GuardState state() {
		return this.breaker.state();
	}

	void open(SlowReplica slow) {
		this.breaker.open(slow);
	}

	/**
	 * Give back what a probe has taken that nobody will report.
	 */
	void close() {
		if (this.probe.getAndSet(null) != null) {
			this.breaker.releaseProbe();
		}
	}

}
