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

package io.lagwise.autoconfigure;

import io.lagwise.connection.ReplicaReadOptions;

/**
 * Adds to the read options of each connection factory that takes them from the
 * properties.
 */
@FunctionalInterface
interface ReadOptionsCustomizer {

	/**
	 * Return the options that a connection factory is to have. Called once per factory,
	 * so that each can have what is its own.
	 * @param beanName the name of the connection factory
	 * @param options the options so far
	 * @return the options
	 */
	ReplicaReadOptions customize(String beanName, ReplicaReadOptions options);

}
