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

package io.lagwise.consistency;

/**
 * How a consistent read comes to a replica that is proven to be fresh enough.
 */
public enum ConsistencyEnforcement {

	/**
	 * By what the monitor has learned already; where that is not enough, by a barrier
	 * that makes replicas say how far they are ({@code WAIT}).
	 */
	WAIT,

	/**
	 * By what the monitor has learned already, otherwise the primary answers. Nothing is
	 * ever waited for.
	 */
	WATERMARK

}
