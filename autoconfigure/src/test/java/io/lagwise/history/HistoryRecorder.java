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

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;

/**
 * Writes down what callers see, from any number of threads.
 */
final class HistoryRecorder {

	private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

	private final Queue<Announcement> announcements = new ConcurrentLinkedQueue<>();

	private final Queue<Announcement> doubtsAboutSessions = new ConcurrentLinkedQueue<>();

	/**
	 * Write down in a file what has been seen.
	 */
	void save(Path file) throws IOException {
		try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
			for (Collection<?> content : List.of(this.operations, this.announcements, this.doubtsAboutSessions)) {
				out.writeObject(new ArrayList<>(content));
			}
		}
	}

	/**
	 * Add what another process has seen, on the same machine and so by the same clock.
	 */
	void load(Path file) throws IOException, ClassNotFoundException {
		try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
			((List<?>) in.readObject()).forEach((it) -> this.operations.add((Operation) it));
			((List<?>) in.readObject()).forEach((it) -> this.announcements.add((Announcement) it));
			((List<?>) in.readObject()).forEach((it) -> this.doubtsAboutSessions.add((Announcement) it));
		}
	}

	void add(Operation operation) {
		this.operations.add(operation);
	}

	void add(Announcement announcement) {
		this.announcements.add(announcement);
	}

	/**
	 * Return a listener that writes down what an application instance is told.
	 */
	ReplicationListener announcementsTo(String client) {
		return (event) -> announce(client, event);
	}

	private void announce(String client, ReplicationEvent event) {
		if (event instanceof WritesAssessedEvent assessed) {
			add(new Announcement(client, System.nanoTime(), assessed.fate(), assessed.atRisk(), assessed.reason()));
		}
		else if (event instanceof SessionLostEvent lost && !lost.certain()) {
			this.doubtsAboutSessions
				.add(new Announcement(client, System.nanoTime(), WriteFate.POSSIBLY_LOST, 0, lost.reason()));
		}
	}

	int size() {
		return this.operations.size();
	}

	List<Operation> operations() {
		return new ArrayList<>(this.operations);
	}

	List<Announcement> announcements() {
		return new ArrayList<>(this.announcements);
	}

	/**
	 * Return when application instances were told that one of their sessions may have
	 * lost something.
	 */
	List<Announcement> doubtsAboutSessions() {
		return new ArrayList<>(this.doubtsAboutSessions);
	}

}
