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

package io.lagwise.benchmarks.cost;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.interceptor.ReadRequirementPostProcessor;
import io.lagwise.interceptor.WriteRequirementPostProcessor;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * Calls of a bean's method, one per way to say what it reads. The methods themselves read
 * nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnnotationBenchmark {

	/**
	 * What each method measures, in the order of the table.
	 */
	static final Map<String, String> CALLS = calls();

	private static final ReadRequirement CONSISTENT = ReadRequirement.consistent();

	private PriceBean plain = new PriceBean();

	private PriceBean intercepted = this.plain;

	private RoutedPriceBean routed = new RoutedPriceBean();

	private CallingPriceBean calling = new CallingPriceBean(this.routed);

	@Setup
	@SuppressWarnings("resource")
	public void start() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(ReadRequirementPostProcessor.class, () -> {
			ReadRequirementPostProcessor postProcessor = new ReadRequirementPostProcessor();
			postProcessor.setProxyTargetClass(true);
			return postProcessor;
		});
		context.registerBean(WriteRequirementPostProcessor.class, () -> {
			WriteRequirementPostProcessor postProcessor = new WriteRequirementPostProcessor();
			postProcessor.setProxyTargetClass(true);
			return postProcessor;
		});
		context.registerBean(PriceBean.class);
		context.registerBean(RoutedPriceBean.class);
		context.registerBean(CallingPriceBean.class);
		context.refresh();
		this.plain = context.getBean(PriceBean.class);
		this.routed = context.getBean(RoutedPriceBean.class);
		this.calling = context.getBean(CallingPriceBean.class);
		this.intercepted = intercept(this.plain);
		if (AopUtils.isAopProxy(this.plain) || !AopUtils.isAopProxy(this.routed)
				|| !AopUtils.isAopProxy(this.calling)) {
			throw new IllegalStateException("Annotated beans must be proxies, and no others");
		}
	}

	private static PriceBean intercept(PriceBean bean) {
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) MethodInvocation::proceed);
		return (PriceBean) factory.getProxy();
	}

	@Benchmark
	public int plain() {
		return this.plain.price(1);
	}

	@Benchmark
	public int emptyInterceptor() {
		return this.intercepted.price(1);
	}

	@Benchmark
	public int readFromReplica() {
		return this.routed.fromReplica(1);
	}

	@Benchmark
	public int consistentRead() {
		return this.routed.consistent(1);
	}

	@Benchmark
	public int readFromPrimary() {
		return this.routed.fromPrimary(1);
	}

	@Benchmark
	public int nested() {
		return this.calling.nested(1);
	}

	@Benchmark
	public int waitForReplicas() {
		return this.routed.waiting(1);
	}

	@Benchmark
	public int scope() {
		try (RoutingContext.Scope scope = RoutingContext.open(CONSISTENT)) {
			return this.plain.price(1);
		}
	}

	private static Map<String, String> calls() {
		Map<String, String> calls = new LinkedHashMap<>();
		calls.put("plain", "plain bean");
		calls.put("emptyInterceptor", "proxy with an interceptor that does nothing");
		calls.put("readFromReplica", "`@ReadFromReplica`");
		calls.put("consistentRead", "`@ConsistentRead`");
		calls.put("readFromPrimary", "`@ReadFromPrimary`");
		calls.put("nested", "`@ReadFromReplica` that calls another bean's `@ConsistentRead`");
		calls.put("waitForReplicas", "`@WaitForReplicas`, nothing written");
		calls.put("scope", "`RoutingContext.open` and `close`, plain bean");
		return calls;
	}

}
