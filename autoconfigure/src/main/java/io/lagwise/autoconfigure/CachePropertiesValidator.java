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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Checks the names of caches in {@code lagwise.cache.caches} as they were written:
 * outside of brackets some characters get lost on the way, and the cache would be another
 * one.
 */
final class CachePropertiesValidator implements BeanFactoryPostProcessor {

	private static final String PREFIX = "lagwise.cache.caches.";

	private static final Pattern PROPERTY = Pattern.compile("(?<name>\\[.+]|.+)\\.(?<attribute>[^.\\]]+)");

	private static final Pattern SAFE_NAME = Pattern.compile("\\[.+]|[a-zA-Z0-9-]+");

	private static final Pattern ATTRIBUTE = Pattern.compile("read|max-staleness|max_staleness|maxStaleness");

	private final Environment environment;

	CachePropertiesValidator(Environment environment) {
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
		for (String property : source.getPropertyNames()) {
			if (property.startsWith(PREFIX)) {
				validate(property, String.valueOf(source.getProperty(property)));
			}
		}
	}

	private static void validate(String property, String value) {
		Matcher parts = PROPERTY.matcher(property.substring(PREFIX.length()));
		String name = parts.matches() ? parts.group("name") : property.substring(PREFIX.length());
		if (!parts.matches() || !ATTRIBUTE.matcher(parts.group("attribute")).matches()) {
			throw new InvalidPropertyException(property, value, "is not known",
					"Set %s%s.read or %s%s.max-staleness.".formatted(PREFIX, name, PREFIX, name));
		}
		if (!SAFE_NAME.matcher(name).matches()) {
			throw new InvalidPropertyException(property, value, "has a name that is to be in brackets",
					"Write %s[%s].%s, in YAML with quotation marks as well: \"[%s]\".".formatted(PREFIX, name,
							parts.group("attribute"), name));
		}
	}

}
