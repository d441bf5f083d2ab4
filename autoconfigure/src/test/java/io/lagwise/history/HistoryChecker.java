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

package io.lagwise.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lagwise.replication.WriteFate;

/**
 * Finds in a history what the guarantees rule out.
 * <p>
 * It knows nothing of how reads are routed: it compares what callers were told. "Before"
 * means that one operation's caller had the result before the other operation was begun.
 * A write with an unknown outcome may be there or not, at any time after it was begun.
 * What a failover has destroyed may be missing from the moment at which it was brought
 * about, if the loss was announced; everything else is required all the same.
 */
final class HistoryChecker {

	private final History history;

	private final List<KeyHistory> keys;

	private final List<Anomaly> anomalies = new ArrayList<>();

	private HistoryChecker(History history) {
		this.history = history;
		this.keys = history.operations()
			.stream()
			.collect(Collectors.groupingBy(Operation::key, LinkedHashMap::new, Collectors.toList()))
			.entrySet()
			.stream()
			.map((entry) -> new KeyHistory(history, entry.getKey(), entry.getValue()))
			.toList();
	}

	/**
	 * Find all anomalies, those that no promise rules out included.
	 */
	static List<Anomaly> check(History history) {
		HistoryChecker checker = new HistoryChecker(history);
		checker.keys.forEach(checker::check);
		checker.checkAnnouncements();
		checker.checkSessions();
		return List.copyOf(checker.anomalies);
	}

	/**
	 * Return for each answered read how stale the answer was at most when its caller got
	 * it: the time since the first write was acknowledged that is missing.
	 */
	static Map<Operation, Duration> staleness(History history) {
		HistoryChecker checker = new HistoryChecker(history);
		Map<Operation, Duration> staleness = new HashMap<>();
		for (KeyHistory key : checker.keys) {
			for (Operation read : key.reads()) {
				staleness.put(read,
						missing(key, read)
							.map((write) -> Duration.ofNanos(Math.max(0, read.completedAt() - write.completedAt())))
							.max(Comparator.naturalOrder())
							.orElse(Duration.ZERO));
			}
		}
		return staleness;
	}

	private void check(KeyHistory key) {
		checkReads(key);
		checkMonotonicReads(key);
		checkOrder(key);
		checkConvergence(key);
	}

	private void checkReads(KeyHistory key) {
		for (Operation read : key.reads()) {
			missing(key, read).forEach((write) -> {
				if (write.isBefore(read) && write.isWrittenFor(read)) {
					report(Guarantee.READ_YOUR_WRITES, read, write.written() + " is missing", write, read);
				}
				if (write.confirmed() && write.isBefore(read)) {
					report(Guarantee.CONFIRMED_WRITES, read, write.written() + " is missing", write, read);
				}
				Duration bound = read.level().bound();
				long age = read.answeredAt() - write.completedAt() - this.history.tolerance().toNanos();
				if (bound != null && age > bound.toNanos()) {
					report(Guarantee.BOUNDED_STALENESS, read, write.written() + " is missing after "
							+ (read.answeredAt() - write.completedAt()) / 1e6 + " ms", write, read);
				}
			});
		}
	}

	private static Stream<Operation> missing(KeyHistory key, Operation read) {
		Set<String> state = Set.copyOf(new HashSet<>(key.state(read)));
		return key.writes()
			.stream()
			.filter(Operation::isOk)
			.filter((write) -> write.completedAt() < read.completedAt())
			.filter((write) -> !state.contains(write.written()))
			.filter((write) -> !key.mayBeMissing(write.written(), read.completedAt()));
	}

	/**
	 * Consistent reads are compared with all earlier consistent ones of their session,
	 * others with those of the same level.
	 */
	private void checkMonotonicReads(KeyHistory key) {
		Map<String, List<Operation>> sessions = key.reads()
			.stream()
			.collect(Collectors.groupingBy((read) -> read.scope() + (read.level().isConsistent() ? "" : read.level())));
		sessions.values().forEach((reads) -> checkMonotonicReads(key, reads));
	}

