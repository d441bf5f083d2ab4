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

package io.lagwise.sample.web;

import java.io.IOException;

import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

class RedisNodeHeaderFilterTests {

	@Test
	void responseNamesTheNodeThatAnswered() throws Exception {
		assertThat(headerAfter((request, response) -> read("10.0.0.2", NodeRole.REPLICA)))
			.isEqualTo("replica 10.0.0.2:6379");
	}

	@Test
	void responseNamesAllNodesThatAnswered() throws Exception {
		assertThat(headerAfter((request, response) -> {
			read("10.0.0.2", NodeRole.REPLICA);
			read("10.0.0.1", NodeRole.PRIMARY);
		})).isEqualTo("replica 10.0.0.2:6379, primary 10.0.0.1:6379");
	}

	@Test
	void responseWithoutReadSaysNone() throws Exception {
		assertThat(headerAfter((request, response) -> {
		})).isEqualTo("none");
	}

	@Test
	void headerIsThereBeforeTheBodyIsSent() throws Exception {
		assertThat(headerAfter((request, response) -> {
			read("10.0.0.2", NodeRole.REPLICA);
			response.getWriter().print("sent");
			response.flushBuffer();
		})).isEqualTo("replica 10.0.0.2:6379");
	}

	@Test
	void nothingIsTracedAfterTheRequest() throws Exception {
		headerAfter((request, response) -> {
		});
		assertThat(RoutingContext.currentTrace()).isNull();
	}

	private static String headerAfter(FilterChain chain) throws ServletException, IOException {
		MockHttpServletResponse response = new MockHttpServletResponse();
		new RedisNodeHeaderFilter().doFilter(new MockHttpServletRequest(), response, chain);
		return String.join("; ", response.getHeaders("X-Redis-Node"));
	}

	private static void read(String host, NodeRole role) {
		ReadTrace trace = RoutingContext.currentTrace();
		assertThat(trace).isNotNull();
		trace.answered(new NodeAddress(host, 6379), role);
	}

}
