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

import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.WriteScope;

/**
 * Makes beans keep what {@link WaitForReplicas @WaitForReplicas} promises: while an
 * annotated method runs, a {@link WriteScope} with its requirement is open on the thread
 * that runs it; when it has returned normally, the scope is confirmed.
 * <p>
 * Annotations are found, and take precedence over one another, as those of
 * {@link ReadRequirementPostProcessor}; what is said on both kinds is independent of each
 * other. Where several remain, all of them hold: the highest number of replicas, the
 * longest time, and failure if one asks for it.
 * <p>
 * <b>Other interceptors:</b> replicas are waited for when transactions have been
 * committed and caches have been written, but inside {@code @Async}, on the thread that
 * does the work.
 * <p>
 * <b>Mistakes</b> in any annotation of a bean fail its creation with an
 * {@link InvalidAnnotationException}. So do annotated methods that return a future, a
 * publisher or the like, and suspending functions.
 * <p>
 * <b>Limits:</b> self-invocation is not intercepted.
 */
@SuppressWarnings("serial")
public final class WriteRequirementPostProcessor extends RequirementPostProcessor {

	/**
	 * Create a post-processor whose proxies follow the defaults of the bean factory
	 * unless {@link #setProxyTargetClass(boolean)} says otherwise.
	 */
	public WriteRequirementPostProcessor() {
		this(new WriteRequirementSource());
	}

	private WriteRequirementPostProcessor(WriteRequirementSource source) {
		super(source, new WriteRequirementInterceptor(source));
	}

}
