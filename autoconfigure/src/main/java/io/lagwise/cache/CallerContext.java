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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * What is in force for the caller of a cache, for what is done in its name on other
 * threads.
 *
 * @param requirement what its reads ask for
 * @param session its session
 */
record CallerContext(@Nullable ReadRequirement requirement, @Nullable ConsistencySession session) {

	static CallerContext current() {
		return new CallerContext(RoutingContext.currentRequirement(), RoutingContext.currentSession());
	}

	<T extends @Nullable Object> T call(Supplier<T> action) {
		return RoutingContext.callWith(this.requirement, () -> inSession(action));
	}

	/**
	 * Return a future whose dependents run in this context: what a cached method with a
	 * future or a publisher does after a miss is one of them.
	 */
	<T> CompletableFuture<T> carry(CompletableFuture<T> source) {
		if (source.isDone()) {
			return source;
		}
		CompletableFuture<T> carried = new CompletableFuture<>();
		source.whenComplete((value, failure) -> {
			if (failure != null) {
				// the thread that gives up on an answer has others to watch
				elsewhere(() -> call(() -> carried.completeExceptionally(failure)));
			}
			else if (WritingThreads.isCurrentThread()) {
				elsewhere(() -> call(() -> carried.complete(value)));
			}
			else {
				call(() -> carried.complete(value));
			}
		});
		return carried;
	}

	/**
	 * Run what may be users' code where nobody waits for the thread.
	 */
	static void elsewhere(Runnable action) {
		try {
			Schedulers.boundedElastic().schedule(action);
		}
		catch (RejectedExecutionException ex) {
			action.run();
		}
	}

	private <T extends @Nullable Object> T inSession(Supplier<T> action) {
		if (this.session == null) {
			return action.get();
		}
		try (RoutingContext.Scope scope = RoutingContext.bind(this.session)) {
			return action.get();
		}
	}

}
