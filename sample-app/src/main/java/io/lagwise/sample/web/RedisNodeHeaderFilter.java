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
import java.io.PrintWriter;

import io.lagwise.context.ReadTrace;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says on each response which nodes answered the reads that it took.
 */
@Component
class RedisNodeHeaderFilter extends OncePerRequestFilter {

	static final String HEADER = "X-Redis-Node";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		try (ReadTrace trace = ReadTrace.open()) {
			TracedResponse traced = new TracedResponse(response, trace);
			traced.writeHeader();
			chain.doFilter(request, traced);
			traced.writeHeader();
		}
	}

	/**
	 * Sets the header when the body begins: reads are over then, and after the first byte
	 * it would be too late.
	 */
	private static final class TracedResponse extends HttpServletResponseWrapper {

		private final ReadTrace trace;

		TracedResponse(HttpServletResponse response, ReadTrace trace) {
			super(response);
			this.trace = trace;
		}

		void writeHeader() {
			setHeader(HEADER, this.trace.answers().isEmpty() ? "none" : this.trace.toString());
		}

		@Override
		public ServletOutputStream getOutputStream() throws IOException {
			writeHeader();
			return super.getOutputStream();
		}

		@Override
		public PrintWriter getWriter() throws IOException {
			writeHeader();
			return super.getWriter();
		}

	}

}
