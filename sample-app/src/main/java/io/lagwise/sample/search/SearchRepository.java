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

package io.lagwise.sample.search;

import java.util.List;

import io.lagwise.annotation.ReadFromReplica;

import org.springframework.data.repository.Repository;

/**
 * Finds products by category, as they were a moment ago at most; saving keeps its index
 * on the primary all the same.
 */
@ReadFromReplica(maxStaleness = "${shop.search.max-staleness}")
interface SearchRepository extends Repository<SearchEntry, Long> {

	List<SearchEntry> findByCategory(String category);

	<T extends SearchEntry> Iterable<T> saveAll(Iterable<T> entries);

}
