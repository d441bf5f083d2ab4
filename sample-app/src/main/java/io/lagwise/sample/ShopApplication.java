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

package io.lagwise.sample;

import io.lagwise.sample.redis.OwnRedis;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/**
 * A small shop that reads from Redis replicas.
 */
@SpringBootApplication
@EnableCaching
public class ShopApplication {

	public static void main(String[] args) {
		create().run(args);
	}

	static SpringApplication create() {
		SpringApplication application = new SpringApplication(ShopApplication.class);
		application.addInitializers(new OwnRedis());
		return application;
	}

}
