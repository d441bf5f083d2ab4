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

import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * The process that the reads of one address reach, beside the one that the monitor asks
 * there: what is proven of one says nothing of another.
 */
final class ReachedProcess {

	private final NodeProbe probe;

	private final Straying straying;

	private final Runnable onChange;

	private volatile int connectionNumber;

	private volatile @Nullable String runId;

	private volatile boolean told;

	ReachedProcess(NodeProbe probe, Runnable onChange) {
		this.probe = probe;
		this.straying = new Straying(probe.address());
		this.onChange = onChange;
	}

	/**
	 * Ask which process it is that reads reach from now on, before anything else is sent.
	 * @param connection the connection for reads
	 * @param number its number
	 * @return the process, or {@code null} when it does not say which it is
	 */
	CompletionStage<@Nullable String> opened(StatefulRedisConnection<byte[], byte[]> connection, int number) {
		this.runId = null;
		this.told = false;
		this.connectionNumber = number;
		return UntracedQuestion.info(RunId.SECTION).send(connection).handle((info, failure) -> {
			String runId = RunId.parse(info);
			if (number == this.connectionNumber) {
				this.runId = runId;
				this.told = true;
				this.onChange.run();
			}
			return runId;
		});
	}

	/**
	 * Return whether reads reach the process that the monitor asks.
	 */
	boolean isTheOneAsked() {
		String runId = this.runId;
		return runId != null && runId.equals(this.probe.runId());
	}

	/**
	 * Return whether reads have reached another process for longer than it takes to open
	 * connections again.
	 */
	boolean isAnother() {
		return this.straying.isEstablished() && !isTheOneAsked();
	}

	/**
	 * Bring both connections together where they lead to different processes. Called by
	 * the monitor's thread while the one for reads is open.
	 * @param reads the connection for reads
	 */
	void bringTogether(ReopeningConnection<?> reads, long now) {
		switch (this.straying.judge(isTheOneAsked(), this.told, now)) {
			case REOPEN_BOTH -> {
				reads.drop();
				this.probe.reopen();
			}
			case REOPEN -> reads.drop();
			case KEEP -> {
			}
		}
	}

}
