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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a person sees whose annotation promises what cannot be kept.
 */
@ExtendWith(OutputCaptureExtension.class)
class InvalidAnnotationTests {

	private static final String DURATION = "Write it like 500ms, 2s or PT0.5S.";

	private static final String PLACEHOLDER = "Set the property that it names, or a default as in ${some.property:500ms}.";

	private static final String ASYNCHRONOUS = ": it writes after it has returned, and that cannot be waited for.";

	@ParameterizedTest
	@MethodSource("mistakes")
	void isToldWhichAnnotationWhichValueAndWhatToDo(Mistake mistake, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(mistake.bean()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(mistake.description())
			.contains(mistake.action());
	}

	static List<Mistake> mistakes() {
		return List.of(
				new Mistake(NoDuration.class,
						"Attribute 'maxStaleness' of @ReadFromReplica on method read(String, int) of "
								+ NoDuration.class.getName() + " with value 'soon' is not a duration.",
						DURATION),
				new Mistake(TooStrict.class,
						"Attribute 'maxStaleness' of @ReadFromReplica on class " + TooStrict.class.getName()
								+ " with value '199ms' is less than the monitor can tell apart with its interval.",
						"Set at least 200ms, or a shorter lagwise.monitor.interval: two of them and 100ms are the least."),
				new Mistake(Negative.class,
						"Attribute 'maxStaleness' of @ReadFromReplica on method read() of " + Negative.class.getName()
								+ " with value '-1s' is less than",
						"Set at least 200ms"),
				new Mistake(Zero.class,
						"Attribute 'maxStaleness' of @ReadFromReplica on method read() of " + Zero.class.getName()
								+ " with value '0' is less than",
						"Set at least 200ms"),
				new Mistake(Unresolvable.class,
						"Attribute 'maxStaleness' of @ReadFromReplica on method read() of "
								+ Unresolvable.class.getName() + " with value '${stock.age}' cannot be resolved.",
						PLACEHOLDER),
				new Mistake(ResolvedToTooStrict.class,
						"of " + ResolvedToTooStrict.class.getName()
								+ " with value '${stock.bound:150ms}', which is '150ms', is less than",
						"Set at least 200ms"),
				new Mistake(Composed.class,
						"Attribute 'maxStaleness' of @ReadFromReplica (through @News) on method read() of "
								+ Composed.class.getName() + " with value '1 second' is not a duration.",
						DURATION),
				new Mistake(SecondMethod.class,
						"of @ConsistentRead on method second() of " + SecondMethod.class.getName()
								+ " with value 'x' is not a duration.",
						DURATION),
				new Mistake(NegativeWait.class,
						"Attribute 'maxWait' of @ConsistentRead on method read() of " + NegativeWait.class.getName()
								+ " with value '-1ms' is negative.",
						"Set a duration such as 20ms, or 0 for not waiting at all."),
				new Mistake(ImplementsMistake.class,
						"Attribute 'maxWait' of @ConsistentRead on interface " + MistakenReads.class.getName()
								+ " with value 'a while' is not a duration.",
						DURATION),
				new Mistake(NoReplicas.class,
						"Attribute 'replicas' of @WaitForReplicas on method write() of " + NoReplicas.class.getName()
								+ " with value '0' is not at least 1.",
						"Set how many replicas have to confirm, or remove the attribute: all of them have to then."),
				new Mistake(NoTime.class,
						"Attribute 'timeout' of @WaitForReplicas on method write() of " + NoTime.class.getName()
								+ " with value '0' is not at least one millisecond.",
						"Set a duration such as 200ms, or remove the attribute: lagwise.wait.timeout applies then."),
				new Mistake(TimeIsNoDuration.class,
						"Attribute 'timeout' of @WaitForReplicas on method write() of "
								+ TimeIsNoDuration.class.getName() + " with value 'ever' is not a duration.",
						DURATION),
				new Mistake(ReturnsFuture.class, refused(ReturnsFuture.class, "CompletableFuture"),
						"Put the annotation on a method that has written when it returns, such as one that this method calls."),
				new Mistake(ReturnsPlainFuture.class, refused(ReturnsPlainFuture.class, "Future"),
						"Put the annotation on a method that has written when it returns"),
				new Mistake(ReturnsMono.class, refused(ReturnsMono.class, "Mono"),
						"Put the annotation on a method that has written when it returns"),
				new Mistake(ReturnsFlux.class, refused(ReturnsFlux.class, "Flux"),
						"Put the annotation on a method that has written when it returns"));
	}

	private static String refused(Class<?> bean, String type) {
		return "@WaitForReplicas covers method write() of " + bean.getName() + ", which returns a " + type
				+ ASYNCHRONOUS;
	}

	@Test
	void mistakeInAMethodThatComesLaterStopsTheStartThroughProxiesOfInterfacesToo(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> run(SecondMethodOfInterface.class, "--spring.aop.proxy-target-class=false"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("on method second() of " + SecondMethodOfInterface.class.getName()
					+ " with value 'x' is not a duration.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "lagwise.monitor.interval=49ms", "lagwise.monitor.interval=10ms" })
	void aShorterIntervalAllowsForAStricterBound(String property) {
		run(TooStrict.class, "--" + property).close();
	}

	@Test
	void aLongerIntervalAsksForALooserBound(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> run(Bounded.class, "--lagwise.monitor.interval=300ms", "--stock.bound=699ms"));
		assertThat(output).contains("with value '${stock.bound:500ms}', which is '699ms', is less than")
			.contains("Set at least 700ms");
		run(Bounded.class, "--lagwise.monitor.interval=300ms", "--stock.bound=700ms").close();
	}

	@Test
	void boundsFollowPlaceholders() {
		assertThat(requirement()).hasToString("any-replica within 500 ms");
		assertThat(requirement("--stock.bound=PT2S")).hasToString("any-replica within 2000 ms");
		assertThat(requirement("--stock.bound=200")).hasToString("any-replica within 200 ms");
		assertThat(requirement("--stock.bound=")).isSameAs(ReadRequirement.anyReplica());
		assertThat(requirement("--stock.bound=${other.bound}", "--other.bound=3s"))
			.hasToString("any-replica within 3000 ms");
	}

	private static ReadRequirement requirement(String... arguments) {
		try (ConfigurableApplicationContext context = run(Bounded.class, arguments)) {
			return context.getBean(Bounded.class).read();
		}
	}

	private static ConfigurableApplicationContext run(Class<?> bean, String... arguments) {
		SpringApplication application = new SpringApplication(Application.class, bean);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		return application.run(arguments);
	}

	record Mistake(Class<?> bean, String description, String action) {

		@Override
		public String toString() {
			return this.bean.getSimpleName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
			SslAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class })
	static class Application {

	}

	static class NoDuration {

		@ReadFromReplica(maxStaleness = "soon")
		void read(String key, int count) {
		}

	}

	@ReadFromReplica(maxStaleness = "199ms")
	static class TooStrict {

		void read() {
		}

	}

	static class Negative {

		@ReadFromReplica(maxStaleness = "-1s")
		void read() {
		}

	}

	static class Zero {

		@ReadFromReplica(maxStaleness = "0")
		void read() {
		}

	}

	static class Unresolvable {

		@ReadFromReplica(maxStaleness = "${stock.age}")
		void read() {
		}

	}

	static class ResolvedToTooStrict {

		@ReadFromReplica(maxStaleness = "${stock.bound:150ms}")
		void read() {
		}

	}

	@ReadFromReplica(maxStaleness = "1 second")
	@Retention(RetentionPolicy.RUNTIME)
	@interface News {

	}

	static class Composed {

		@News
		void read() {
		}

	}

	static class SecondMethod {

		@ConsistentRead
		void first() {
		}

		@ConsistentRead(maxWait = "x")
		void second() {
		}

	}

	interface TwoReads {

		void first();

		void second();

	}

	static class SecondMethodOfInterface implements TwoReads {

		@Override
		@ConsistentRead
		public void first() {
		}

		@Override
		@ConsistentRead(maxWait = "x")
		public void second() {
		}

	}

	static class NegativeWait {

		@ConsistentRead(maxWait = "-1ms")
		void read() {
		}

	}

	@ConsistentRead(maxWait = "a while")
	interface MistakenReads {

		void read();

	}

	static class ImplementsMistake implements MistakenReads {

		@Override
		public void read() {
		}

	}

	static class NoReplicas {

		@WaitForReplicas(replicas = 0)
		void write() {
		}

	}

	static class NoTime {

		@WaitForReplicas(timeout = "0")
		void write() {
		}

	}

	static class TimeIsNoDuration {

		@WaitForReplicas(timeout = "ever")
		void write() {
		}

	}

	@WaitForReplicas
	static class ReturnsFuture {

		CompletableFuture<Void> write() {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class ReturnsPlainFuture {

		@WaitForReplicas
		Future<Void> write() {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class ReturnsMono {

		@WaitForReplicas
		Mono<Void> write() {
			return Mono.delay(Duration.ZERO).then();
		}

	}

	static class ReturnsFlux {

		@WaitForReplicas
		Flux<String> write() {
			return Flux.empty();
		}

	}

	static class Bounded {

		@ReadFromReplica(maxStaleness = "${stock.bound:500ms}")
		ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

	}

}
