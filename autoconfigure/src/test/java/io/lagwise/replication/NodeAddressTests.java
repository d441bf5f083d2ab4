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

package io.lagwise.replication;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link NodeAddress}.
 */
class NodeAddressTests {

	@ParameterizedTest
	@CsvSource({ "redis-1.example.com:6379, redis-1.example.com, 6379", "127.0.0.1:1, 127.0.0.1, 1",
			"[2001:db8::1]:65535, 2001:db8::1, 65535", "2001:db8::1:6379, 2001:db8::1, 6379" })
	void hostAndPortAreParsed(String address, String host, int port) {
		assertThat(NodeAddress.parse(address)).isEqualTo(new NodeAddress(host, port));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "host", ":6379", "host:", "host:redis", "host:6379 " })
	void whatIsNotHostAndPortIsRefusedByName(String address) {
		assertThatIllegalArgumentException().isThrownBy(() -> NodeAddress.parse(address))
			.withMessage("'" + address + "' is not of the form host:port");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 65536 })
	void portsThatCannotBeAreRefused(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> NodeAddress.parse("host:" + port))
			.withMessage("'port' must be between 1 and 65535 but is " + port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]:6379", " :6379" })
	void anEmptyHostIsRefused(String address) {
		assertThatIllegalArgumentException().isThrownBy(() -> NodeAddress.parse(address))
			.withMessage("'host' must not be empty");
	}

	@ParameterizedTest
	@ValueSource(strings = { "redis:6379", "[2001:db8::1]:6379" })
	void theTextOfAnAddressCanBeParsedAgain(String address) {
		assertThat(NodeAddress.parse(address)).hasToString(address);
	}

	@Test
	void addressesAreOrderedByHostThenByPortAsANumber() {
		List<NodeAddress> ordered = List.of(new NodeAddress("a", 900), new NodeAddress("a", 6379),
				new NodeAddress("b", 1));
		assertThat(Stream.of(ordered.get(2), ordered.get(1), ordered.get(0)).sorted(NodeAddress.ORDER))
			.containsExactlyElementsOf(ordered);
	}

}
