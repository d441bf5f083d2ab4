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

package io.lagwise.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * When the annotated method returns, what it has written to Redis is applied on replicas:
 * {@code WAIT} is sent once, after the last write, on the connection that wrote. That
 * makes it unlikely that a failover destroys the writes; it does not rule it out.
 * <p>
 * The writes of the thread that runs the method go over a connection that nothing else
 * uses meanwhile. A method that throws is not waited for. Nested methods share the wait
 * of the outermost one, which then asks for the most that any of them asked for. Can be
 * put on a method, a class, an interface (Spring Data repositories included) or another
 * annotation; a method-level annotation replaces the class-level one. Self-invocation is
 * not intercepted. Methods that return a future or a reactive type cannot be waited for
 * and are refused at start-up.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface WaitForReplicas {

	/**
	 * All replicas that are attached to the primary or answer the application, in
	 * whatever state, or did either within the last minute, apart from those that hide
	 * from clients ({@code replica-announced no}).
	 */
	int ALL = Integer.MAX_VALUE;

	/**
	 * On how many replicas the writes have to be applied, the primary not counted.
	 * @return the number, {@link #ALL} unless set
	 */
	int replicas() default ALL;

	/**
	 * How long to wait for the replicas at most, such as {@code 200ms}. May contain
	 * placeholders.
	 * @return the duration, {@code lagwise.wait.timeout} unless set
	 */
	String timeout() default "";

	/**
	 * What happens when fewer replicas have confirmed by then.
	 * @return the reaction, {@link OnShortfall#DEGRADE} unless set
	 */
	OnShortfall onShortfall() default OnShortfall.DEGRADE;

}
