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

package io.lagwise;

import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

import org.springframework.boot.autoconfigure.AutoConfiguration;

/**
 * What may know what. Packages that do not exist yet are allowed for.
 */
@AnalyzeClasses(packages = "io.lagwise",
		importOptions = { ImportOption.DoNotIncludeTests.class, ArchitectureTests.DoNotIncludeTestkit.class })
class ArchitectureTests {

	/**
	 * Each line may know the lines below it, never its neighbours on the same line.
	 */
	private static final List<List<String>> LINES = List.of(List.of("autoconfigure"),
			List.of("connection", "resilience", "cache", "metrics", "health", "actuate"),
			List.of("interceptor", "routing", "consistency"), List.of("context"), List.of("annotation", "replication"));

	@ArchTest
	static final ArchRule everyClassHasAPlace = ArchRuleDefinition.classes()
		.should()
		.resideInAnyPackage(packages(LINES.stream().flatMap(List::stream)));

	@ArchTest
	static final ArchRule arrowsPointDown = CompositeArchRule
		.of(LINES.stream().flatMap(List::stream).map(ArchitectureTests::knowsOnlyWhatIsBelow).toList());

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = SlicesRuleDefinition.slices()
		.matching("io.lagwise.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyTheConnectionKnowsLettuce = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(name("connection"))
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.lettuce..", "io.netty..");

	@ArchTest
	static final ArchRule onlyResilienceKnowsResilience4j = ArchRuleDefinition.noClasses()
		.that()
		.resideOutsideOfPackage(name("resilience"))
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.github.resilience4j..");

	@ArchTest
	static final ArchRule namesSayWhatAClassDoes = ArchRuleDefinition.noClasses()
		.should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)(\\$.*)?");

	@ArchTest
	static final ArchRule littleOfAConnectionIsPublic = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage(name("connection"))
		.and()
		.areTopLevelClasses()
		.should(new BePublicAtMost(4));

	@ArchTest
	static final ArchRule whatUsersDoNotExtendIsNotOpen = ArchRuleDefinition.classes()
		.that()
		.resideOutsideOfPackages(
				packages(Stream.of("annotation", "context", "replication", "routing", "connection", "autoconfigure")))
		.and()
		.arePublic()
		.and()
		.areNotInterfaces()
		.and()
		.areNotAssignableTo(Throwable.class)
		.should()
		.haveModifier(JavaModifier.FINAL)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = ArchRuleDefinition.classes()
		.that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.resideInAPackage(name("autoconfigure"))
		.allowEmptyShould(true);

	private static ArchRule knowsOnlyWhatIsBelow(String name) {
		Stream<String> forbidden = LINES.stream()
			.takeWhile((line) -> LINES.indexOf(line) <= lineOf(name))
			.flatMap(List::stream)
			.filter((other) -> !other.equals(name));
		return ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(name(name))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(packages(forbidden))
			.allowEmptyShould(true);
	}

	private static int lineOf(String name) {
		return LINES.indexOf(LINES.stream().filter((line) -> line.contains(name)).findFirst().orElseThrow());
	}

	private static String[] packages(Stream<String> names) {
		return names.map(ArchitectureTests::name).toArray(String[]::new);
	}

	private static String name(String name) {
		return "io.lagwise." + name + "..";
	}

	static final class DoNotIncludeTestkit implements ImportOption {

		@Override
		public boolean includes(Location location) {
			return !location.contains("/io/lagwise/testkit/");
		}

	}

	/**
	 * Counts what is public among the classes of a rule.
	 */
	private static final class BePublicAtMost extends ArchCondition<JavaClass> {

		private final int limit;

		private int count;

		BePublicAtMost(int limit) {
			super("be public in no more than " + limit + " cases");
			this.limit = limit;
		}

		@Override
		public void check(JavaClass type, ConditionEvents events) {
			if (type.getModifiers().contains(JavaModifier.PUBLIC)) {
				this.count++;
				boolean satisfied = this.count <= this.limit;
				events.add(new SimpleConditionEvent(type, satisfied, type.getName() + " is public"));
			}
		}

	}

}
