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

package io.lagwise.benchmarks.fault;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that writes values and reads them back: at once, and again when replication
 * has had ample time.
 */
final class FreshnessCheck extends Thread {

	/**
	 * How long replication gets: a hundred times what it takes on one machine.
	 */
	static final Duration DELAY = Duration.ofMillis(20);

	private static final int KEYS = 50;

	private final FaultClient client;

	private volatile Checks checks = Checks.NONE;

	private volatile boolean counting;

	private volatile boolean stopped;

	FreshnessCheck(FaultClient client) {
		super("checker");
		this.client = client;
		setDaemon(true);
	}

	/**
	 * Count the checks that begin from now on.
	 */
	void strike() {
		this.counting = true;
	}

	Checks finish() {
		this.stopped = true;
		interrupt();
		return this.checks;
	}

	@Override
	public void run() {
		for (int i = 0; !this.stopped; i++) {
			boolean counts = this.counting;
			Checks checks = check("check-" + i % KEYS, "written-" + i);
			if (counts && !this.stopped) {
				this.checks = checks;
			}
		}
	}

	private Checks check(String key, String value) {
		Checks checks = this.checks;
		try {
			this.client.set(key, value);
		}
		catch (RuntimeException ex) {
			LockSupport.parkNanos(DELAY.toNanos());
			return checks.writeFailed();
		}
		boolean freshAtOnce = true;
		try {
			freshAtOnce = value.equals(this.client.get(key));
			LockSupport.parkNanos(DELAY.toNanos());
			return checks.read(freshAtOnce, value.equals(this.client.get(key)));
		}
		catch (RuntimeException ex) {
			return checks;
		}
	}

	/**
	 * The outcome of the checks since a fault began.
	 *
	 * @param count how many checks were made: acknowledged writes, read back twice
	 * @param staleAtOnce how many read back an older value at once
	 * @param stale how many read back an older value after {@link #DELAY}
	 * @param failedWrites how many writes failed
	 */
	record Checks(int count, int staleAtOnce, int stale, int failedWrites) {

		static final Checks NONE = new Checks(0, 0, 0, 0);

		Checks read(boolean freshAtOnce, boolean freshLater) {
			return new Checks(this.count + 1, freshAtOnce ? this.staleAtOnce : this.staleAtOnce + 1,
					freshLater ? this.stale : this.stale + 1, this.failedWrites);
		}

		Checks writeFailed() {
			return new Checks(this.count, this.staleAtOnce, this.stale, this.failedWrites + 1);
		}

	}

}
