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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

import org.springframework.data.domain.Example;
import org.springframework.data.geo.Distance;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.core.PartialUpdate;

/**
 * Threads that save, change, delete and find people at random, each time through another
 * instance of an application.
 * <p>
 * Repositories do not write atomically: where two writers change one entity at the same
 * time, indexes are left wrong on a single server too. So one change of an entity begins
 * when the one before has ended, wherever that was, and nothing else goes on while
 * everything is deleted.
 */
final class RepositoryWorkload {

	private static final int THREADS = 6;

	private static final int PEOPLE = 12;

	private static final List<String> CITIES = List.of("Paris", "Rome", "Oslo");

	private static final List<String> STREETS = List.of("High Street", "Station Road");

	private static final List<String> TAGS = List.of("red", "green", "blue");

	private final List<RepositoryApplication> instances;

	private final long seed;

	private final int changes;

	private final ReadWriteLock everybody = new ReentrantReadWriteLock();

	private final List<Lock> entities = Stream.<Lock>generate(ReentrantLock::new).limit(PEOPLE).toList();

	private final AtomicInteger expiring = new AtomicInteger();

	/**
	 * Create a workload.
	 * @param instances the instances through which to write
	 * @param seed what the choices follow from
	 * @param changes how much each thread does
	 */
	RepositoryWorkload(List<RepositoryApplication> instances, long seed, int changes) {
		this.instances = instances;
		this.seed = seed;
		this.changes = changes;
	}

	/**
	 * Return whether an entity never expires.
	 */
	static boolean stays(String id) {
		return id.startsWith("p");
	}

	/**
	 * Return whether a key belongs to an entity that expires.
	 */
	static boolean belongsToOneThatExpires(String key) {
		return key.matches("people:t\\d+(:.*)?");
	}

	/**
	 * Run until each thread has done what it has to.
	 * @return what was thrown
	 */
	List<RuntimeException> run() throws Exception {
		List<RuntimeException> failures = new CopyOnWriteArrayList<>();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> ends = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				Random random = new Random(this.seed + i);
				ends.add(threads.submit(() -> {
					for (int j = 0; j < this.changes; j++) {
						try {
							step(random);
						}
						catch (RuntimeException ex) {
							failures.add(ex);
						}
					}
				}));
			}
			for (Future<?> end : ends) {
				end.get(Duration.ofMinutes(2).toSeconds(), TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		return failures;
	}

	private void step(Random random) {
		RepositoryApplication instance = any(random, this.instances);
		int choice = random.nextInt(1000);
		if (choice < 3) {
			exclusively(this.everybody.writeLock(), () -> instance.people().deleteAll());
		}
		else if (choice < 30) {
			Person person = person(random, "t" + this.expiring.incrementAndGet()).expiringAfter(1);
			exclusively(this.everybody.readLock(), () -> instance.people().save(person));
		}
		else if (choice < 200) {
			find(random, instance);
		}
		else {
			int number = random.nextInt(PEOPLE);
			exclusively(this.everybody.readLock(),
					() -> exclusively(this.entities.get(number), () -> change(random, instance, "p" + number)));
		}
	}

	private static void change(Random random, RepositoryApplication instance, String id) {
		switch (random.nextInt(9)) {
			case 0, 1 -> instance.people().save(person(random, id));
			case 2 -> instance.people().deleteById(id);
			case 3 -> instance.people().delete(Person.in(id, "any"));
			case 4 -> saveAgain(random, instance, id);
			default -> update(random, instance, id);
		}
	}

	// An update of an entity that is not there creates a part of one, in no keyspace, and
	// one of a collection leaves its index as it is: on a single server, too.
	private static void update(Random random, RepositoryApplication instance, String id) {
		if (!instance.template().getKeyValueAdapter().contains(id, "people")) {
			instance.people().save(person(random, id));
		}
		PartialUpdate<Person> update = new PartialUpdate<>(id, Person.class);
		instance.template().update(switch (random.nextInt(6)) {
			case 0, 1 -> update.set("city", any(random, CITIES));
			case 2 -> update.set("address", new Person.Address(any(random, STREETS)));
			case 3 -> update.set("location", place(random));
			case 4 -> update.del("address");
			default -> update.del("location");
		});
	}

	// what a finder on a replica returns may be old, and is written as it is
	private static void saveAgain(Random random, RepositoryApplication instance, String id) {
		Optional<Person> found = instance.people().findById(id);
		found.ifPresent((person) -> instance.people().save(person.living(any(random, STREETS))));
	}

	private static void find(Random random, RepositoryApplication instance) {
		People people = instance.people();
		switch (random.nextInt(6)) {
			case 0 -> people.findByCity(any(random, CITIES));
			case 1 -> people.findByAddressStreet(any(random, STREETS));
			case 2 -> people.findByTags(any(random, TAGS));
			case 3 -> people.findByLocationNear(place(random), new Distance(1000));
			case 4 -> people.findAll();
			default -> people.findAll(Example.of(new Person(null, any(random, CITIES), null, null, null, null)));
		}
	}

	private static Person person(Random random, String id) {
		Person person = Person.in(id, any(random, CITIES)).tagged(tags(random));
		Person somewhere = random.nextBoolean() ? person.at(place(random)) : person;
		return random.nextBoolean() ? somewhere.living(any(random, STREETS)) : somewhere;
	}

	private static List<String> tags(Random random) {
		int first = random.nextInt(TAGS.size());
		return random.nextBoolean() ? List.of(TAGS.get(first))
				: List.of(TAGS.get(first), TAGS.get((first + 1) % TAGS.size()));
	}

	private static Point place(Random random) {
		return new Point(random.nextInt(20), random.nextInt(60));
	}

	private static <T> T any(Random random, List<T> values) {
		return values.get(random.nextInt(values.size()));
	}

	private static void exclusively(Lock lock, Runnable action) {
		lock.lock();
		try {
			action.run();
		}
		finally {
			lock.unlock();
		}
	}

}
