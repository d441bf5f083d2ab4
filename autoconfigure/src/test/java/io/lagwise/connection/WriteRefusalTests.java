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

import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WriteRefusal}.
 */
class WriteRefusalTests {

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', delimiter = '|',
			textBlock = """
					READONLY You can't write against a read only replica. | STATE | STATE
					READONLY You can't write against a read only slave. | STATE | STATE
					READONLY You can't write against a read only replica. script: 2067d915, on @user_script:1. | STATE | STATE
					LOADING Redis is loading the dataset in memory | STATE | STATE
					LOADING Valkey is loading the dataset in memory | STATE | STATE
					MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'. | STATE | STATE
					NOREPLICAS Not enough good replicas to write. | TOO_FEW_REPLICAS | NONE
					NOREPLICAS Not enough good slaves to write. | TOO_FEW_REPLICAS | NONE
					NOREPLICAS Not enough good replicas to write. script: 2067d915, on @user_script:1. | TOO_FEW_REPLICAS | NONE
					ERR Error running script (call to f_6b1bf486): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica. | NONE | STATE
					ERR Error running script (call to f_6b1bf486): @user_script:1: @user_script: 1: -NOREPLICAS Not enough good replicas to write. | NONE | NONE
					ERR Error running script (call to f_6b1bf486): @user_script:1: user_script:1: READONLY says my script | NONE | NONE
					READONLY is what my script calls itself | NONE | NONE
					MY READONLY You can't write against a read only replica. | NONE | NONE
					EXECABORT Transaction discarded because of: NOREPLICAS Not enough good replicas to write. | NONE | NONE
					WRONGTYPE Operation against a key holding the wrong kind of value | NONE | NONE
					MISCONF Errors writing to the AOF file: No space left on device | NONE | NONE
					BUSY Redis is busy running a script. | NONE | NONE
					OOM command not allowed when used memory > 'maxmemory'. | NONE | NONE
					""")
	void anErrorSaysWhetherTheCommandMayBeSentAgain(String error, WriteRefusal ofCommand, WriteRefusal ofScript) {
		assertThat(WriteRefusal.of(error, false)).isEqualTo(ofCommand);
		assertThat(WriteRefusal.of(error, true)).isEqualTo(ofScript);
	}

	@Test
	void scriptsFunctionsAndWhatNobodyKnowsAreComposed() {
		assertThat(WriteRefusal.isComposed(CommandType.EVAL)).isTrue();
		assertThat(WriteRefusal.isComposed(CommandType.EVALSHA)).isTrue();
		assertThat(WriteRefusal.isComposed(CommandType.FCALL)).isTrue();
		assertThat(WriteRefusal.isComposed(() -> new byte[0])).isTrue();
		assertThat(WriteRefusal.isComposed(CommandType.SET)).isFalse();
	}

}
