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

import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.core.Ordered;

/**
 * Puts an interceptor around the methods that annotations of one kind cover, and refuses
 * beans with mistakes in those annotations.
 */
@SuppressWarnings("serial")
abstract class RequirementPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

	private final RequirementSource<?> source;

	RequirementPostProcessor(RequirementSource<?> source, MethodInterceptor interceptor) {
		this.source = source;
		this.advisor = new RequirementAdvisor(source, interceptor);
		setBeforeExistingAdvisors(true);
		setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		if (beanFactory instanceof ConfigurableBeanFactory configurable) {
			this.source.values().resolveWith(new EmbeddedValueResolver(configurable));
		}
	}

	@Override
	protected boolean isEligible(Object bean, String beanName) {
		boolean eligible = super.isEligible(bean, beanName);
		if (eligible && isProxyTargetClass()) {
			this.source.checkOverridable(bean.getClass());
		}
		return eligible;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		boolean eligible = super.isEligible(targetClass);
		if (eligible) {
			this.source.check(targetClass);
		}
		return eligible;
	}

}
