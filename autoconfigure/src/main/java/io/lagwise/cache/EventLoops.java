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

import reactor.core.scheduler.Schedulers;

/**
 * Knows the threads that must not wait for Redis, because the answer may have to come
 * through them.
 */
final class EventLoops {

	private static final String NETTY_THREAD = "io.netty.util.concurrent.FastThreadLocalThread";

	private static final ClassValue<Boolean> NETTY = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			for (Class<?> current = type; current != null; current = current.getSuperclass()) {
				if (current.getName().equals(NETTY_THREAD)) {
					return true;
				}
			}
			return false;
		}

	};

	private EventLoops() {
	}

	static boolean isCurrentThread() {
		return NETTY.get(Thread.currentThread().getClass()) || Schedulers.isInNonBlockingThread();
	}

}
