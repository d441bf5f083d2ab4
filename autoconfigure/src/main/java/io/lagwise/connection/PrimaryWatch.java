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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.consistency.Succession;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Watches over the history of the primary: notices when another one takes its place, and
 * what that has done to what was written and read.
 */
final class PrimaryWatch {

	private final PrimaryAnswers answers;

	private final PrimaryHistory history;

	private volatile BooleanSupplier strays = () -> false;

	private volatile Runnable question = () -> {
	};

	private volatile Supplier<CompletableFuture<Void>> search = CompletableFuture::new;

	private @Nullable CompletableFuture<Void> searching;

	private volatile Consumer<Succession> onSuccession = (succession) -> {
	};

	PrimaryWatch(PrimaryAnswers answers, PrimaryHistory history) {
		this.answers = answers;
		this.history = history;
	}

	/**
	 * Set who is asked and told.
	 * @param strays tells whether connections to a former primary are still open
	 * @param question asks the primary as soon as possible
	 * @param onSuccession is told when another history has taken the place of the former
	 */
	void connect(BooleanSupplier strays, Runnable question, Consumer<Succession> onSuccession) {
		this.question = question;
		this.strays = strays;
		this.onSuccession = onSuccession;
	}

	/**
	 * Set what asks all who is the primary.
	 * @param search begins to ask, and gives what is done when there may be an answer
	 */
	void searchWith(Supplier<CompletableFuture<Void>> search) {
		this.search = search;
	}

	/**
	 * Ask all who is the primary: there may be another one.
	 * @return what is done when there may be an answer; one for everybody who waits at
	 * the time
	 */
	synchronized CompletableFuture<Void> search() {
		CompletableFuture<Void> searching = this.searching;
		if (searching == null || searching.isDone()) {
			searching = this.search.get();
			this.searching = searching;
		}
		return searching;
	}

	/**
	 * Note that the history may have ended: a connection to the primary was lost.
	 */
	void doubt() {
		this.answers.doubt();
	}

	/**
	 * Let the primary confirm that it is one.
	 * @param instant when something was heard of it
	 * @return its answer to a question that is sent after that
	 */
	CompletableFuture<?> confirmedAfter(long instant) {
		CompletableFuture<?> answer = this.answers.after(instant);
		if (!answer.isDone()) {
			this.question.run();
		}
		return answer;
	}

	/**
	 * Note that another node is about to be put in charge.
	 * @param now the time; what it was asked before does not count
	 */
	void handedOver(long now) {
		this.answers.doubt();
		this.history.handedOver(now);
	}

	/**
	 * Note what the primary in charge has answered.
	 * @param connection the number of the connection on which it was asked
	 * @param sentAt when the question was sent
	 * @param answeredAt when the answer had arrived
	 * @param status the answer
	 */
	void answered(int connection, long sentAt, long answeredAt, ReplicationStatus status) {
		if (this.answers.isInDoubt() && this.strays.getAsBoolean()) {
			// what a former primary has acknowledged may not have been taken in yet
			return;
		}
		@Nullable Succession succession = this.history.sampled(sentAt, answeredAt, connection, status);
		this.answers.answered(sentAt, answeredAt, status);
		if (this.answers.isAwaited()) {
			this.question.run();
		}
		if (succession != null) {
			this.onSuccession.accept(succession);
		}
	}

}
