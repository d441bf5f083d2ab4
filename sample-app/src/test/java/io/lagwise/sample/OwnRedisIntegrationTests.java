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

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

import io.lagwise.testkit.ReplicatedRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationContextInitializedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class OwnRedisIntegrationTests {

	private final List<ProcessHandle> before = processes();

	@Test
	void shopWithoutRedisStartsItsOwnAndStopsItWhenItCloses(CapturedOutput output) {
		List<ProcessHandle> started;
		try (ConfigurableApplicationContext shop = ShopApplication.create().run("--server.port=0")) {
			started = startedProcesses();
			assertThat(started).hasSizeGreaterThanOrEqualTo(6).allMatch(ProcessHandle::isAlive);
			ReplicatedRedis redis = shop.getBean(ReplicatedRedis.class);
			assertThat(output).contains("primary   " + redis.primary().address())
				.contains("replica   " + redis.replicas().get(0).address())
				.contains("sentinel  " + redis.sentinels().get(2).address())
				.contains("curl -i http://localhost:");
		}
		assertThat(started).noneMatch(ProcessHandle::isAlive);
		assertThat(output).doesNotContain("WARN").doesNotContain("ERROR");
	}

	@Test
	void shopThatCannotHaveItsPortLeavesNoServerBehind() throws IOException {
		List<ProcessHandle> started = new ArrayList<>();
		SpringApplication application = ShopApplication.create();
		application.addListeners(
				(ApplicationListener<ApplicationPreparedEvent>) (event) -> started.addAll(startedProcesses()));
		try (ServerSocket taken = new ServerSocket(0)) {
			assertThatExceptionOfType(ApplicationContextException.class)
				.isThrownBy(() -> application.run("--server.port=" + taken.getLocalPort()))
				.withCauseInstanceOf(PortInUseException.class);
		}
		assertThat(started).hasSizeGreaterThanOrEqualTo(6).noneMatch(ProcessHandle::isAlive);
	}

	@Test
	void startThatFailsBeforeThereAreBeansLeavesNoServerBehind() {
		List<ProcessHandle> started = new ArrayList<>();
		SpringApplication application = ShopApplication.create();
		application.addListeners((ApplicationListener<ApplicationContextInitializedEvent>) (event) -> {
			started.addAll(startedProcesses());
			throw new IllegalStateException("No");
		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(application::run).withMessage("No");
		assertThat(started).hasSizeGreaterThanOrEqualTo(6).noneMatch(ProcessHandle::isAlive);
	}

	private List<ProcessHandle> startedProcesses() {
		List<ProcessHandle> started = processes();
		started.removeAll(this.before);
		return started;
	}

	private static List<ProcessHandle> processes() {
		return new ArrayList<>(ProcessHandle.current().descendants().toList());
	}

}
