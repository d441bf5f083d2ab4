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
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Says on each response which nodes answered the reads that it took.
 */
@Component
class RedisNodeHeaderFilter extends OncePerRequestFilter {

	static final String HEADER = "X-Redis-Node";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		// Holds the body back: a header that is set after the first byte is lost
		ContentCachingResponseWrapper held = new ContentCachingResponseWrapper(response);
		try (ReadTrace trace = ReadTrace.open()) {
			chain.doFilter(request, held);
			response.setHeader(HEADER, trace.answers().isEmpty() ? "none" : trace.toString());
		}
		held.copyBodyToResponse();
	}

}
