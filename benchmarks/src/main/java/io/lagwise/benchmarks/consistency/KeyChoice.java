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

package io.lagwise.benchmarks.consistency;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Which keys are read and written how often.
 */
enum KeyChoice {

	UNIFORM_10000("10,000 uniform", 10_000, 0),

	UNIFORM_100("100 uniform", 100, 0),

	ZIPF_10000("10,000 Zipf, s = 0.99", 10_000, 0.99);

	private final String label;

	/**
	 * The share of the keys up to each one.
	 */
	private final double[] shares;

	KeyChoice(String label, int keys, double exponent) {
		this.label = label;
		this.shares = new double[keys];
		double sum = 0;
		for (int i = 0; i < keys; i++) {
			sum += Math.pow(i + 1, -exponent);
			this.shares[i] = sum;
		}
		for (int i = 0; i < keys; i++) {
			this.shares[i] /= sum;
		}
	}

	String label() {
		return this.label;
	}

	int keys() {
		return this.shares.length;
	}

	int next(RandomGenerator random) {
		int index = Arrays.binarySearch(this.shares, random.nextDouble());
		return Math.min((index < 0) ? -index - 1 : index, this.shares.length - 1);
	}

}
