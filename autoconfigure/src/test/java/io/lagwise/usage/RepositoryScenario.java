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

import java.util.List;
import java.util.function.Predicate;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.core.PartialUpdate;

/**
 * What one instance of an application does right after another, and what must be true
 * then.
 */
enum RepositoryScenario {

	SAVED_ELSEWHERE_AND_DELETED("an entity that was deleted is gone") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris"));
			other.people().deleteById(id);
			return !stored.keys().isEmpty();
		}
	},

	SAVED_AND_DELETED_BY_ITS_WRITER("an entity that was deleted by its writer is gone") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris"));
			one.people().deleteById(id);
			return !stored.keys().isEmpty();
		}
	},

	DELETED_AFTER_A_CHANGE("an entity that was deleted is in no index") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris"));
			stored.awaitReplicas();
			one.people().save(Person.in(id, "Rome").at(ROME));
			other.people().deleteById(id);
			return !stored.keys().isEmpty();
		}
	},

	SAVED_OVER("an entity that was saved over is in its new indexes only") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris").tagged(List.of("red", "green")));
			other.people().save(Person.in(id, "Rome").tagged(List.of("green", "blue")));
			return contradicts(id, stored);
		}
	},

	INSERTED_TWICE("an entity is inserted once") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.template().insert(id, Person.in(id, "Paris"));
			try {
				other.template().insert(id, Person.in(id, "Rome"));
				return true;
			}
			catch (DuplicateKeyException ex) {
				return contradicts(id, stored);
			}
		}
	},

	VALUE_CHANGED_IN_PART("a changed value is in its new index only") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris"));
			update(other, new PartialUpdate<>(id, Person.class).set("city", "Rome"));
			return contradicts(id, stored);
		}
	},

	VALUE_REMOVED_IN_PART("a removed value is in no index") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris").at(PARIS));
			update(other, new PartialUpdate<>(id, Person.class).del("city"));
			return contradicts(id, stored) || stored.hasField(id, "city");
		}
	},

	OBJECT_REMOVED_IN_PART("a removed object is gone, and in no index") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris").living("Rue de Rivoli"));
			update(other, new PartialUpdate<>(id, Person.class).del("address"));
			return contradicts(id, stored) || stored.hasField(id, "address");
		}
	},

	OBJECT_CHANGED_IN_PART("a changed object is in its new index only") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris").living("Rue de Rivoli"));
			update(other, new PartialUpdate<>(id, Person.class).set("address", new Person.Address("Rue Cler")));
			return contradicts(id, stored);
		}
	},

	PLACE_REMOVED_IN_PART("a removed place is gone, and in no index") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Rome").at(ROME));
			update(other, new PartialUpdate<>(id, Person.class).del("location"));
			return contradicts(id, stored) || stored.hasField(id, "location");
		}
	},

	ALL_DELETED("nothing is left when all has been deleted") {
		@Override
		boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored) {
			one.people().save(Person.in(id, "Paris"));
			other.people().deleteAll();
			return !stored.keys().isEmpty();
		}
	};

	private static final Point PARIS = new Point(2.35, 48.85);

	private static final Point ROME = new Point(12.5, 41.9);

	private final String promise;

	RepositoryScenario(String promise) {
		this.promise = promise;
	}

	/**
	 * Play it once.
	 * @param id the identifier to use
	 * @param one the instance that begins
	 * @param other the instance that goes on
	 * @param stored what is stored, nothing before
	 * @return whether the promise is broken
	 */
	abstract boolean goesWrong(String id, RepositoryApplication one, RepositoryApplication other, StoredPeople stored);

	@Override
	public String toString() {
		return this.promise;
	}

	private static void update(RepositoryApplication application, PartialUpdate<Person> update) {
		application.template().update(update);
	}

	private static boolean contradicts(String id, StoredPeople stored) {
		return !stored.contradictions(Predicate.isEqual(id)).isEmpty();
	}

}
