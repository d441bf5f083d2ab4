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

package io.lagwise.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Gives a JUnit Jupiter test class a running {@link ReplicatedRedis}, as a parameter of
 * its constructor and methods.
 *
 * <p>
 * Classes that ask for the same share the same servers, which are started once and end
 * with the test run. Before each test everything is undone that was done to them (see
 * {@link ReplicatedRedis#reset()}), so a test may break what it likes.
 *
 * <p>
 * In a Spring test the application context is connected to the servers as by a
 * {@link ReplicatedRedisInitializer}, whatever its own properties say, and gets the
 * {@code ReplicatedRedis} as a bean.
 *
 * <p>
 * May be present on the class, on its superclasses, interfaces and enclosing classes, and
 * on an annotation of theirs; the nearest one counts as a whole.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ReplicatedRedisExtension.class)
@ResourceLock("io.lagwise.testkit.ReplicatedRedis")
public @interface WithReplicatedRedis {

	/**
	 * The number of replicas.
	 * @return the number of replicas
	 */
	int replicas() default 2;

	/**
	 * The number of Sentinels; without Sentinels the topology must be another one than
	 * {@link Topology#SENTINEL}.
	 * @return the number of Sentinels
	 */
	int sentinels() default 3;

	/**
	 * How the servers are described to an application.
	 * @return the topology
	 */
	Topology topology() default Topology.SENTINEL;

	/**
	 * The password of the default user on all data nodes, empty for none.
	 * @return the password
	 */
	String password() default "";

	/**
	 * The user of the application, empty for the default user. Without a
	 * {@link #password()} the default user is switched off.
	 * @return the name of the user
	 */
	String aclUser() default "";

	/**
	 * The password of the {@link #aclUser()}.
	 * @return the password
	 */
	String aclPassword() default "";

	/**
	 * The password of the Sentinels, empty for none.
	 * @return the password
	 */
	String sentinelPassword() default "";

	/**
	 * Whether all servers accept encrypted connections only. There are no proxies then.
	 * @return whether to encrypt
	 */
	boolean tls() default false;

	/**
	 * Whether proxies stand at the official addresses of the data nodes. Verbs that
	 * interfere with connections need them.
	 * @return whether to use proxies
	 */
	boolean proxied() default true;

	/**
	 * Directives for the configuration of all data nodes, as
	 * {@code min-replicas-to-write 1}; those that begin with {@code sentinel} are for all
	 * Sentinels, as {@code sentinel failover-timeout 60000}.
	 * @return directives with their values
	 */
	String[] config() default {};

	/**
	 * For how many milliseconds a server must be silent until a Sentinel takes it for
	 * down.
	 * @return the time in milliseconds
	 */
	long downAfterMillis() default 1000;

}
