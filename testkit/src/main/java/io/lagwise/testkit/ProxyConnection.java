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

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection through a proxy: the two sockets and the two directions between them.
 * Used by the thread of the proxy only.
 */
final class ProxyConnection {

	private final NodeProxy proxy;

	private final SelectionKey client;

	private final SelectionKey server;

	private final ProxyPipe requests;

	private final ProxyPipe replies;

	private final ConnectionSniffer sniffer = new ConnectionSniffer();

	private ConnectionOrigin origin = ConnectionOrigin.UNKNOWN;

	private boolean connected;

	private boolean swallowing;

	private boolean stalled;

	ProxyConnection(NodeProxy proxy, Selector selector, SocketChannel client, SocketChannel server, boolean connected)
			throws IOException {
		this.proxy = proxy;
		this.connected = connected;
		this.client = client.register(selector, 0, this);
		this.server = server.register(selector, 0, this);
		this.requests = new ProxyPipe(client, server);
		this.replies = new ProxyPipe(server, client);
		updateInterest();
	}

	void handle(SelectionKey key, ByteBuffer buffer) {
		try {
			if (key.isValid() && key.isConnectable()) {
				this.connected = ((SocketChannel) key.channel()).finishConnect();
			}
			if (key.isValid() && key.isReadable()) {
				read(key, buffer);
			}
			flush();
		}
		catch (IOException ex) {
			closeAfter(key);
		}
	}

	/**
	 * Do what the rule for this connection says now.
	 */
	void applyRule() {
		Interference rule = this.proxy.ruleFor(this.origin);
		if (this.stalled && rule.mode() == Interference.Mode.FORWARD) {
			return;
		}
		if (rule.mode() == Interference.Mode.RESET) {
			reset();
			return;
		}
		if (rule.mode() == Interference.Mode.REFUSE || (this.swallowing && rule.mode() != Interference.Mode.SWALLOW)) {
			close();
			return;
		}
		this.swallowing = (rule.mode() == Interference.Mode.SWALLOW);
		if (this.swallowing) {
			this.requests.clear();
			this.replies.clear();
		}
		if (rule.delay().compareTo(this.replies.delay()) < 0) {
			this.replies.hurry();
		}
		this.replies.delay(rule.delay());
		flushDue();
	}

	/**
	 * Let all bytes vanish from now on, if this is the connection of a client.
	 */
	void stall() {
		if (this.origin.kind() == ConnectionOrigin.Kind.CLIENT && !isClosed()) {
			this.stalled = true;
			this.swallowing = true;
			this.requests.clear();
			this.replies.clear();
		}
	}

	void endStall() {
		this.stalled = false;
	}

	void flushDue() {
		try {
			flush();
		}
		catch (IOException ex) {
			close();
		}
	}

	long nanosUntilDue() {
		return isClosed() ? Long.MAX_VALUE : Math.min(this.requests.nanosUntilDue(), this.replies.nanosUntilDue());
	}

	boolean isClosed() {
		return !this.client.channel().isOpen() && !this.server.channel().isOpen();
	}

	void close() {
		NodeProxy.closeQuietly(this.client.channel());
		NodeProxy.closeQuietly(this.server.channel());
	}

	private void reset() {
		try {
			// to close without lingering is to send a reset
			((SocketChannel) this.client.channel()).setOption(StandardSocketOptions.SO_LINGER, 0);
		}
		catch (IOException ex) {
			// it is closed already
		}
		close();
	}

	private void read(SelectionKey key, ByteBuffer buffer) throws IOException {
		boolean request = (key == this.client);
		ProxyPipe pipe = request ? this.requests : this.replies;
		buffer.clear();
		if (!pipe.read(buffer)) {
			closeAfter(key);
			return;
		}
		buffer.flip();
		if (request && this.origin == ConnectionOrigin.UNKNOWN) {
			recognize(buffer);
		}
		if (!this.swallowing && !isClosed()) {
			pipe.write(buffer);
		}
	}

	private void recognize(ByteBuffer buffer) {
		this.origin = this.sniffer.inspect(buffer);
		if (this.origin != ConnectionOrigin.UNKNOWN) {
			applyRule();
		}
	}

	// One side has closed the connection. The other side learns of it after it has got
	// everything that was sent before, or never while this connection swallows.
	private void closeAfter(SelectionKey side) {
		if (this.swallowing) {
			NodeProxy.closeQuietly(side.channel());
			return;
		}
		ProxyPipe pipe = (side == this.client) ? this.requests : this.replies;
		pipe.end();
		if (pipe.isDone()) {
			close();
		}
	}

	private void flush() throws IOException {
		if (isClosed()) {
			return;
		}
		if (!this.swallowing) {
			this.requests.flush();
			this.replies.flush();
			if (this.requests.isDone() || this.replies.isDone()) {
				close();
			}
		}
		updateInterest();
	}

	private void updateInterest() {
		if (this.client.isValid()) {
			this.client.interestOps(this.connected ? interest(this.requests, this.replies) : 0);
		}
		if (this.server.isValid()) {
			this.server.interestOps(this.connected ? interest(this.replies, this.requests) : SelectionKey.OP_CONNECT);
		}
	}

	private static int interest(ProxyPipe from, ProxyPipe to) {
		return (from.acceptsMore() ? SelectionKey.OP_READ : 0) | (to.isBlocked() ? SelectionKey.OP_WRITE : 0);
	}

	@Override
	public String toString() {
		Duration delay = this.replies.delay();
		return "%s, swallowing %s, delay %s".formatted(this.origin, this.swallowing, delay);
	}

}
