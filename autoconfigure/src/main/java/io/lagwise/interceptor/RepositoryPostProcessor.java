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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.data.redis.core.RedisKeyValueAdapter;

/**
 * Keeps Redis repositories right while replicas lag. It applies to beans of the type
 * {@link RedisKeyValueAdapter}, through which repositories and their templates read and
 * write.
 * <ul>
 * <li>Before they insert, update or delete they ask what is there, and from that follows
 * what they write and which index entries they remove. All that a writing method reads
 * comes from the primary, whatever is asked for around it.</li>
 * <li>Finders that ask several questions prefer one replica for them. When answers
 * contradict each other all the same, because one knows of an entity that another one
 * does not have, the primary is asked instead, unless the requirement has no
 * fallback.</li>
 * </ul>
 * A class of adapters that is final is left alone.
 */
@SuppressWarnings("serial")
public final class RepositoryPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

	private static final Log logger = LogFactory.getLog(RepositoryPostProcessor.class);

	/**
	 * Create a post-processor whose proxies are subclasses of what they stand for.
	 */
	public RepositoryPostProcessor() {
		this.advisor = new AdapterAdvisor();
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
					+ " may go by what a lagging replica says, because that class is final");
			return false;
		}
		return true;
	}

	/**
	 * Finds the methods that have to be kept right.
	 */
	private static final class AdapterAdvisor extends StaticMethodMatcherPointcutAdvisor {

		AdapterAdvisor() {
			super(new RepositoryInterceptor());
			setClassFilter(RedisKeyValueAdapter.class::isAssignableFrom);
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return RepositoryInterceptor.WRITES.contains(method.getName())
					|| RepositoryInterceptor.FINDERS.contains(method.getName());
		}

	}

}