	private void checkMonotonicReads(KeyHistory key, List<Operation> reads) {
		List<Operation> completed = new ArrayList<>(reads);
		completed.sort(Comparator.comparingLong(Operation::completedAt));
		Map<String, Operation> seen = new LinkedHashMap<>();
		Map<String, Operation> gone = new HashMap<>();
		int next = 0;
		for (Operation read : reads) {
			for (; next < completed.size() && completed.get(next).isBefore(read); next++) {
				Operation earlier = completed.get(next);
				Set<String> state = Set.copyOf(new HashSet<>(key.state(earlier)));
				seen.keySet()
					.stream()
					.filter((value) -> key.isDestroyed(value) && !state.contains(value)
							&& seen.get(value).isBefore(earlier))
					.forEach((value) -> gone.putIfAbsent(value, earlier));
				key.state(earlier).forEach((value) -> seen.putIfAbsent(value, earlier));
			}
			Set<String> state = Set.copyOf(new HashSet<>(key.state(read)));
			seen.forEach((value, earlier) -> {
				if (!state.contains(value) && !key.mayBeMissing(value, read.completedAt())) {
					report(Guarantee.MONOTONIC_READS, read, value + " was there before", earlier, read);
				}
			});
			gone.forEach((value, without) -> {
				if (state.contains(value)) {
					report(Guarantee.MONOTONIC_READS, read, value + " was lost and is back", seen.get(value), without,
							read);
				}
			});
		}
	}

	private void checkOrder(KeyHistory key) {
		Map<List<String>, Operation> shownBy = new HashMap<>();
		key.reads().forEach((read) -> shownBy.putIfAbsent(key.state(read), read));
		for (List<String> state : key.distinctStates()) {
			Operation read = shownBy.get(state);
			checkIsBeginning(key, state, read);
			Map<String, Integer> positions = new HashMap<>();
			for (int i = 0; i < state.size(); i++) {
				if (positions.put(state.get(i), i) != null) {
					report(Guarantee.ONE_HISTORY, read, state.get(i) + " is in " + key.key() + " twice: " + state);
				}
				if (key.writer(state.get(i)) == null) {
					report(Guarantee.ONE_HISTORY, read, "nobody has written " + state.get(i) + " to " + key.key());
				}
			}
			for (String value : state) {
				Operation write = key.writer(value);
				if (write != null) {
					checkPredecessors(key, write, positions, read);
				}
			}
		}
	}

	private void checkIsBeginning(KeyHistory key, List<String> state, Operation read) {
		List<String> common = state.stream().filter(key.end()::contains).toList();
		if (!common.equals(key.end().subList(0, Math.min(common.size(), key.end().size())))) {
			report(Guarantee.ONE_HISTORY, read,
					key.key() + " was " + state + ", but it became " + key.end() + " in the end");
		}
	}

	private void checkPredecessors(KeyHistory key, Operation write, Map<String, Integer> positions, Operation read) {
		int position = positions.get(write.written());
		for (Operation earlier : key.writes()) {
			if (!earlier.isBefore(write)) {
				break;
			}
			if (earlier.isOk() && earlier.scope().equals(write.scope())
					&& isNotBefore(key, earlier.written(), position, positions, write)) {
				report(Guarantee.MONOTONIC_WRITES, read,
						write.written() + " is visible without " + earlier.written() + " before it", earlier, write);
			}
		}
		for (Operation known : key.reads()) {
			if (known.isBefore(write) && known.level().isConsistent() && known.scope().equals(write.scope())) {
				for (String value : key.state(known)) {
					if (isNotBefore(key, value, position, positions, write)) {
						report(Guarantee.WRITES_FOLLOW_READS, read,
								write.written() + " is visible without " + value + " before it", known, write);
					}
				}
			}
		}
	}

	private static boolean isNotBefore(KeyHistory key, String value, int position, Map<String, Integer> positions,
			Operation write) {
		Integer its = positions.get(value);
		return (its != null) ? its > position : !key.mayBeMissing(value, write.completedAt());
	}

