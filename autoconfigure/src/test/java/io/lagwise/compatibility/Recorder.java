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

package io.lagwise.compatibility;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.NestedExceptionUtils;

/**
 * Passes calls on and tells the coverage which of them were answered; those that a
 * default method makes on its own interface included.
 */
final class Recorder implements InvocationHandler {

	private final Class<?> type;

	private final Object target;

	private final Coverage coverage;

	private Recorder(Class<?> type, Object target, Coverage coverage) {
		this.type = type;
		this.target = target;
		this.coverage = coverage;
	}

	static <T> T record(Class<T> type, Object target, Coverage coverage) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				new Recorder(type, target, coverage)));
	}

	@Override
	public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
		try {
			return answer(method, isInherited(method) ? InvocationHandler.invokeDefault(proxy, method, args)
					: method.invoke(this.target, args));
		}
		catch (InvocationTargetException ex) {
			failed(method, ex.getTargetException());
			throw ex.getTargetException();
		}
		catch (RuntimeException ex) {
			failed(method, ex);
			throw ex;
		}
	}

	/**
	 * Return the interface whose method that is: connections inherit those of groups.
	 */
	private Class<?> owner(Method method) {
		Class<?> declaring = method.getDeclaringClass();
		return CommandGroup.isRecorded(declaring) ? declaring : this.type;
	}

	private boolean isInherited(Method method) throws NoSuchMethodException {
		return method.isDefault()
				&& this.target.getClass().getMethod(method.getName(), method.getParameterTypes()).isDefault();
	}

	private Object answer(Method method, Object answer) {
		if (answer instanceof Mono<?> mono) {
			return observed(method, mono);
		}
		if (answer instanceof Flux<?> flux) {
			return flux.doOnNext((element) -> given(method, element)).doOnError((ex) -> failed(method, ex));
		}
		if (method.getReturnType() == void.class) {
			this.coverage.answered(owner(method), method);
		}
		given(method, answer);
		Class<?> returned = method.getReturnType();
		return (answer != null && CommandGroup.isRecorded(returned)) ? record(returned, answer, this.coverage) : answer;
	}

	private Mono<?> observed(Method method, Mono<?> mono) {
		boolean nothingToGive = method.getGenericReturnType().getTypeName().endsWith("<java.lang.Void>");
		return mono.doOnSuccess((element) -> {
			if (nothingToGive) {
				this.coverage.answered(owner(method), method);
			}
			given(method, element);
		}).doOnError((ex) -> failed(method, ex));
	}

	private void given(Method method, Object answer) {
		if (isTelling(answer)) {
			this.coverage.answered(owner(method), method);
		}
	}

	private void failed(Method method, Throwable failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		String message = String.valueOf(cause.getMessage());
		if (message.contains("unknown command") || message.contains("unknown subcommand")) {
			this.coverage.unknownToTheServer(owner(method), method);
		}
	}

	private static boolean isTelling(Object answer) {
		if (answer instanceof Collection<?> collection) {
			return collection.stream().anyMatch(Recorder::isTelling);
		}
		if (answer instanceof Map<?, ?> map) {
			return !map.isEmpty();
		}
		return answer != null;
	}

}
