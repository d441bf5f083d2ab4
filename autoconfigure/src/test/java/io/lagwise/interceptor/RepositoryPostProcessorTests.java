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

package io.lagwise.interceptor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.annotation.Fallback;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.mockito.Answers;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Example;
import org.springframework.data.domain.Pageable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.PartialUpdate;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueTemplate;
import org.springframework.data.redis.core.RedisKeyspaceEvent;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.TimeToLive;
import org.springframework.data.redis.core.index.Indexed;
import org.springframework.data.redis.repository.configuration.EnableRedisRepositories;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.PagingAndSortingRepository;
import org.springframework.data.repository.query.QueryByExampleExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What Redis repositories, templates and adapters ask for, seen from the commands that
 * these send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoryPostProcessorTests {

	private static final Optional<ReadRequirement> PRIMARY = Optional.of(ReadRequirement.primary());

	private static final List<Optional<ReadRequirement>> commands = new CopyOnWriteArrayList<>();

	private static long secondsToLive;

	private static boolean missing;

	private AnnotationConfigApplicationContext context;

	@BeforeAll
	void startContext() {
		this.context = new AnnotationConfigApplicationContext(Repositories.class);
	}

	@AfterAll
	void closeContext() {
		this.context.close();
	}

	@BeforeEach
	void forgetWhatWasSent() {
		commands.clear();
		secondsToLive = 10;
		missing = false;
	}

	@Test
	void repositoryWritesByWhatThePrimarySays() {
		Notes notes = this.context.getBean(Notes.class);
		assertThatAllAskForThePrimary(() -> notes.save(new Note(null, "title")));
		assertThatAllAskForThePrimary(() -> notes.save(new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> notes.saveAll(List.of(new Note("42", "title"), new Note(null, "title"))));
		assertThatAllAskForThePrimary(() -> notes.deleteById("42"));
		assertThatAllAskForThePrimary(() -> notes.delete(new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> notes.deleteAllById(List.of("42")));
		assertThatAllAskForThePrimary(() -> notes.deleteAll(List.of(new Note("42", "title"))));
		assertThatAllAskForThePrimary(notes::deleteAll);
	}

	@Test
	void templateWritesByWhatThePrimarySays() {
		RedisKeyValueTemplate template = this.context.getBean(RedisKeyValueTemplate.class);
		assertThatAllAskForThePrimary(() -> template.insert(new Note(null, "title")));
		assertThatAllAskForThePrimary(() -> template.insert("42", new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> template.insert(new PartialUpdate<>("42", Note.class).del("title")));
		assertThatAllAskForThePrimary(() -> template.update(new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> template.update("42", new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> template.update(new PartialUpdate<>("42", Note.class).del("title")));
		assertThatAllAskForThePrimary(() -> template.delete("42", Note.class));
		assertThatAllAskForThePrimary(() -> template.delete(new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> template.delete(Note.class));
	}

	@Test
	void templateThatIsNoBeanWritesByWhatThePrimarySays() {
		RedisKeyValueTemplate bean = this.context.getBean(RedisKeyValueTemplate.class);
		RedisKeyValueTemplate template = new RedisKeyValueTemplate(adapter(), bean.getMappingContext());
		assertThatAllAskForThePrimary(() -> template.insert("42", new Note("42", "title")));
		assertThatAllAskForThePrimary(() -> template.delete("42", Note.class));
	}

	@Test
	void adapterWritesByWhatThePrimarySays() {
		RedisKeyValueAdapter adapter = adapter();
		assertThatAllAskForThePrimary(() -> adapter.put("42", new Note("42", "title"), "notes"));
		assertThatAllAskForThePrimary(() -> adapter.update(new PartialUpdate<>("42", Note.class).del("title")));
		assertThatAllAskForThePrimary(() -> adapter.delete("42", "notes"));
		assertThatAllAskForThePrimary(() -> adapter.delete("42", "notes", Note.class));
		assertThatAllAskForThePrimary(() -> adapter.deleteAllOf("notes"));
		assertThatAllAskForThePrimary(() -> adapter.contains("42", "notes"));
	}

	@Test
	void writeInScopeThatAllowsReplicasReadsFromThePrimary() {
		try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.anyReplica())) {
			assertThatAllAskForThePrimary(() -> this.context.getBean(Notes.class).deleteById("42"));
			assertThat(RoutingContext.currentRequirement()).isEqualTo(ReadRequirement.anyReplica());
		}
	}

	@Test
	void annotationCannotLoosenWhatAWriteAsksFor() {
		assertThatAllAskForThePrimary(() -> this.context.getBean(Drafts.class).deleteById("42"));
	}

	@Test
	void findersAskForNothingByThemselves() {
		Notes notes = this.context.getBean(Notes.class);
		assertThatNoneAskForAnything(() -> notes.findById("42"));
		assertThatNoneAskForAnything(() -> notes.existsById("42"));
		assertThatNoneAskForAnything(notes::findAll);
		assertThatNoneAskForAnything(() -> notes.findAllById(List.of("42")));
		assertThatNoneAskForAnything(notes::count);
		assertThatNoneAskForAnything(() -> notes.findByTitle("title"));
		assertThatNoneAskForAnything(() -> notes.findAll(Example.of(new Note(null, "title"))));
		assertThatNoneAskForAnything(() -> adapter().get("42", "notes"));
		assertThatNoneAskForAnything(() -> adapter().getAllOf("notes", Note.class));
		assertThatNoneAskForAnything(() -> adapter().count("notes"));
	}

	@Test
	void findersAskForWhatIsAskedForAroundThem() {
		this.context.getBean(Drafts.class).findById("42");
		assertThat(commands).isNotEmpty().containsOnly(Optional.of(ReadRequirement.anyReplica()));
	}

	@Test
	void entityThatOneReplicaHasAndAnotherDoesNotIsAskedForAtThePrimary() {
		Letters letters = this.context.getBean(Letters.class);
		secondsToLive = -2;
		letters.findById("42");
		assertThat(commands).containsExactly(Optional.empty(), Optional.empty(), PRIMARY, PRIMARY);
		commands.clear();
		letters.findAll();
		assertThat(commands).containsExactly(Optional.empty(), Optional.empty(), Optional.empty(), PRIMARY, PRIMARY,
				PRIMARY);
		secondsToLive = -1;
		assertThatNoneAskForAnything(() -> letters.findById("42"));
		assertThatNoneAskForAnything(letters::findAll);
	}

	@Test
	void entityThatIsListedAndMissingIsAskedForAtThePrimary() {
		missing = true;
		this.context.getBean(Notes.class).findAll();
		assertThat(commands).containsExactly(Optional.empty(), Optional.empty(), PRIMARY, PRIMARY);
		commands.clear();
		this.context.getBean(Notes.class).findAll(Pageable.ofSize(10));
		assertThat(commands).startsWith(Optional.empty(), Optional.empty(), PRIMARY, PRIMARY);
	}

	@Test
	void contradictionIsLeftAsItIsWithoutFallback() {
		missing = true;
		try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.anyReplica(Fallback.NONE))) {
			this.context.getBean(Notes.class).findAll();
		}
		assertThat(commands).hasSize(2).doesNotContain(PRIMARY);
	}

	@Test
	void adapterStartsAndStopsWithItsContext() {
		AnnotationConfigApplicationContext other = new AnnotationConfigApplicationContext(Repositories.class);
		RedisKeyValueAdapter adapter = other.getBean(RedisKeyValueAdapter.class);
		assertThat(AopUtils.isCglibProxy(adapter)).isTrue();
		assertThat(adapter.isRunning()).isTrue();
		other.close();
		assertThat(adapter.isRunning()).isFalse();
	}

	private RedisKeyValueAdapter adapter() {
		return this.context.getBean(RedisKeyValueAdapter.class);
	}

	private static void assertThatAllAskForThePrimary(Runnable write) {
		commands.clear();
		write.run();
		assertThat(commands).isNotEmpty().containsOnly(PRIMARY);
	}

	private static void assertThatNoneAskForAnything(Runnable finder) {
		commands.clear();
		finder.run();
		assertThat(commands).isNotEmpty().containsOnly(Optional.empty());
	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class WhenTheAdapterIsTheUsersOwn {

		@Test
		void itsBeanIsRecognized() {
			try (var own = new AnnotationConfigApplicationContext(OwnAdapter.class, Repositories.class)) {
				ListeningAdapter adapter = own.getBean(ListeningAdapter.class);
				assertThat(own.getBean(RedisKeyValueAdapter.class)).isSameAs(adapter);
				assertThatAllAskForThePrimary(() -> own.getBean(Notes.class).deleteById("42"));
				assertThatNoneAskForAnything(() -> own.getBean(Notes.class).findById("42"));
			}
		}

		@Test
		void itHearsOfKeyspaceEventsOnce() {
			try (var own = new AnnotationConfigApplicationContext(OwnAdapter.class, Repositories.class)) {
				RedisKeyspaceEvent event = new RedisKeyspaceEvent("notes:42".getBytes());
				own.publishEvent(event);
				assertThat(own.getBean(ListeningAdapter.class).events()).containsExactly(event);
			}
		}

		@Test
		void oneThatCannotHaveASubclassIsLeftAlone() {
			try (var own = new AnnotationConfigApplicationContext(FinalAdapter.class, Repositories.class)) {
				assertThat(AopUtils.isAopProxy(own.getBean(RedisKeyValueAdapter.class))).isFalse();
			}
		}

	}

	@RedisHash("notes")
	record Note(@Id String id, @Indexed String title) {

	}

	interface Notes extends CrudRepository<Note, String>, PagingAndSortingRepository<Note, String>,
			QueryByExampleExecutor<Note> {

		List<Note> findByTitle(String title);

	}

	@ReadFromReplica
	interface Drafts extends CrudRepository<Note, String> {

	}

	@RedisHash("letters")
	record Letter(@Id String id, @TimeToLive Long secondsToLive) {

	}

	interface Letters extends CrudRepository<Letter, String> {

	}

	static class ListeningAdapter extends RedisKeyValueAdapter {

		private final List<RedisKeyspaceEvent> events = new CopyOnWriteArrayList<>();

		ListeningAdapter(RedisTemplate<?, ?> template) {
			super(template);
		}

		@Override
		public void onApplicationEvent(RedisKeyspaceEvent event) {
			this.events.add(event);
		}

		List<RedisKeyspaceEvent> events() {
			return this.events;
		}

	}

	static final class UnopenedAdapter extends RedisKeyValueAdapter {

		UnopenedAdapter(RedisTemplate<?, ?> template) {
			super(template);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisRepositories(considerNestedRepositories = true)
	static class Repositories {

		@Bean
		static ReadRequirementPostProcessor readRequirementPostProcessor() {
			return new ReadRequirementPostProcessor();
		}

		@Bean
		static RepositoryPostProcessor repositoryPostProcessor() {
			return new RepositoryPostProcessor();
		}

		@Bean
		RedisConnectionFactory redisConnectionFactory() {
			RedisConnection connection = mock(RedisConnection.class, (invocation) -> {
				if (!Set.of("isPipelined", "close").contains(invocation.getMethod().getName())) {
					commands.add(Optional.ofNullable(RoutingContext.currentRequirement()));
				}
				return switch (invocation.getMethod().getName()) {
					case "hGetAll" -> missing ? Map.of() : Map.of("id".getBytes(), "42".getBytes());
					case "ttl" -> secondsToLive;
					case "sMembers", "sInter" -> Set.of("42".getBytes());
					default -> Answers.RETURNS_DEFAULTS.answer(invocation);
				};
			});
			RedisConnectionFactory connectionFactory = mock();
			given(connectionFactory.getConnection()).willReturn(connection);
			return connectionFactory;
		}

		@Bean
		RedisTemplate<Object, Object> redisTemplate(RedisConnectionFactory connectionFactory) {
			RedisTemplate<Object, Object> template = new RedisTemplate<>();
			template.setConnectionFactory(connectionFactory);
			return template;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnAdapter {

		@Bean
		ListeningAdapter redisKeyValueAdapter(RedisTemplate<?, ?> template) {
			return new ListeningAdapter(template);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalAdapter {

		@Bean
		UnopenedAdapter redisKeyValueAdapter(RedisTemplate<?, ?> template) {
			return new UnopenedAdapter(template);
		}

	}

}