	private void checkConvergence(KeyHistory key) {
		List<String> end = this.history.end(key.key());
		this.history.nodes().forEach((node, state) -> {
			List<String> held = state.getOrDefault(key.key(), List.of());
			if (!held.equals(end)) {
				report(Guarantee.CONVERGENCE, null,
						node + " holds " + held + " under " + key.key() + ", the primary " + end);
			}
		});
	}

	private void checkAnnouncements() {
		Map<String, Long> lost = new HashMap<>();
		for (KeyHistory key : this.keys) {
			for (Operation write : key.writes()) {
				if (!write.isOk() || !key.isDestroyed(write.written())) {
					continue;
				}
				lost.merge(write.client(), 1L, Long::sum);
				boolean announced = announcements(write.client()).anyMatch(
						(announcement) -> announcement.isOfLoss() && announcement.receivedAt() > write.completedAt());
				if (!announced) {
					report(Guarantee.ANNOUNCED_LOSS, null, write.written() + " is lost and nobody said so", write);
				}
			}
		}
		this.history.announcements().stream().map(Announcement::client).distinct().forEach((client) -> {
			long missing = lost.getOrDefault(client, 0L);
			long atRisk = announcements(client).filter(Announcement::isOfLoss).mapToLong(Announcement::atRisk).sum();
			if (missing > 0 && atRisk < missing) {
				report(Guarantee.ANNOUNCED_LOSS, null, client + " has lost " + missing + " writes, but was told of "
						+ atRisk + ": " + announcements(client).toList());
			}
			if (missing == 0 && announcements(client).anyMatch((it) -> it.fate() == WriteFate.LOST)) {
				report(Guarantee.ANNOUNCED_LOSS, null,
						client + " has lost nothing, but was told so: " + announcements(client).toList());
			}
		});
	}

	private Stream<Announcement> announcements(String client) {
		return this.history.announcements().stream().filter((announcement) -> announcement.client().equals(client));
	}

	/**
	 * A consistent read that shows that something is lost comes after the exception that
	 * says so, or, where it could not be told for certain, after the event.
	 */
	private void checkSessions() {
		Map<String, List<Operation>> told = this.history.operations()
			.stream()
			.filter((operation) -> operation.session() != null && isToldOfLoss(operation))
			.collect(Collectors.groupingBy(Operation::session));
		for (KeyHistory key : this.keys) {
			for (Operation read : key.reads()) {
				if (read.session() == null || !read.level().tellsOfLosses()) {
					continue;
				}
				Set<String> state = new HashSet<>(key.state(read));
				known(key, read)
					.filter((known) -> values(key, known).stream()
						.anyMatch((value) -> key.isDestroyed(value) && !state.contains(value)))
					.filter((known) -> told.getOrDefault(read.session(), List.of())
						.stream()
						.noneMatch((exception) -> exception.invokedAt() < read.completedAt()
								&& exception.completedAt() > known.completedAt()))
					.filter((known) -> this.history.doubtsAboutSessions()
						.stream()
						.noneMatch((doubt) -> doubt.client().equals(read.client())
								&& doubt.receivedAt() > known.completedAt() && doubt.receivedAt() < read.completedAt()))
					.findFirst()
					.ifPresent((known) -> report(Guarantee.ANNOUNCED_TO_SESSION, read,
							read.session() + " has lost what it knew of " + key.key() + " and was not told", known,
							read));
			}
		}
	}

	static boolean isToldOfLoss(Operation operation) {
		return operation.outcome() == Operation.Outcome.FAILED && operation.answeredBy().startsWith("SessionLost");
	}

	private static Stream<Operation> known(KeyHistory key, Operation read) {
		return Stream
			.concat(key.writes().stream().filter(Operation::isOk),
					key.reads().stream().filter((earlier) -> earlier.level().isConsistent()))
			.filter((earlier) -> earlier.isBefore(read) && Objects.equals(earlier.session(), read.session()));
	}

	private static Collection<String> values(KeyHistory key, Operation operation) {
		return operation.isWrite() ? List.of(operation.written()) : key.state(operation);
	}

	private void report(Guarantee guarantee, Operation read, String description, Operation... evidence) {
		Level level = (read != null) ? read.level() : null;
		this.anomalies.add(new Anomaly(guarantee, level, description, List.of(evidence)));
	}

}
