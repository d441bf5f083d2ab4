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
 * The reads of Redis in the annotated method are answered by a healthy replica, spread
 * over all of them. How far that replica may be behind its primary is bounded by
 * {@link #maxStaleness()} only.
 * <p>
 * Applies to keyed, non-blocking reads outside transactions; everything else goes to the
 * primary as always. Can be put on a method, a class, an interface (Spring Data
 * repositories included) or another annotation. A method-level annotation replaces the
 * class-level one. Nested calls combine: where a caller asked for the primary, this
 * annotation on a method that it calls does not loosen that. Self-invocation is not
 * intercepted.
 *
 * @see ReadFromPrimary
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ReadFromReplica {

	/**
	 * How old an answer may be, such as {@code 500ms}: it holds every write that was
	 * acknowledged that long before the response. May contain placeholders. A bound that
	 * the monitor cannot keep (less than two intervals of it and 100 milliseconds) is
	 * refused at start-up. Where no replica keeps the bound, the primary answers.
	 * @return the duration, no bound unless set
	 */
	String maxStaleness() default "";

	/**
	 * What becomes of a read that no replica can serve. With {@link Fallback#NONE} it
	 * fails with {@code io.lagwise.routing.NoEligibleReplicaException}, which names the
	 * state of every node.
	 * @return the fallback, {@link Fallback#PRIMARY} unless set
	 */
	Fallback fallback() default Fallback.PRIMARY;

}
