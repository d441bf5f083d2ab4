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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.data.redis.core.RedisKeyValueAdapter;

/**
 * Lets Redis repositories write by what the primary says: before they insert, update or
 * delete they ask what is there, and from that follows which index entries are removed.
 * <p>
 * It applies to beans of the type {@link RedisKeyValueAdapter}, through which
 * repositories and templates write. All that a writing method of theirs reads comes from
 * the primary, whatever is asked for around it; what their other methods read does not
 * change. A class of adapters that is final is left alone.
 */
@SuppressWarnings("serial")
public final class RepositoryWritePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

	private static final Log logger = LogFactory.getLog(RepositoryWritePostProcessor.class);

	/**
	 * Create a post-processor whose proxies are subclasses of what they stand for.
	 */
	public RepositoryWritePostProcessor() {
		this.advisor = new WriteAdvisor();
		setBeforeExistingAdvisors(true);
		setProxyTargetClass(true);
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		if (!super.isEligible(targetClass)) {
			return false;
		}
		if (Modifier.isFinal(targetClass.getModifiers())) {
			logger.warn("Repositories that write through " + targetClass.getName()
					+ " may decide by what a lagging replica says, because that class is final");
			return false;
		}
		return true;
	}

	/**
	 * Finds the methods that write, and the one by which an insert decides whether it
	 * may.
	 */
	private static final class WriteAdvisor extends StaticMethodMatcherPointcutAdvisor {

		private static final Set<String> METHODS = Set.of("contains", "put", "update", "delete", "deleteAllOf");

		WriteAdvisor() {
			super((MethodInterceptor) WriteAdvisor::readFromPrimary);
			setClassFilter(RedisKeyValueAdapter.class::isAssignableFrom);
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return METHODS.contains(method.getName());
		}

		private static @Nullable Object readFromPrimary(MethodInvocation invocation) throws Throwable {
			try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.primary())) {
				return invocation.proceed();
			}
		}

	}

}
