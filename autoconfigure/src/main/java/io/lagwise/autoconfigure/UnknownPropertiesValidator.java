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

package io.lagwise.autoconfigure;

import java.util.List;
import java.util.Locale;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses properties that begin with {@code lagwise} and that there are not: a misspelt
 * one would do nothing, and nobody would notice.
 * <p>
 * The environment and the properties of the virtual machine are shared with others. What
 * is not like one of ours is left alone there, and a variable of the environment never
 * stops the start.
 */
final class UnknownPropertiesValidator implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(UnknownPropertiesValidator.class);

	private static final String PREFIX = "lagwise.";

	// the properties of lagwise-testkit
	private static final String TESTKIT = "lagwise.testkit.";

	private final Environment environment;

	private final KnownProperties known = KnownProperties.of("lagwise", LagwiseProperties.class);

	UnknownPropertiesValidator(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (this.environment instanceof ConfigurableEnvironment configurable) {
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable) {
					validate(enumerable);
				}
			}
		}
	}

	private void validate(EnumerablePropertySource<?> source) {
		for (String name : source.getPropertyNames()) {
			if (source instanceof SystemEnvironmentPropertySource) {
				validateVariable(name);
			}
			else if (name.startsWith(PREFIX) && !name.startsWith(TESTKIT) && !this.known.contains(name)
					&& !isEmptySection(source, name) && (!isShared(source) || isMeantForUs(name))) {
				throw unknown(source, name);
			}
		}
	}

	private void validateVariable(String name) {
		if (!name.startsWith("LAGWISE_") || name.startsWith("LAGWISE_TESTKIT_")) {
			return;
		}
		String property = name.toLowerCase(Locale.ROOT).replace('_', '.');
		if (!this.known.containsLetters(property) && !this.known.like(property).isEmpty()) {
			logger.warn("The environment variable " + name + " stands for no property of Lagwise and has no effect. "
					+ advice(this.known.like(property)));
		}
	}

	/**
	 * Return whether there is nothing under a name, as where all of a YAML section is
	 * commented out.
	 */
	private boolean isEmptySection(PropertySource<?> source, String name) {
		return this.known.isSection(name) && String.valueOf(source.getProperty(name)).isEmpty();
	}

	private static boolean isShared(PropertySource<?> source) {
		return source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
	}

	private boolean isMeantForUs(String name) {
		return this.known.isInAGroup(name) || !this.known.like(name).isEmpty();
	}

	private InvalidPropertyException unknown(PropertySource<?> source, String name) {
		Object origin = OriginLookup.getOrigin(source, name);
		return new InvalidPropertyException(name, where(origin) + "is not known", advice(this.known.like(name)));
	}

	private static String where(@Nullable Object origin) {
		return (origin != null) ? "(" + origin + ") " : "";
	}

	private static String advice(List<String> names) {
		return names.isEmpty() ? "Remove it, or look its name up in docs/configuration.md."
				: "Set " + String.join(" or ", names) + " instead, or remove it.";
	}

}
