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

package io.lagwise.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What listeners of an application hear of changes among the nodes.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReplicationEventPublisherTests {

	private static final NodeAddress NODE = new NodeAddress("127.0.0.1", 1);

	private static final ReplicationEvent LOST = new ReplicaLostEvent(NODE, NodeState.UNREACHABLE,
			ReplicationTopology.UNKNOWN);

	private static final ReplicationEvent SWITCHED = new PrimarySwitchedEvent(NODE, new NodeAddress("127.0.0.1", 2),
			ReplicationTopology.UNKNOWN);

	private static final ReplicationEvent REFRESHED = new TopologyRefreshedEvent(ReplicationTopology.UNKNOWN);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private ReplicationEventPublisher publisher;

	@BeforeEach
	void prepare() {
		this.publisher = new ReplicationEventPublisher(this.context);
		this.context.registerBean(ReplicationEventPublisher.class, () -> this.publisher);
		this.context.registerBean(Listeners.class);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void eventsAreToldInOrderOnAThreadOfTheirOwn() {
		this.context.refresh();
		this.publisher.forFactory("orders").onEvent(LOST);
		this.publisher.forFactory("orders").onEvent(SWITCHED);
		this.publisher.forFactory("orders").onEvent(REFRESHED);
		assertThat(heard(3)).containsExactly("ReplicaLostEvent on lagwise-events",
				"PrimarySwitchedEvent on lagwise-events", "TopologyRefreshedEvent on lagwise-events");
	}

	@Test
	void whatAFailoverHasDestroyedIsTold() {
		this.context.refresh();
		this.publisher.forFactory("orders")
			.onEvent(new WritesAssessedEvent(NODE, WriteFate.KEPT, 0, "kept", ReplicationTopology.UNKNOWN));
		this.publisher.forFactory("orders").onEvent(new SessionLostEvent(true, "gone", ReplicationTopology.UNKNOWN));
		assertThat(heard(2)).containsExactly("WritesAssessedEvent on lagwise-events",
				"SessionLostEvent on lagwise-events");
	}

	@Test
	void theSourceIsTheNameOfTheConnectionFactory() {
		this.context.refresh();
		this.publisher.forFactory("orders").onEvent(SWITCHED);
		this.publisher.forFactory("sessions").onEvent(SWITCHED);
		this.publisher.forFactory("sessions").onEvent(REFRESHED);
		heard(3);
		assertThat(listeners().switched).containsExactly("orders 127.0.0.1:2", "sessions 127.0.0.1:2");
		assertThat(listeners().ofSessions).containsExactly("127.0.0.1:2");
	}

	@Test
	void whatChangesBeforeTheApplicationHasStartedIsToldThen() {
		this.publisher.forFactory("orders").onEvent(LOST);
		this.publisher.forFactory("orders").onEvent(REFRESHED);
		this.context.refresh();
		assertThat(heard(2)).containsExactly("ReplicaLostEvent on lagwise-events",
				"TopologyRefreshedEvent on lagwise-events");
	}

	@Test
	void aListenerThatThrowsIsReportedOnceAndHearsTheNextEvent(CapturedOutput output) {
		this.context.refresh();
		listeners().failing = true;
		for (int i = 0; i < 3; i++) {
			this.publisher.forFactory("orders").onEvent(LOST);
		}
		assertThat(heard(3)).hasSize(3);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(output).containsOnlyOnce("A listener failed on ReplicaLostEvent"));
	}

	@Test
	void nothingIsToldOnceTheApplicationStops() {
		this.context.refresh();
		Listeners listeners = listeners();
		this.context.close();
		this.publisher.forFactory("orders").onEvent(LOST);
		assertThat(this.publisher.isRunning()).isFalse();
		assertThat(listeners.heard).isEmpty();
	}

	private Listeners listeners() {
		return this.context.getBean(Listeners.class);
	}

	private List<String> heard(int count) {
		List<String> heard = listeners().heard;
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(heard).hasSize(count));
		return heard;
	}

	static class Listeners {

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final List<String> switched = new CopyOnWriteArrayList<>();

		private final List<String> ofSessions = new CopyOnWriteArrayList<>();

		private volatile boolean failing;

		@EventListener
		void onSwitch(PayloadApplicationEvent<PrimarySwitchedEvent> event) {
			this.switched.add(event.getSource() + " " + event.getPayload().to());
		}

		@EventListener(condition = "event.source == 'sessions'")
		void onSwitchOfSessions(PrimarySwitchedEvent event) {
			this.ofSessions.add(event.to().toString());
		}

		// told last
		@EventListener
		@Order
		void onAnything(ReplicationEvent event) {
			this.heard.add(event.getClass().getSimpleName() + " on " + Thread.currentThread().getName());
			if (this.failing) {
				throw new IllegalStateException("no");
			}
		}

	}

}
