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

package io.lagwise.connection;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RunId}.
 */
class RunIdTests {

	@Test
	void theProcessIsReadFromTheAnswer() {
		assertThat(RunId.parse("# Server\r\nredis_version:7.0.15\r\nrun_id:0af3\r\ntcp_port:6379\r\n"))
			.isEqualTo("0af3");
	}

	@Test
	void aServerThatDoesNotSayWhichProcessItIsHasNone() {
		assertThat(RunId.parse("# Server\r\nredis_version:7.0.15\r\n")).isNull();
		assertThat(RunId.parse("run_id:\r\n")).isNull();
		assertThat(RunId.parse(null)).isNull();
	}

}
