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

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Resolves what a method asks of its reads from the annotations on it and on its class,
 * with the precedence that {@link ReadRequirementPostProcessor} promises.
 */
final class ReadRequirementSource {

	private static final Map<Class<? extends Annotation>, Function<MergedAnnotation<?>, ReadRequirement>> REQUIREMENTS = Map
		.of(ReadFromPrimary.class, (annotation) -> ReadRequirement.primary(), ReadFromReplica.class,
				(annotation) -> ReadRequirement.anyReplica(annotation.getEnum("fallback", Fallback.class)));

	private final Map<Class<?>, Boolean> candidates = new ConcurrentHashMap<>();

	private final Map<MethodClassKey, ReadRequirement> resolved = new ConcurrentHashMap<>();

	/**
	 * Return whether any method of a class can have a requirement. Spares the methods of
	 * all other beans the search through their hierarchies.
	 * @param type a class or an interface
	 * @return whether an annotation stands anywhere in its hierarchy
	 */
	boolean isCandidate(Class<?> type) {
		Boolean candidate = this.candidates.get(type);
		if (candidate == null) {
			candidate = isAnnotated(type) || parents(type).anyMatch(this::isCandidate);
			this.candidates.put(type, candidate);
		}
		return candidate;
	}

	private Stream<Class<?>> parents(Class<?> type) {
		return Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()));
	}

	private boolean isAnnotated(Class<?> type) {
		return AnnotationUtils.isCandidateClass(type, REQUIREMENTS.keySet())
				&& Stream.concat(Stream.of(type), Arrays.stream(ReflectionUtils.getDeclaredMethods(type)))
					.map(MergedAnnotations::from)
					.anyMatch((annotations) -> REQUIREMENTS.keySet().stream().anyMatch(annotations::isPresent));
	}

	/**
	 * Resolve the requirement of a method.
	 * @param method the method that is called, possibly one of an interface
	 * @param targetClass the class of the object behind the proxy, possibly a proxy too
	 * @return the requirement, or {@code null} if no annotation covers the method
	 */
	@Nullable ReadRequirement resolve(Method method, Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		ReadRequirement requirement = this.resolved.get(key);
		if (requirement == null) {
			requirement = find(method, targetClass);
			if (requirement != null) {
				this.resolved.put(key, requirement);
			}
		}
		return requirement;
	}

	private @Nullable ReadRequirement find(Method method, Class<?> targetClass) {
		if (ReflectionUtils.isObjectMethod(method)) {
			return null;
		}
		ReadRequirement requirement = combine(declaredOnMethods(method, targetClass));
		return (requirement != null) ? requirement : combine(declaredOnClasses(targetClass));
	}

	private List<Declaration> declaredOnMethods(Method method, Class<?> targetClass) {
		Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
		return Stream.concat(Stream.of(specific), implementedByInheritance(specific, targetClass))
			.map((candidate) -> MergedAnnotations.from(candidate, SearchStrategy.TYPE_HIERARCHY))
			.flatMap(Declaration::in)
			.toList();
	}

	// The hierarchy of a method inherited from a superclass lacks the target's interfaces
	private Stream<Method> implementedByInheritance(Method method, Class<?> targetClass) {
		if (method.getDeclaringClass() == targetClass) {
			return Stream.empty();
		}
		return ClassUtils.getAllInterfacesForClassAsSet(targetClass)
			.stream()
			.flatMap((type) -> Arrays.stream(type.getMethods()))
			.filter((candidate) -> candidate.getName().equals(method.getName()))
			.filter((candidate) -> AopUtils.getMostSpecificMethod(candidate, targetClass).equals(method));
	}

	private List<Declaration> declaredOnClasses(Class<?> targetClass) {
		return Declaration.in(MergedAnnotations.from(targetClass, SearchStrategy.TYPE_HIERARCHY)).toList();
	}

	private @Nullable ReadRequirement combine(List<Declaration> declarations) {
		return declarations.stream()
			.filter((candidate) -> declarations.stream().noneMatch((other) -> other.overrides(candidate)))
			.map(Declaration::requirement)
			.reduce(ReadRequirement::and)
			.orElse(null);
	}

	/**
	 * What one annotation asks for, and the type that says so on itself or on a method.
	 */
	private record Declaration(Class<?> type, ReadRequirement requirement) {

		static Stream<Declaration> in(MergedAnnotations annotations) {
			return REQUIREMENTS.entrySet()
				.stream()
				.flatMap((entry) -> annotations.stream(entry.getKey())
					.map((annotation) -> new Declaration(declaringType(annotation),
							entry.getValue().apply(annotation))));
		}

		private static Class<?> declaringType(MergedAnnotation<?> annotation) {
			Object source = annotation.getSource();
			Class<?> type = (source instanceof Method method) ? method.getDeclaringClass() : (Class<?>) source;
			return Objects.requireNonNull(type);
		}

		boolean overrides(Declaration other) {
			return this.type != other.type && other.type.isAssignableFrom(this.type);
		}

	}

}
