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

package io.lagwise.context;

/**
 * What one connection factory does for a {@link WriteScope} in which it has written.
 */
public interface WriteConfirmation extends AutoCloseable {

	/**
	 * Wait until the writes of the scope are applied on replicas.
	 * @param requirement on how many, and for how long to wait at most
	 */
	void confirm(WriteRequirement requirement);

	/**
	 * Let go of what the scope has used.
	 */
	@Override
	void close();

}
