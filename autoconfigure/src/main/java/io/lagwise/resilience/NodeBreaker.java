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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.GuardState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of one node, shared by the connection factories that read from it.
 */
final class NodeBreaker {

	private static final Log logger = LogFactory.getLog(NodeBreaker.class);

	private final NodeAddress node;

	private final CircuitBreaker breaker;

	private final Clock clock;

	private final boolean windowOfTime;

	private final int windowSize;

	private final AtomicInteger successesSinceFailure = new AtomicInteger();

	private final AtomicInteger openings = new AtomicInteger();

	private volatile Instant probesFrom = Instant.MIN;

	private volatile String lastFailure = "";

	private volatile @Nullable SlowReplica slow;

	NodeBreaker(NodeAddress node, CircuitBreaker breaker) {
		this.node = node;
		this.breaker = breaker;
		CircuitBreakerConfig config = breaker.getCircuitBreakerConfig();
		this.clock = config.getClock();
		this.windowOfTime = config.getSlidingWindowType() == SlidingWindowType.TIME_BASED;
		this.windowSize = config.getSlidingWindowSize();
		breaker.getEventPublisher()
			.onStateTransition((event) -> changed(event.getStateTransition().getFromState(),
					event.getStateTransition().getToState()));
	}

	Clock clock() {
		return this.clock;
	}

	boolean permitsReads() {
		return permitsReads(this.breaker.getState());
	}

	GuardState state() {
		return switch (this.breaker.getState()) {
			case CLOSED -> GuardState.CLOSED;
			case OPEN, FORCED_OPEN -> GuardState.OPEN;
			case HALF_OPEN -> GuardState.HALF_OPEN;
			case DISABLED, METRICS_ONLY -> GuardState.DISABLED;
		};
	}

	void answered(int count) {
		if (listensToReads()) {
			for (int i = this.windowOfTime ? count : takeUseful(count); i > 0; i--) {
				this.breaker.onSuccess(0, TimeUnit.NANOSECONDS);
			}
		}
	}

	// a window that holds nothing but successes needs no more of them
	private int takeUseful(int count) {
		int before = this.successesSinceFailure
			.getAndUpdate((successes) -> successes + Math.min(count, this.windowSize - successes));
		return Math.min(count, this.windowSize - before);
	}

	void failed(FallbackReason reason, Duration elapsed) {
		if (listensToReads()) {
			noteFailure(describe(reason), elapsed);
		}
	}

	// what is still to come of earlier reads must not weigh on the probes
	private boolean listensToReads() {
		State state = this.breaker.getState();
		return state == State.CLOSED || state == State.METRICS_ONLY;
	}

	boolean tryAcquireProbe() {
		return switch (this.breaker.getState()) {
			// asking before the wait is over would be counted as a call not permitted
			case OPEN -> this.clock.instant().isAfter(this.probesFrom) && this.breaker.tryAcquirePermission();
			case HALF_OPEN -> this.breaker.tryAcquirePermission();
			default -> false;
		};
	}

	void probeAnswered(Duration elapsed) {
		this.breaker.onSuccess(elapsed.toNanos(), TimeUnit.NANOSECONDS);
	}

	void probeFailed(String what, Duration elapsed) {
		noteFailure(what, elapsed);
	}

	void releaseProbe() {
		this.breaker.releasePermission();
	}

	void open(SlowReplica slow) {
		if (this.breaker.getState() == State.CLOSED) {
			this.slow = slow;
			this.breaker.transitionToOpenState();
		}
	}

	private void noteFailure(String what, Duration elapsed) {
		this.lastFailure = what;
		this.breaker.onError(elapsed.toNanos(), TimeUnit.NANOSECONDS, new ReplicaFailedException(this.node, what));
		this.successesSinceFailure.set(0);
	}

	private void changed(State from, State to) {
		this.successesSinceFailure.set(0);
		SlowReplica slow = this.slow;
		this.slow = null;
		switch (to) {
			case OPEN -> this.probesFrom = this.clock.instant().plus(waitDuration(this.openings.incrementAndGet()));
			case CLOSED -> this.openings.set(0);
			default -> {
			}
		}
		report(from, to, slow);
	}

	private Duration waitDuration(int openings) {
		return Duration
			.ofMillis(this.breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(openings));
	}

	private void report(State from, State to, @Nullable SlowReplica slow) {
		if (permitsReads(from) && !permitsReads(to)) {
			logger.warn("Replica " + this.node + " gets no reads: " + cause(to, slow));
		}
		else if (!permitsReads(from) && permitsReads(to)) {
			logger.info("Replica " + this.node + " gets reads again");
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("Circuit breaker of replica " + this.node + " has changed from " + from + " to " + to);
		}
	}

	private String cause(State to, @Nullable SlowReplica slow) {
		if (to != State.OPEN) {
			return "its circuit breaker was set to " + to;
		}
		if (slow != null) {
			return "it is " + slow.describe();
		}
		CircuitBreaker.Metrics metrics = this.breaker.getMetrics();
		return String.format(Locale.ROOT, "%d of its last %d answers failed (%s)", metrics.getNumberOfFailedCalls(),
				metrics.getNumberOfBufferedCalls(), this.lastFailure);
	}

	private static boolean permitsReads(State state) {
		return switch (state) {
			case CLOSED, DISABLED, METRICS_ONLY -> true;
			case OPEN, HALF_OPEN, FORCED_OPEN -> false;
		};
	}

	private static String describe(FallbackReason reason) {
		return switch (reason) {
			case TIMEOUT -> "timeout";
			case CONNECTION_LOST -> "connection lost";
			case LOADING -> "loading its data";
			case MASTERDOWN -> "cut off from its primary";
			case TOO_STALE -> "too stale";
			case NOT_FRESH -> "not fresh enough";
			case MISS -> "missed";
			case NO_ELIGIBLE_REPLICA -> "not fit";
		};
	}

}
