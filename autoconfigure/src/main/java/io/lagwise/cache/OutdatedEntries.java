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

package io.lagwise.cache;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The entries that Redis holds in an older state, or may hold, than the application has
 * meant to write.
 * <p>
 * As many as fit are remembered one by one, by hashes of 64 bits. When they become too
 * many every entry counts as outdated but those that have been removed or written since,
 * of which again as many as fit are remembered: an entry that is forgotten is removed
 * once more, so a cache with more entries than fit would hardly ever be hit.
 */
final class OutdatedEntries {

	private static final int LIMIT = 200_000;

	private static final long OFFSET_BASIS = 0xcbf29ce484222325L;

	private static final long PRIME = 0x100000001b3L;

	private final int limit;

	private final Set<Long> outdated = new HashSet<>();

	private @Nullable Set<Long> upToDate;

	private volatile boolean none = true;

	OutdatedEntries() {
		this(LIMIT);
	}

	OutdatedEntries(int limit) {
		this.limit = limit;
	}

	boolean contains(byte[] key) {
		if (this.none) {
			return false;
		}
		synchronized (this) {
			Long entry = hash(key);
			return (this.upToDate != null) ? !this.upToDate.contains(entry) : this.outdated.contains(entry);
		}
	}

	synchronized void add(byte[] key) {
		this.none = false;
		Long entry = hash(key);
		if (this.upToDate != null) {
			this.upToDate.remove(entry);
		}
		else if (this.outdated.add(entry) && this.outdated.size() > this.limit) {
			addAll();
		}
	}

	/**
	 * Add every entry.
	 */
	synchronized void addAll() {
		this.none = false;
		this.outdated.clear();
		this.upToDate = Collections.newSetFromMap(new LeastRecentlyAdded(this.limit));
	}

	void remove(byte[] key) {
		if (this.none) {
			return;
		}
		synchronized (this) {
			Long entry = hash(key);
			if (this.upToDate != null) {
				this.upToDate.add(entry);
			}
			else {
				this.outdated.remove(entry);
				this.none = this.outdated.isEmpty();
			}
		}
	}

	// FNV-1a: the shorter hash of an array would let entries stand for each other
	private static long hash(byte[] key) {
		long hash = OFFSET_BASIS;
		for (byte part : key) {
			hash = (hash ^ (part & 0xff)) * PRIME;
		}
		return hash;
	}

	/**
	 * Forgets what was added first.
	 */
	@SuppressWarnings("serial")
	private static final class LeastRecentlyAdded extends LinkedHashMap<Long, Boolean> {

		private final int limit;

		LeastRecentlyAdded(int limit) {
			this.limit = limit;
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
			return size() > this.limit;
		}

	}

}
