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

import java.util.Collection;

import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.protocol.TracedCommand;
import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * Commands that know what they are a part of. Lettuce takes that from the thread that
 * sends a command, which is not its caller's where a read has waited, or is sent once
 * more.
 */
final class TracedCommands {

	private TracedCommands() {
	}

	/**
	 * Return a command that belongs to what the current thread does.
	 * @param command the command
	 * @param tracing how the application traces commands
	 */
	static <K, V, T> RedisCommand<K, V, T> of(RedisCommand<K, V, T> command, Tracing tracing) {
		if (!tracing.isEnabled() || provider(command) != null) {
			return command;
		}
		return new TracedCommand<>(command, tracing.initialTraceContextProvider().getTraceContext());
	}

	/**
	 * Return commands that belong to what the current thread does.
	 */
	static <K, V> Collection<? extends RedisCommand<K, V, ?>> of(Collection<? extends RedisCommand<K, V, ?>> commands,
			Tracing tracing) {
		return tracing.isEnabled()
				? commands.stream().<RedisCommand<K, V, ?>>map((command) -> of(command, tracing)).toList() : commands;
	}

	/**
	 * Return a command that belongs to what another one is a part of.
	 */
	static <K, V, T> RedisCommand<K, V, T> like(RedisCommand<K, V, ?> other, RedisCommand<K, V, T> command) {
		TraceContextProvider provider = provider(other);
		return (provider != null) ? new TracedCommand<>(command, provider.getTraceContext()) : command;
	}

	private static @Nullable TraceContextProvider provider(RedisCommand<?, ?, ?> command) {
		return CommandWrapper.unwrap(command, TraceContextProvider.class);
	}

}
