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
 * The reads of Redis in the annotated method see every write that their session was told
 * of, and never an older state than its earlier consistent reads (read-your-writes and
 * monotonic reads).
 * <p>
 * A replica answers wherever one is proven to have caught up, otherwise the primary. The
 * session is the {@code io.lagwise.context.ConsistencySession} bound to the thread, or,
 * where none is bound, this application: then what holds, holds per key. Writes that a
 * failover destroys are announced, not brought back.
 * <p>
 * Can be put on a method, a class, an interface (Spring Data repositories included) or
 * another annotation. A method-level annotation replaces the class-level one. Nested
 * calls combine so that all that was asked for holds. Self-invocation is not intercepted.
 *
 * @see ReadFromReplica
 * @see ReadFromPrimary
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ConsistentRead {

	/**
	 * How long a read may wait for a replica to catch up before the primary answers, such
	 * as {@code 20ms}; {@code 0} for not at all. May contain placeholders. Has no effect
	 * with {@code lagwise.consistency.enforcement=watermark}.
	 * @return the duration, {@code lagwise.consistency.max-wait} unless set
	 */
	String maxWait() default "";

}
