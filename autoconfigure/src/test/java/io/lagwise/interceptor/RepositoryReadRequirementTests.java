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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.annotation.Fallback;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.mockito.Answers;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;
import org.springframework.data.keyvalue.repository.support.SimpleKeyValueRepository;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.index.Indexed;
import org.springframework.data.redis.repository.configuration.EnableRedisRepositories;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.NoRepositoryBean;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Annotations on the interfaces of Spring Data Redis repositories, seen from the commands
 * that these send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoryReadRequirementTests {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary();

	private static final ReadRequirement REPLICA = ReadRequirement.anyReplica();

	private static final ReadRequirement REPLICA_ONLY = ReadRequirement.anyReplica(Fallback.NONE);

	private static final List<Optional<ReadRequirement>> commands = new CopyOnWriteArrayList<>();

	private static final List<Optional<ReadRequirement>> lookUps = new CopyOnWriteArrayList<>();

	private AnnotationConfigApplicationContext context;

	@BeforeAll
	void startContext() {
		this.context = new AnnotationConfigApplicationContext(Config.class);
	}

	@AfterAll
	void closeContext() {
		this.context.close();
	}

	@BeforeEach
	void forgetWhatWasSent() {
		commands.clear();
		lookUps.clear();
	}

	@Test
	void annotationOnInterfaceCoversItsQueryMethods() {
		products().findByName("tea");
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void annotationOnInterfaceCoversInheritedMethods() {
		products().findById("42");
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void annotationOnInterfaceCoversMethodsCalledThroughItsSuperinterface() {
		CrudRepository<Product, String> repository = products();
		repository.findAll();
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void annotationOnInterfaceCoversDefaultMethods() {
		products().findFirstByDefault("tea");
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void annotationOnQueryMethodReplacesTheOneOnTheInterface() {
		products().findByColor("green");
		assertThatCommandsAskedFor(REPLICA);
	}

	@Test
	void annotationOnRedeclaredMethodReplacesTheOneOnTheInterface() {
		products().existsById("42");
		assertThatCommandsAskedFor(REPLICA);
	}

	@Test
	void annotationOnRedeclaredMethodCountsThroughSuperinterfaceToo() {
		CrudRepository<Product, String> repository = products();
		repository.existsById("42");
		assertThatCommandsAskedFor(REPLICA);
	}

	@Test
	void annotationOnBaseInterfaceCoversItsRepositories() {
		this.context.getBean(Reviews.class).findById("42");
		assertThatCommandsAskedFor(REPLICA_ONLY);
	}

	@Test
	void annotationOnFragmentMethodCoversItsImplementation() {
		assertThat(this.context.getBean(Reviews.class).requirementOfFragment()).isSameAs(PRIMARY);
	}

	@Test
	void annotationOnFragmentImplementationTightensTheOneOnTheRepository() {
		assertThat(this.context.getBean(Reviews.class).requirementOfImplementation()).isSameAs(PRIMARY);
	}

	@Test
	void annotationOnMethodAloneCoversNoOtherMethod() {
		Carts carts = this.context.getBean(Carts.class);
		carts.findById("42");
		assertThat(commands).isNotEmpty().containsOnly(Optional.empty());
		commands.clear();
		carts.findByOwner("ann");
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void lookUpInCacheIsCovered() {
		products().findByWeight("1 kg");
		assertThat(lookUps).isNotEmpty().containsOnly(Optional.of(REPLICA_ONLY));
		assertThatCommandsAskedFor(REPLICA_ONLY);
	}

	@Test
	void asynchronousQueryIsCovered() {
		products().findByShape("round").join();
		assertThatCommandsAskedFor(PRIMARY);
	}

	@Test
	void repositoryWithoutAnnotationIsLeftAlone() {
		Notes notes = this.context.getBean(Notes.class);
		assertThat(AopUtils.getTargetClass(notes)).isSameAs(SimpleKeyValueRepository.class);
		assertThat(((Advised) notes).getAdvisors()).noneMatch(RequirementAdvisor.class::isInstance);
		notes.findById("42");
		assertThat(commands).isNotEmpty().containsOnly(Optional.empty());
	}

	private Products products() {
		return this.context.getBean(Products.class);
	}

	private void assertThatCommandsAskedFor(ReadRequirement requirement) {
		assertThat(commands).isNotEmpty().containsOnly(Optional.of(requirement));
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@RedisHash("products")
	static class Product {

		@Id
		String id;

		@Indexed
		String name;

		@Indexed
		String color;

		@Indexed
		String weight;

		@Indexed
		String shape;

	}

	@RedisHash("reviews")
	static class Review {

		@Id
		String id;

	}

	@RedisHash("carts")
	static class Cart {

		@Id
		String id;

		@Indexed
		String owner;

	}

	@RedisHash("notes")
	static class Note {

		@Id
		String id;

	}

	@ReadFromPrimary
	interface Products extends CrudRepository<Product, String> {

		List<Product> findByName(String name);

		@ReadFromReplica
		List<Product> findByColor(String color);

		@Override
		@ReadFromReplica
		boolean existsById(String id);

		@Cacheable("products")
		@ReadFromReplica(fallback = Fallback.NONE)
		List<Product> findByWeight(String weight);

		@Async
		CompletableFuture<List<Product>> findByShape(String shape);

		default Optional<Product> findFirstByDefault(String name) {
			return findByName(name).stream().findFirst();
		}

	}

	@NoRepositoryBean
	@ReadFromReplica(fallback = Fallback.NONE)
	interface ReportRepository<T> extends CrudRepository<T, String> {

	}

	interface ReviewRequirements {

		@ReadFromPrimary
		ReadRequirement requirementOfFragment();

		ReadRequirement requirementOfImplementation();

	}

	interface Reviews extends ReportRepository<Review>, ReviewRequirements {

	}

	static class ReviewRequirementsImpl implements ReviewRequirements {

		@Override
		public ReadRequirement requirementOfFragment() {
			return RoutingContext.currentRequirement();
		}

		@Override
		@ReadFromPrimary
		public ReadRequirement requirementOfImplementation() {
			return RoutingContext.currentRequirement();
		}

	}

	interface Carts extends CrudRepository<Cart, String> {

		@ReadFromPrimary
		List<Cart> findByOwner(String owner);

	}

	interface Notes extends CrudRepository<Note, String> {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisRepositories(considerNestedRepositories = true)
	@EnableCaching
	@EnableAsync
	static class Config {

		@Bean
		static ReadRequirementPostProcessor readRequirementPostProcessor() {
			return new ReadRequirementPostProcessor();
		}

		@Bean
		RedisConnectionFactory redisConnectionFactory() {
			RedisConnection connection = mock(RedisConnection.class, (invocation) -> {
				commands.add(Optional.ofNullable(RoutingContext.currentRequirement()));
				return Answers.RETURNS_DEFAULTS.answer(invocation);
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

		@Bean
		SimpleCacheManager cacheManager() {
			SimpleCacheManager cacheManager = new SimpleCacheManager();
			cacheManager.setCaches(List.of(recordingCache("products")));
			return cacheManager;
		}

		private static Cache recordingCache(String name) {
			return new ConcurrentMapCache(name) {

				@Override
				protected Object lookup(Object key) {
					lookUps.add(Optional.ofNullable(RoutingContext.currentRequirement()));
					return super.lookup(key);
				}

			};
		}

	}

}
