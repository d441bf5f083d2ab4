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

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.internal.ExceptionFactory;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.MapOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

/**
 * A question of our own on a connection that carries the application's commands. Lettuce
 * traces what goes through the dispatch of a connection, and what others can be told of.
 *
 * @param <T> the type of the answer
 */
final class UntracedQuestion<T> extends Command<String, String, T> {

	private final CompletableFuture<T> answer = new CompletableFuture<>();

	private UntracedQuestion(CommandType type, CommandOutput<String, String, T> output, String... words) {
		super(type, output, arguments(words));
	}

	private static CommandArgs<String, String> arguments(String... words) {
		CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
		for (String word : words) {
			arguments.add(word);
		}
		return arguments;
	}

	static UntracedQuestion<String> ping() {
		return new UntracedQuestion<>(CommandType.PING, new StatusOutput<>(StringCodec.UTF8));
	}

	static UntracedQuestion<String> info(String section) {
		return new UntracedQuestion<>(CommandType.INFO, new StatusOutput<>(StringCodec.UTF8), section);
	}

	static UntracedQuestion<Map<String, String>> configGet(String setting) {
		return new UntracedQuestion<>(CommandType.CONFIG, new MapOutput<>(StringCodec.UTF8), "GET", setting);
	}

	/**
	 * Send the question.
	 * @return the answer, or how the question has failed
	 */
	CompletableFuture<T> send(StatefulRedisConnection<?, ?> connection) {
		((RedisChannelHandler<?, ?>) connection).getChannelWriter().write(this);
		return this.answer;
	}

	@Override
	public void complete() {
		super.complete();
		CommandOutput<String, String, T> output = getOutput();
		if (output.hasError()) {
			this.answer.completeExceptionally(ExceptionFactory.createExecutionException(output.getError()));
		}
		else {
			this.answer.complete(output.get());
		}
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		super.completeExceptionally(throwable);
		return this.answer.completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		super.cancel();
		this.answer.cancel(false);
	}

}
