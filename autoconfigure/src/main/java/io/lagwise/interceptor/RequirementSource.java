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
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodClassKey;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Resolves what a method asks for from the annotations of one kind on it and on its
 * class, with the precedence that {@link ReadRequirementPostProcessor} promises.
 *
 * @param <R> what is asked for
 */
abstract class RequirementSource<R> {

	private final Set<Class<? extends Annotation>> annotationTypes;

	private final ProxyReach reach;

	private final AttributeValues values = new AttributeValues();

	private final Map<Class<?>, Boolean> candidates = new ConcurrentHashMap<>();

	private final Map<MethodClassKey, R> resolved = new ConcurrentHashMap<>();

	private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

	private final Set<Class<?>> overridable = ConcurrentHashMap.newKeySet();

	RequirementSource(Set<Class<? extends Annotation>> annotationTypes) {
		this.annotationTypes = annotationTypes;
		this.reach = new ProxyReach(annotationTypes);
	}

	/**
	 * Return what reads the attributes of annotations.
	 */
	AttributeValues values() {
		return this.values;
	}

	/**
	 * Return what an annotation asks for.
	 * @param annotation the annotation
	 * @return the requirement
	 * @throws InvalidAnnotationException if an attribute has a value that cannot be
	 */
	abstract R requirement(MergedAnnotation<?> annotation);

	/**
	 * Return what holds where two annotations remain.
	 * @param one the requirement of one of them
	 * @param other that of the other
	 * @return a requirement that is at least as strict as both
	 */
	abstract R combine(R one, R other);

	/**
	 * Check whether a method can keep what it asks for.
	 * @param method the method
	 * @throws InvalidAnnotationException if it cannot
	 */
	void check(Method method) {
	}

	/**
	 * Check that a proxy which is a subclass reaches all that asks for something.
	 * @param targetClass the class of the bean
	 * @throws InvalidAnnotationException if it does not
	 */
	void checkOverridable(Class<?> targetClass) {
		if (!this.overridable.contains(targetClass)) {
			this.reach.requireOverridable(targetClass);
			this.overridable.add(targetClass);
		}
	}

	/**
	 * Return why a method may go on after it has returned.
	 * @param method the method
	 * @return the reason as the end of a sentence, or {@code null} if there is none
	 */
	static @Nullable String unfinished(Method method) {
		if (KotlinDetector.isSuspendingFunction(method)) {
			return "is a suspending function";
		}
		Class<?> type = method.getReturnType();
		return (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null)
						? "returns a " + type.getSimpleName() : null;
	}

	/**
	 * Resolve all methods of a class, so that a mistake in one of them shows before it is
	 * called.
	 * @param targetClass the class of the object behind the proxy, possibly a proxy too
	 * @throws InvalidAnnotationException if there is a mistake
	 */
	void check(Class<?> targetClass) {
		if (!this.checked.contains(targetClass)) {
			this.reach.requireReachable(targetClass);
			methods(targetClass).filter((method) -> resolve(method, targetClass) != null)
				.map((method) -> specific(method, targetClass))
				.distinct()
				.forEach(this::check);
			this.checked.add(targetClass);
		}
	}

	private static Stream<Method> methods(Class<?> targetClass) {
		Stream<Method> ofClass = Proxy.isProxyClass(targetClass) ? Stream.empty()
				: Arrays.stream(ReflectionUtils.getAllDeclaredMethods(ClassUtils.getUserClass(targetClass)));
		Stream<Method> ofInterfaces = ClassUtils.getAllInterfacesForClassAsSet(targetClass)
			.stream()
			.flatMap((type) -> Arrays.stream(type.getMethods()));
		return Stream.concat(ofClass, ofInterfaces).filter(RequirementSource::canBeIntercepted);
	}

	private static Method specific(Method method, Class<?> targetClass) {
		return Proxy.isProxyClass(targetClass) ? method : AopUtils.getMostSpecificMethod(method, targetClass);
	}

	private static boolean canBeIntercepted(Method method) {
		return !Modifier.isPrivate(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
				&& !method.isSynthetic();
	}

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
		return AnnotationUtils.isCandidateClass(type, this.annotationTypes)
				&& Stream.concat(Stream.of(type), Arrays.stream(ReflectionUtils.getDeclaredMethods(type)))
					.map(MergedAnnotations::from)
					.anyMatch((annotations) -> this.annotationTypes.stream().anyMatch(annotations::isPresent));
	}

	/**
	 * Resolve the requirement of a method.
	 * @param method the method that is called, possibly one of an interface
	 * @param targetClass the class of the object behind the proxy, possibly a proxy too
	 * @return the requirement, or {@code null} if no annotation covers the method
	 */
	@Nullable R resolve(Method method, Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		R requirement = this.resolved.get(key);
		if (requirement == null) {
			requirement = find(method, targetClass);
			if (requirement != null) {
				this.resolved.put(key, requirement);
			}
		}
		return requirement;
	}

	/**
	 * Resolve the requirement of a call.
	 * @param invocation the call
	 * @return the requirement, or {@code null} if no annotation covers the method
	 */
	@Nullable R resolve(MethodInvocation invocation) {
		Method method = invocation.getMethod();
		Object target = invocation.getThis();
		return resolve(method, (target != null) ? target.getClass() : method.getDeclaringClass());
	}

	private @Nullable R find(Method method, Class<?> targetClass) {
		if (ReflectionUtils.isObjectMethod(method)) {
			return null;
		}
		R requirement = combine(declaredOnMethods(method, targetClass));
		return (requirement != null) ? requirement : combine(declaredOnClasses(targetClass));
	}

	private List<Declaration> declaredOnMethods(Method method, Class<?> targetClass) {
		Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
		return Stream.concat(Stream.of(specific), implementedByInheritance(specific, targetClass))
			.map((candidate) -> MergedAnnotations.from(candidate, SearchStrategy.TYPE_HIERARCHY))
			.flatMap(this::declaredIn)
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
		return declaredIn(MergedAnnotations.from(targetClass, SearchStrategy.TYPE_HIERARCHY)).toList();
	}

	private @Nullable R combine(List<Declaration> declarations) {
		return declarations.stream()
			.filter((candidate) -> declarations.stream().noneMatch((other) -> other.overrides(candidate)))
			.map(Declaration::annotation)
			.<R>map(this::requirement)
			.reduce(this::combine)
			.orElse(null);
	}

	private Stream<Declaration> declaredIn(MergedAnnotations annotations) {
		return this.annotationTypes.stream().flatMap(annotations::stream).map(Declaration::of);
	}

	/**
	 * An annotation, and the type that has it on itself or on a method.
	 */
	private record Declaration(Class<?> type, MergedAnnotation<?> annotation) {

		static Declaration of(MergedAnnotation<?> annotation) {
			Object source = annotation.getSource();
			Class<?> type = (source instanceof Method method) ? method.getDeclaringClass() : (Class<?>) source;
			return new Declaration(Objects.requireNonNull(type), annotation);
		}

		boolean overrides(Declaration other) {
			return this.type != other.type && other.type.isAssignableFrom(this.type);
		}

	}

}
