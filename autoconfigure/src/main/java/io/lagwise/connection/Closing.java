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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.api.StatefulConnection;

/**
 * Closes connections once: Lettuce warns of every further time.
 */
final class Closing {

	private static final long PATIENCE_MILLIS = 500;

	private Closing() {
	}

	/**
	 * Close a connection unless it is closed already.
	 * @return completes when it is closed
	 */
	static CompletableFuture<Void> of(StatefulConnection<?, ?> connection) {
		boolean closed = connection instanceof RedisChannelHandler<?, ?> handler && handler.isClosed();
		return closed ? CompletableFuture.completedFuture(null) : connection.closeAsync();
	}

	/**
	 * Wait a moment for what is being closed: its client would close it once more.
	 */
	static void await(CompletableFuture<?> closing) {
		try {
			closing.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// the client closes what is left
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
