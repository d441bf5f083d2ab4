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

package io.lagwise.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which replica may serve the next read. A case is a script of milliseconds since the
 * session began: {@code w 10} is a write that ended at 10, {@code p 10} a read that the
 * primary answered then, {@code r2 8 10} one that connection 2 answered at 10 when it was
 * proven to be fresh as of 8. What is asked is {@code 2 9}: is connection 2 admitted if
 * it is fresh as of 9?
 */
class SessionHistoryTests {

	private static final long MILLISECOND = 1L << 20;

	private static final int KEY = 7;

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			nothing has happened,                                '',                       1 -5,  true
			nothing is proven,                                   '',                       1 none, false
			fresh as of the write,                               'w 10',                   1 10,  true
			fresh as of an instant before it,                    'w 10',                   1 9,   false
			the last write counts,                               'w 10, w 20',             1 19,  false
			whatever the order in which they are noted,          'w 20, w 10',             1 19,  false
			fresh as of the answer of the primary,               'p 10',                   1 10,  true
			fresh as of an instant before it,                    'p 10',                   1 9,   false
			the replica that has answered goes on,               'r1 5 10',                1 5,   true
			even if its proof is older than it was,              'r1 5 10',                1 3,   true
			it needs a proof nevertheless,                       'r1 5 10',                1 none, false
			it must have what has been written since,            'r1 5 10, w 12',          1 11,  false
			another one must be fresh as of that answer,         'r1 5 10',                2 10,  false
			which may have been given in the same millisecond,   'r1 5 10',                2 11,  true
			another one that is as old as the first was,         'r1 5 10',                2 5,   false
			the last answer counts,                              'r1 5 10, r1 5 20',       2 15,  false
			the last to answer goes on,                          'r1 5 10, r2 11 15',      2 11,  true
			the first is another one then,                       'r1 5 10, r2 11 15',      1 12,  false
			and goes on once it is fresh,                        'r1 5 10, r2 11 15',      1 16,  true
			two at the same time: neither is known to be ahead,  'r1 5 10, r2 5 10',       1 9,   false
			two at the same time: the second neither,            'r1 5 10, r2 5 10',       2 9,   false
			two at the same time: a fresh one is,                'r1 5 10, r2 5 10',       1 11,  true
			two at the same time: and any other,                 'r1 5 10, r2 5 10',       3 11,  true
			an answer that arrives late sets a floor,            'r1 5 10, r2 11 15, r1 9 20', 2 19, false
			a write does not change who goes on,                 'r1 5 10, w 12, r1 12 14', 1 12, true
			an answer of the primary does not either,            'r1 5 10, p 12, r1 12 14', 1 12, true
			""")
	void aReplicaIsAdmittedIfItHasWhatTheSessionHasSeen(String title, String script, String candidate,
			boolean admitted) {
		SessionHistory session = SessionHistory.ofSession(0);
		play(session, script);
		assertThat(isAdmitted(session, candidate)).as(title).isEqualTo(admitted);
		SessionHistory application = SessionHistory.ofApplication(-6 * MILLISECOND);
		play(application, script);
		assertThat(isAdmitted(application, candidate)).as(title + ", per key").isEqualTo(admitted);
		if (!admitted && !candidate.endsWith("none")) {
			assertThat(application.floor(KEY)).as("what is needed")
				.isGreaterThan(Long.parseLong(candidate.split(" ")[1]) * MILLISECOND);
		}
		assertThat(application.admits(KEY, 99, application.floor(KEY))).as("what is needed is enough").isTrue();
	}

	@Test
	void onlyWhatIsTouchedHasToBeThere() {
		SessionHistory session = SessionHistory.ofSession(0);
		assertThat(session.isTouched(KEY)).isFalse();
		play(session, "w 10");
		assertThat(session.isTouched(KEY)).isTrue();
		session = SessionHistory.ofSession(0);
		play(session, "r1 5 10");
		assertThat(session.isTouched(KEY)).isTrue();
		session = SessionHistory.ofSession(0);
		session.wroteAnything(10);
		assertThat(session.isTouched(KEY)).isTrue();
	}

	@Test
	void anythingMayHaveBeenWrittenBeforeTheApplicationBegan() {
		SessionHistory application = SessionHistory.ofApplication(100);
		assertThat(application.admits(KEY, 1, 99)).isFalse();
		assertThat(application.admits(KEY, 1, 100)).isTrue();
	}

	@Test
	void keysDoNotConcernEachOther() {
		SessionHistory application = SessionHistory.ofApplication(0);
		application.wrote(1, 50);
		application.readFromReplica(2, 1, 5, 50);
		assertThat(application.admits(1, 1, 49)).isFalse();
		assertThat(application.admits(2, 1, 49)).isTrue();
		assertThat(application.admits(2, 2, 49)).isFalse();
		assertThat(application.admits(3, 2, 49)).isTrue();
	}

	@Test
	void keysWithTheSameEntryAreOneKey() {
		SessionHistory application = SessionHistory.ofApplication(0);
		application.wrote(1, 50);
		assertThat(application.admits(1 + (1 << 14), 1, 49)).isFalse();
	}

	@Test
	void aWriteOfAnythingConcernsEveryKey() {
		SessionHistory application = SessionHistory.ofApplication(0);
		application.wroteAnything(50);
		application.wroteAnything(40);
		assertThat(application.admits(KEY, 1, 49)).isFalse();
		assertThat(application.admits(KEY, 1, 50)).isTrue();
		assertThat(application.floor(KEY)).isEqualTo(50);
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MAX_VALUE - 15 * MILLISECOND, -15 * MILLISECOND, Long.MIN_VALUE + 1 })
	void theClockMayBeNegativeAndMayWrapAround(long start) {
		SessionHistory session = SessionHistory.ofSession(start);
		session.wrote(KEY, start + 10 * MILLISECOND);
		session.readFromReplica(KEY, 1, start + 12 * MILLISECOND, start + 20 * MILLISECOND);
		assertThat(session.admits(KEY, 1, start + 9 * MILLISECOND)).isFalse();
		assertThat(session.admits(KEY, 1, start + 10 * MILLISECOND)).isTrue();
		assertThat(session.admits(KEY, 2, start + 19 * MILLISECOND)).isFalse();
		assertThat(session.admits(KEY, 2, start + 21 * MILLISECOND)).isTrue();
	}

	@Test
	void answersWithinAMillisecondAreNotedOnce() {
		SessionHistory session = SessionHistory.ofSession(0);
		session.readFromReplica(KEY, 1, 5, 10 * MILLISECOND);
		long floor = session.floor(KEY);
		session.readFromReplica(KEY, 1, 5, 10 * MILLISECOND + 1000);
		assertThat(session.floor(KEY)).isEqualTo(floor).isGreaterThan(10 * MILLISECOND + 1000);
	}

	/**
	 * Each replica shows a number that only grows, never behind what it is proven to
	 * show. Whoever has been told of an answer must not be admitted to an older one.
	 */
	@Test
	void noThreadGoesBackBehindWhatAnyThreadWasTold() throws Exception {
		SessionHistory session = SessionHistory.ofSession(0);
		AtomicLong clock = new AtomicLong(MILLISECOND);
		AtomicLong told = new AtomicLong(Long.MIN_VALUE);
		AtomicLong answers = new AtomicLong();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Future<?>> readers = new ArrayList<>();
			for (int reader = 0; reader < 4; reader++) {
				int connection = 1 + reader % 2;
				readers.add(threads.submit(() -> read(session, connection, clock, told, answers)));
			}
			for (Future<?> reader : readers) {
				reader.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(answers.get()).isGreaterThan(1000);
	}

	/**
	 * What a replica shows at an instant is the instant itself, less what it is behind:
	 * connection 1 is at most two milliseconds behind, connection 2 at most four.
	 */
	private static void read(SessionHistory session, int connection, AtomicLong clock, AtomicLong told,
			AtomicLong answers) {
		long behind = 2 * connection * MILLISECOND;
		for (int i = 0; i < 100_000; i++) {
			long expected = told.get();
			long freshAsOf = clock.addAndGet(1 + i % 5000) - behind;
			if (session.admits(0, connection, freshAsOf)) {
				long shown = clock.get() - behind;
				session.readFromReplica(0, connection, freshAsOf, clock.get());
				assertThat(shown).isGreaterThanOrEqualTo(expected);
				told.accumulateAndGet(shown, Math::max);
				answers.incrementAndGet();
			}
		}
	}

	private static void play(SessionHistory history, String script) {
		for (String step : script.split(", ")) {
			String[] words = step.split(" ");
			long last = words[words.length - 1].isEmpty() ? 0 : Long.parseLong(words[words.length - 1]) * MILLISECOND;
			switch (words[0]) {
				case "w" -> history.wrote(KEY, last);
				case "p" -> history.readFromPrimary(KEY, last);
				case "" -> {
				}
				default -> history.readFromReplica(KEY, Integer.parseInt(words[0].substring(1)),
						Long.parseLong(words[1]) * MILLISECOND, last);
			}
		}
	}

	private static boolean isAdmitted(SessionHistory history, String candidate) {
		String[] words = candidate.split(" ");
		long freshAsOf = words[1].equals("none") ? FreshnessWatermark.UNPROVEN : Long.parseLong(words[1]) * MILLISECOND;
		return history.admits(KEY, Integer.parseInt(words[0]), freshAsOf);
	}

}
