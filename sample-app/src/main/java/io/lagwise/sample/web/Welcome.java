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

import io.lagwise.sample.redis.RedisServers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Prints where everything is and what to try.
 */
@Component
class Welcome {

	private static final Log logger = LogFactory.getLog(Welcome.class);

	private static final String TEXT = """


			  The shop is open: %1$s/

			    %2$s

			  Each response says in X-Redis-Node which node answered its reads. Try

			    curl -i %1$s/products/1
			    curl -i -X PUT %1$s/prices/1 -H 'Content-Type: application/json' -d '{"euros": 8.50}'
			    curl -i %1$s/prices/1
			    curl -i %1$s/stock/1
			    curl -i '%1$s/search?category=kitchen'
			    curl -i -X PUT %1$s/carts/ada/1 -H 'Content-Type: application/json' -d '{"pieces": 2}'
			    curl -i -X POST %1$s/carts/ada/checkout
			    curl -i -X POST %1$s/stock/1/sales -H 'Content-Type: application/json' -d '{"pieces": 2}'

			  Ctrl-C closes the shop%3$s.
			""";

	private final Environment environment;

	private final RedisServers servers;

	Welcome(Environment environment, RedisServers servers) {
		this.environment = environment;
		this.servers = servers;
	}

	@EventListener(ApplicationReadyEvent.class)
	void print() {
		logger.info(text());
	}

	String text() {
		String url = "http://localhost:" + this.environment.getProperty("local.server.port");
		return TEXT.formatted(url, String.join("\n    ", this.servers.describe()),
				this.servers.areOwn() ? " and its Redis" : "");
	}

}
