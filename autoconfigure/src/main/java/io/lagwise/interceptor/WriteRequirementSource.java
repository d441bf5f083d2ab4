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
import java.time.Duration;
import java.util.Set;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.WriteRequirement;

import org.springframework.core.annotation.MergedAnnotation;

/**
 * Resolves on how many replicas the writes of a method have to be applied.
 */
final class WriteRequirementSource extends RequirementSource<WriteRequirement> {

	WriteRequirementSource() {
		super(Set.of(WaitForReplicas.class));
	}

	@Override
	WriteRequirement requirement(MergedAnnotation<?> annotation) {
		int replicas = annotation.getInt("replicas");
		if (replicas < 1) {
			throw values().refuse(annotation, "replicas", "is not at least 1",
					"Set how many replicas have to confirm, or remove the attribute: all of them have to then.");
		}
		Duration timeout = values().duration(annotation, "timeout");
		if (timeout != null && timeout.toMillis() < 1) {
			throw values().refuse(annotation, "timeout", "is not at least one millisecond",
					"Set a duration such as 200ms, or remove the attribute: lagwise.wait.timeout applies then.");
		}
		return new WriteRequirement(replicas, timeout, annotation.getEnum("onShortfall", OnShortfall.class));
	}

	@Override
	WriteRequirement combine(WriteRequirement one, WriteRequirement other) {
		return one.and(other);
	}

	@Override
	void check(Method method) {
		String reason = unfinished(method);
		if (reason != null) {
			throw unfinished(method, reason);
		}
	}

	private static InvalidAnnotationException unfinished(Method method, String reason) {
		return new InvalidAnnotationException(
				"@WaitForReplicas covers " + InvalidAnnotationException.describe(method) + ", which " + reason
						+ ": it writes after it has returned, and that cannot be waited for",
				"Put the annotation on a method that has written when it returns, such as one that this method calls.");
	}

}
