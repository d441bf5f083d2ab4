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

package io.lagwise.compatibility;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The keys of one transcript: three of the type that it is about, one of another type,
 * one that does not exist, and some with a single element each, for commands that choose
 * or wait.
 */
record Keys(String prefix) {

	static final int SINGLES = 6;

	String first() {
		return this.prefix + "1";
	}

	String second() {
		return this.prefix + "2";
	}

	String third() {
		return this.prefix + "3";
	}

	String ofAnotherType() {
		return this.prefix + "other";
	}

	String missing() {
		return this.prefix + "none";
	}

	String single(int number) {
		return this.prefix + "single" + number;
	}

	String named(String name) {
		return this.prefix + name;
	}

	String any(SplittableRandom random) {
		int choice = random.nextInt(20);
		if (choice < 10) {
			return first();
		}
		if (choice < 15) {
			return second();
		}
		if (choice < 18) {
			return third();
		}
		return (choice < 19) ? ofAnotherType() : missing();
	}

	String pattern() {
		return this.prefix + "*";
	}

	List<String> all() {
		List<String> all = new ArrayList<>(List.of(first(), second(), third(), ofAnotherType(), missing()));
		for (int i = 0; i < SINGLES; i++) {
			all.add(single(i));
		}
		return all;
	}

}
