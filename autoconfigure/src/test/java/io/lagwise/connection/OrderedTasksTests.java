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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OrderedTasks} and {@link ElasticThreads}.
 */
class OrderedTasksTests {

	private final ElasticThreads threads = new ElasticThreads("test");

	private final OrderedTasks tasks = new OrderedTasks("tasks", this.threads);

	private final CountDownLatch latch = new CountDownLatch(1);

	@AfterEach
	void end() {
		this.latch.countDown();
		this.threads.close();
	}

	@Test
	void tasksRunInTheirOrderWhateverTheyThrow() {
		List<Integer> ran = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 100; i++) {
			int number = i;
			assertThat(this.tasks.offer(() -> {
				ran.add(number);
				throw new AssertionError("task " + number);
			})).isTrue();
		}
		await().untilAsserted(() -> assertThat(ran).hasSize(100));
		assertThat(ran).isEqualTo(IntStream.range(0, 100).boxed().toList());
	}

	@Test
	void whoeverBringsATaskDoesNotWaitForOneThatDoesNotEnd() {
		List<Integer> ran = new ArrayList<>();
		this.tasks.offer(this::hang);
		for (int i = 0; i < 2 * OrderedTasks.LIMIT; i++) {
			int number = i;
			assertThat(this.tasks.offer(() -> ran.add(number))).isEqualTo(i < OrderedTasks.LIMIT - 1);
		}
		this.latch.countDown();
		await().until(() -> this.tasks.offer(() -> {
		}));
		this.threads.close();
		assertThat(ran).isEqualTo(IntStream.range(0, OrderedTasks.LIMIT - 1).boxed().toList());
	}

	@Test
	void aTaskThatHangsHoldsUpNoneOfItsOwn() {
		List<String> ran = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 10; i++) {
			this.threads.execute(this::hang);
		}
		this.threads.execute(() -> ran.add(Thread.currentThread().getName()));
		await().untilAsserted(() -> assertThat(ran).singleElement().asString().startsWith("test-"));
	}

	@Test
	void threadsThatAreIdleAreUsedAgain() {
		Set<Thread> used = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 200; i++) {
			AtomicInteger ran = new AtomicInteger();
			this.threads.execute(() -> {
				used.add(Thread.currentThread());
				ran.incrementAndGet();
			});
			await().pollInterval(Duration.ofMillis(2)).until(() -> ran.get() == 1);
		}
		assertThat(used).hasSizeLessThan(20);
	}

	@Test
	void tasksWaitForAThreadWhenAllAreBusyAndAllOfThemRun() {
		AtomicInteger ran = new AtomicInteger();
		for (int i = 0; i < 1000; i++) {
			this.threads.execute(() -> {
				hang();
				ran.incrementAndGet();
			});
		}
		assertThat(ran).hasValue(0);
		this.latch.countDown();
		await().untilAsserted(() -> assertThat(ran).hasValue(1000));
	}

	@Test
	void whatComesAfterTheEndRunsWhereItComesFrom() {
		List<Thread> ran = new ArrayList<>();
		this.threads.close();
		this.tasks.offer(() -> ran.add(Thread.currentThread()));
		assertThat(ran).containsExactly(Thread.currentThread());
	}

	private void hang() {
		try {
			this.latch.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
