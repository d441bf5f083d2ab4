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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.autoconfigure.LagwiseSpringSessionAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.session.autoconfigure.SessionAutoConfiguration;
import org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveRedisTemplate;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializationContext;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.ReactiveFindByIndexNameSessionRepository;
import org.springframework.session.ReactiveSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.session.data.redis.ReactiveRedisSessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionExpirationStore;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.SortedSetRedisSessionExpirationStore;
import org.springframework.session.data.redis.config.annotation.SpringSessionRedisConnectionFactory;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisHttpSession;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisIndexedHttpSession;
import org.springframework.session.data.redis.config.annotation.web.server.EnableRedisIndexedWebSession;
import org.springframework.session.data.redis.config.annotation.web.server.EnableRedisWebSession;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.events.SessionExpiredEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that move between two instances of an application, with replicas that get them
 * late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class SpringSessionIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String[] READS = { "GET", "HGETALL", "HGET", "EXISTS", "SMEMBERS", "ZREVRANGEBYSCORE", "TTL",
			"PTTL" };

	private static final int ROUNDS = 3;

	private final ReplicatedRedis redis;

	SpringSessionIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delay() {
		Factories.delayReplicas(this.redis);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "BOOT_INDEXED", "OWN_EXPIRATION_STORE" })
	void aSessionIsTheSameAtEveryInstance(Kind kind) {
		run(true, kind, (here, there) -> {
			assertThat(mistakes(kind, here, there)).isEmpty();
			assertThat(readsFromReplicas()).isZero();
		});
	}

	/**
	 * The control: what Spring Data does on its own.
	 */
	@ParameterizedTest
	@EnumSource(names = { "ANNOTATED", "ANNOTATED_INDEXED", "REACTIVE", "REACTIVE_INDEXED" })
	void sessionsAreLostAndComeBackWithoutLagwise(Kind kind) {
		List<String> expected = new ArrayList<>(List.of("not found", "found after its end"));
		// who looks for a session at a replica that does not have it yet destroys it
		expected.add((kind == Kind.REACTIVE) ? "lost" : "an old attribute");
		expected.add(kind.indexed ? "not found by its user" : "Session was invalidated");
		run(false, kind, (here, there) -> assertThat(mistakes(kind, here, there)).containsAll(expected));
	}

	@ParameterizedTest
	@EnumSource(names = { "BOOT_INDEXED", "OWN_EXPIRATION_STORE" })
	void everyInstanceLearnsOfTheBeginningAndTheEndOfASession(Kind kind) {
		run(true, kind, (here, there) -> {
			SessionRepository<Session> sessions = kind.sessions(here);
			Session deleted = created(sessions, "deleted");
			Session expiring = expiring(sessions);
			sessions.deleteById(deleted.getId());
			for (ApplicationContext instance : List.of(here, there)) {
				Events events = instance.getBean(Events.class);
				awaitEvent(SessionCreatedEvent.class, deleted.getId(), events);
				awaitEvent(SessionDeletedEvent.class, deleted.getId(), events);
				awaitEvent(SessionExpiredEvent.class, expiring.getId(), events);
				instance.getBean(RedisIndexedSessionRepository.class).cleanUpExpiredSessions();
			}
			assertThat(readsFromReplicas()).isZero();
		}, "spring.data.redis.database=3");
	}

	/**
	 * Instances that listen reactively compete for the end of a session: the first one
	 * removes what is left of it, and is the only one to publish an event.
	 */
	@Test
	void anInstanceThatListensReactivelyLearnsOfTheEndOfASession() {
		run(true, Kind.REACTIVE_INDEXED, (here, there) -> {
			Events[] events = { here.getBean(Events.class), there.getBean(Events.class) };
			SessionRepository<Session> sessions = Kind.REACTIVE_INDEXED.sessions(here);
			// they begin to listen some time after their start
			Awaitility.await().atMost(LIMIT).until(() -> {
				created(sessions, "probe");
				return Stream.of(events).noneMatch((heard) -> heard.events.isEmpty());
			});
			awaitEvent(SessionExpiredEvent.class, expiring(sessions).getId(), events);
			assertThat(readsFromReplicas()).isZero();
		}, "spring.data.redis.database=3");
	}

	@Test
	void whatIsNotASessionIsReadFromReplicas() {
		run(true, Kind.BOOT, (here, there) -> {
			StringRedisTemplate template = here.getBean(StringRedisTemplate.class);
			assertThat(here.getBeansOfType(RedisConnectionFactory.class)).hasSize(1);
			assertThat(template.getConnectionFactory()).isInstanceOf(ReplicaAwareConnectionFactory.class);
			Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
				template.opsForValue().get("key");
				assertThat(readsFromReplicas()).isPositive();
			});
		});
	}

	@Test
	void aReactiveRepositoryBuiltByHandIsNamed(CapturedOutput output) {
		run(true, Kind.BOOT, (here, there) -> {
		}, ReactiveRepository.class);
		assertThat(output).contains("session repository 'reactiveSessions' reads from replicas")
			.doesNotContain("session repository 'primarySessions'");
	}

	private Set<String> mistakes(Kind kind, ApplicationContext here, ApplicationContext there) {
		Set<String> mistakes = new ConcurrentSkipListSet<>();
		for (int i = 0; i < ROUNDS; i++) {
			moveAround(mistakes, kind.sessions(here), kind.sessions(there));
			requestConcurrently(mistakes, kind.sessions(here), kind.sessions(there));
			if (kind.indexed) {
				findByUser(mistakes, kind, here, there);
			}
		}
		return mistakes;
	}

	private void moveAround(Set<String> mistakes, SessionRepository<Session> here, SessionRepository<Session> there) {
		Session session = created(here, "first");
		session.setAttribute("name", "second");
		note(mistakes, () -> here.save(session));
		check(mistakes, there, session.getId(), "second");
		note(mistakes, () -> {
			Session moved = there.findById(session.getId());
			if (moved != null) {
				moved.setAttribute("name", "third");
				there.save(moved);
				check(mistakes, here, session.getId(), "third");
			}
		});
		this.redis.awaitInSync();
		note(mistakes, () -> {
			Session moved = here.findById(session.getId());
			if (moved == null) {
				mistakes.add("lost");
				return;
			}
			moved.setAttribute("name", "fourth");
			here.save(moved);
			check(mistakes, there, session.getId(), "fourth");
			String former = moved.getId();
			moved.changeSessionId();
			here.save(moved);
			check(mistakes, there, moved.getId(), "fourth");
			if (there.findById(former) != null) {
				mistakes.add("found by its former ID");
			}
		});
		Session brief = created(here, "brief");
		this.redis.awaitInSync();
		here.deleteById(brief.getId());
		if (there.findById(brief.getId()) != null) {
			mistakes.add("found after its end");
		}
	}

	private static void requestConcurrently(Set<String> mistakes, SessionRepository<Session> here,
			SessionRepository<Session> there) {
		Session session = created(here, "first");
		CompletableFuture
			.allOf(IntStream.range(0, 4).mapToObj((request) -> CompletableFuture.runAsync(() -> note(mistakes, () -> {
				SessionRepository<Session> instance = (request % 2 == 0) ? here : there;
				Session found = instance.findById(session.getId());
				if (found == null) {
					mistakes.add("not found");
					return;
				}
				found.setAttribute("request" + request, "seen");
				instance.save(found);
			}))).toArray(CompletableFuture[]::new))
			.join();
	}

	private static void findByUser(Set<String> mistakes, Kind kind, ApplicationContext here, ApplicationContext there) {
		SessionRepository<Session> sessions = kind.sessions(here);
		Session session = sessions.createSession();
		session.setAttribute(kind.reactive ? ReactiveFindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME
				: FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "alice");
		sessions.save(session);
		if (!kind.sessionsOf(there, "alice").containsKey(session.getId())) {
			mistakes.add("not found by its user");
		}
	}

	private static Session created(SessionRepository<Session> sessions, String name) {
		Session session = sessions.createSession();
		session.setAttribute("name", name);
		sessions.save(session);
		return session;
	}

	private static Session expiring(SessionRepository<Session> sessions) {
		Session session = sessions.createSession();
		session.setMaxInactiveInterval(Duration.ofSeconds(1));
		sessions.save(session);
		return session;
	}

	private static void awaitEvent(Class<? extends AbstractSessionEvent> type, String id, Events... events) {
		Awaitility.await()
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(Stream.of(events).flatMap((heard) -> heard.events.stream()))
				.anySatisfy((event) -> {
					assertThat(event).isInstanceOf(type);
					assertThat(event.getSessionId()).isEqualTo(id);
				}));
	}

	private static void check(Set<String> mistakes, SessionRepository<Session> sessions, String id, String name) {
		Session session = sessions.findById(id);
		if (session == null) {
			mistakes.add("not found");
		}
		else if (!name.equals(session.getAttribute("name"))) {
			mistakes.add("an old attribute");
		}
	}

	private static void note(Set<String> mistakes, Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			mistakes.add(String.valueOf(ex.getMessage()));
		}
	}

	private long readsFromReplicas() {
		return this.redis.replicas().stream().mapToLong((replica) -> this.redis.commandsServed(replica, READS)).sum();
	}

	private void run(boolean lagwise, Kind kind, BiConsumer<ApplicationContext, ApplicationContext> test,
			Object... more) {
		this.redis.resetStatistics();
		AbstractApplicationContextRunner<?, ?, ?> instance = instance(lagwise, kind, more);
		instance.run((here) -> instance.run((there) -> {
			assertThat(here).hasNotFailed();
			assertThat(there).hasNotFailed();
			Stream.of(here, there)
				.flatMap((context) -> context.getBeansOfType(ReplicaAwareConnectionFactory.class).values().stream())
				.forEach((factory) -> Factories.awaitReadsFromReplicas(factory, this.redis));
			test.accept(here, there);
		}));
	}

	private AbstractApplicationContextRunner<?, ?, ?> instance(boolean lagwise, Kind kind, Object... more) {
		List<String> properties = new ArrayList<>();
		this.redis.springProperties().forEach((name, value) -> properties.add(name + "=" + value));
		if (!lagwise) {
			properties.add("spring.data.redis.lettuce.read-from=replica-preferred");
			properties.add("spring.data.redis.lettuce.pool.enabled=false");
		}
		if (kind == Kind.BOOT_INDEXED) {
			properties.add("spring.session.data.redis.repository-type=indexed");
		}
		Stream.of(more).filter(String.class::isInstance).map(String.class::cast).forEach(properties::add);
		List<Class<?>> configurations = new ArrayList<>(List.of(Events.class, kind.configuration));
		Stream.of(more).filter(Class.class::isInstance).map((type) -> (Class<?>) type).forEach(configurations::add);
		AutoConfigurations lagwises = AutoConfigurations.of(LagwiseAutoConfiguration.class,
				LagwiseSpringSessionAutoConfiguration.class);
		AutoConfigurations boots = AutoConfigurations.of(DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class, SessionAutoConfiguration.class,
				SessionDataRedisAutoConfiguration.class);
		AbstractApplicationContextRunner<?, ?, ?> runner = (kind.reactive) ? new ReactiveWebApplicationContextRunner()
				: new WebApplicationContextRunner();
		runner = runner.withConfiguration(boots)
			.withPropertyValues(properties.toArray(String[]::new))
			.withUserConfiguration(configurations.toArray(Class<?>[]::new));
		return lagwise ? runner.withConfiguration(lagwises) : runner;
	}

	private static RedisTemplate<String, Object> template(RedisConnectionFactory factory) {
		RedisTemplate<String, Object> template = new RedisTemplate<>();
		template.setKeySerializer(RedisSerializer.string());
		template.setHashKeySerializer(RedisSerializer.string());
		template.setConnectionFactory(factory);
		template.afterPropertiesSet();
		return template;
	}

	/**
	 * The ways to come by a repository.
	 */
	enum Kind {

		ANNOTATED(Annotated.class, false, false), ANNOTATED_INDEXED(AnnotatedIndexed.class, false, true),

		REACTIVE(Reactive.class, true, false), REACTIVE_INDEXED(ReactiveIndexed.class, true, true),

		BOOT(Nothing.class, false, false), BOOT_INDEXED(Nothing.class, false, true),

		OWN_CONNECTION_FACTORY(OwnConnectionFactory.class, false, false),

		OWN_REPOSITORY(OwnRepository.class, false, false), OWN_EXPIRATION_STORE(OwnExpirationStore.class, false, true);

		private final Class<?> configuration;

		private final boolean reactive;

		private final boolean indexed;

		Kind(Class<?> configuration, boolean reactive, boolean indexed) {
			this.configuration = configuration;
			this.reactive = reactive;
			this.indexed = indexed;
		}

		@SuppressWarnings("unchecked")
		SessionRepository<Session> sessions(ApplicationContext context) {
			return this.reactive
					? new Blocking(
							(ReactiveSessionRepository<Session>) context.getBean(ReactiveSessionRepository.class))
					: (SessionRepository<Session>) context.getBean(SessionRepository.class);
		}

		Map<String, ? extends Session> sessionsOf(ApplicationContext context, String user) {
			if (this.reactive) {
				ReactiveFindByIndexNameSessionRepository<?> sessions = context
					.getBean(ReactiveFindByIndexNameSessionRepository.class);
				return sessions.findByPrincipalName(user).block(LIMIT);
			}
			FindByIndexNameSessionRepository<?> sessions = context.getBean(FindByIndexNameSessionRepository.class);
			return sessions.findByPrincipalName(user);
		}

	}

	/**
	 * Waits for a reactive repository.
	 */
	private record Blocking(ReactiveSessionRepository<Session> sessions) implements SessionRepository<Session> {

		@Override
		public Session createSession() {
			return this.sessions.createSession().block(LIMIT);
		}

		@Override
		public void save(Session session) {
			this.sessions.save(session).block(LIMIT);
		}

		@Override
		public @Nullable Session findById(String id) {
			return this.sessions.findById(id).block(LIMIT);
		}

		@Override
		public void deleteById(String id) {
			this.sessions.deleteById(id).block(LIMIT);
		}

	}

	/**
	 * What an instance has heard.
	 */
	static class Events {

		private final List<AbstractSessionEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void heard(AbstractSessionEvent event) {
			this.events.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisHttpSession
	static class Annotated {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisIndexedHttpSession
	static class AnnotatedIndexed {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisWebSession
	static class Reactive {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisIndexedWebSession
	static class ReactiveIndexed {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisHttpSession
	static class OwnConnectionFactory {

		@Bean(defaultCandidate = false)
		@SpringSessionRedisConnectionFactory
		LettuceConnectionFactory sessionConnectionFactory(RedisConnectionFactory factory) {
			LettuceConnectionFactory other = (LettuceConnectionFactory) factory;
			return new LettuceConnectionFactory(other.getSentinelConfiguration(), other.getClientConfiguration());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableSpringHttpSession
	static class OwnRepository {

		@Bean
		RedisTemplate<String, Object> sessionTemplate(RedisConnectionFactory factory) {
			return template(factory);
		}

		@Bean
		RedisSessionRepository sessionRepository(RedisTemplate<String, Object> sessionTemplate) {
			return new RedisSessionRepository(sessionTemplate);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisIndexedHttpSession
	static class OwnExpirationStore {

		@Bean
		RedisSessionExpirationStore expirationStore(RedisConnectionFactory factory) {
			return new SortedSetRedisSessionExpirationStore(template(factory),
					RedisIndexedSessionRepository.DEFAULT_NAMESPACE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveRepository {

		@Bean
		ReactiveRedisSessionRepository reactiveSessions(ReactiveRedisConnectionFactory factory) {
			return new ReactiveRedisSessionRepository(new ReactiveRedisTemplate<>(factory, context()));
		}

		@Bean
		ReactiveRedisSessionRepository primarySessions(ReactiveRedisConnectionFactory factory) {
			return new ReactiveRedisSessionRepository(
					new ReactiveRedisTemplate<>(((ReplicaAwareConnectionFactory) factory).primaryOnly(), context()));
		}

		private static RedisSerializationContext<String, Object> context() {
			return RedisSerializationContext.<String, Object>newSerializationContext(RedisSerializer.java())
				.key(RedisSerializer.string())
				.hashKey(RedisSerializer.string())
				.build();
		}

	}

}
