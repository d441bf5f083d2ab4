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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.ReadListener;
import org.slf4j.LoggerFactory;

/**
 * Everything that an application with Lagwise lets others see: its log, exceptions, what
 * listeners are told.
 */
final class Disclosures extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Queue<Disclosure> all = new ConcurrentLinkedQueue<>();

	private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Level rootLevel = root().getLevel();

	/**
	 * Record the log, that of Lagwise down to DEBUG.
	 */
	static Disclosures recording() {
		Disclosures disclosures = new Disclosures();
		disclosures.setContext(disclosures.loggers);
		disclosures.start();
		disclosures.root().setLevel(Level.INFO);
		disclosures.lagwise().setLevel(Level.DEBUG);
		disclosures.root().addAppender(disclosures);
		return disclosures;
	}

	@Override
	protected void append(ILoggingEvent event) {
		boolean debug = event.getLoggerName().startsWith("io.lagwise")
				&& !event.getLevel().isGreaterOrEqual(Level.INFO);
		String trace = (event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy())
				: "";
		this.all.add(new Disclosure("log of " + event.getLoggerName(), event.getFormattedMessage() + trace, debug));
	}

	void add(String where, Object what) {
		this.all.add(new Disclosure(where, String.valueOf(what), false));
	}

	/**
	 * Run something that may fail, and record how it does.
	 */
	void attempt(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			StringWriter trace = new StringWriter();
			ex.printStackTrace(new PrintWriter(trace));
			add("exception", trace);
		}
	}

	ReplicaReadOptions listenTo(ReplicaReadOptions options) {
		return options.withReadListener(recorder(ReadListener.class, options.readListener()))
			.withReplicationListener(recorder(ReplicationListener.class, options.replicationListener()));
	}

	List<Disclosure> all() {
		return List.copyOf(this.all);
	}

	@Override
	public void close() {
		root().detachAppender(this);
		root().setLevel(this.rootLevel);
		lagwise().setLevel(null);
	}

	private <T> T recorder(Class<T> type, T listener) {
		return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					add(type.getSimpleName(), method.getName() + Arrays.toString(arguments));
					return method.invoke(listener, arguments);
				}));
	}

	private Logger root() {
		return this.loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
	}

	private Logger lagwise() {
		return this.loggers.getLogger("io.lagwise");
	}

	/**
	 * One thing that can be seen.
	 *
	 * @param where where it can be seen
	 * @param what the text
	 * @param debug whether it is for those who debug Lagwise only
	 */
	record Disclosure(String where, String what, boolean debug) {

	}

}
