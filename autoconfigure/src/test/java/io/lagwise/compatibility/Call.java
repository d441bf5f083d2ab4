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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A method of a group, with arguments.
 *
 * @param <C> what gives access to the group
 * @param group the group
 * @param key the key that the group is bound to, if it is bound to one
 * @param method the method
 * @param arguments the arguments
 */
record Call<C>(CommandGroup<C> group, String key, Method method, Object[] arguments) {

	/**
	 * Make the call and wait for what it returns.
	 */
	Object on(C context) throws Throwable {
		try {
			return Rendering.awaited(this.method.invoke(this.group.access().apply(context, this.key), this.arguments));
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/**
	 * Make the call and return what came of it, exceptions included.
	 */
	String outcome(C context, Rendering rendering) {
		try {
			return rendering.text(on(context));
		}
		catch (AssertionError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			return rendering.text(ex);
		}
	}

	String text(Rendering rendering) {
		String arguments = Arrays.stream(this.arguments).map(rendering::argument).collect(Collectors.joining(", "));
		return this.group.type().getSimpleName()
				+ (this.group.isBound() ? "[" + rendering.argument(this.key) + "]" : "") + "." + this.method.getName()
				+ "(" + arguments + ")";
	}

}
