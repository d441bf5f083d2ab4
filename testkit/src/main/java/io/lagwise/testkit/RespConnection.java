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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/**
 * One blocking RESP2 connection for administration, without threads of its own.
 */
final class RespConnection implements AutoCloseable {

	private final Socket socket;

	private final InputStream in;

	private RespConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
	}

	static RespConnection open(int port, Duration timeout, @Nullable SSLContext ssl) throws IOException {
		int millis = (int) timeout.toMillis();
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(millis);
			socket.connect(new InetSocketAddress(RedisNode.HOST, port), millis);
			if (ssl == null) {
				return new RespConnection(socket);
			}
			SSLSocket secured = (SSLSocket) ssl.getSocketFactory().createSocket(socket, RedisNode.HOST, port, true);
			secured.startHandshake();
			return new RespConnection(secured);
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	@Nullable Object call(String... command) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.writeBytes(ascii("*" + command.length + "\r\n"));
		for (String argument : command) {
			byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
			out.writeBytes(ascii("$" + bytes.length + "\r\n"));
			out.writeBytes(bytes);
			out.writeBytes(ascii("\r\n"));
		}
		this.socket.getOutputStream().write(out.toByteArray());
		this.socket.getOutputStream().flush();
		return read();
	}

	private @Nullable Object read() throws IOException {
		String line = readLine();
		String content = line.substring(1);
		return switch (line.charAt(0)) {
			case '+' -> content;
			case '-' -> throw new ServerErrorException(content);
			case ':' -> Long.valueOf(content);
			case '$' -> readBulk(Integer.parseInt(content));
			case '*' -> readList(Integer.parseInt(content));
			default -> throw new IOException("Unexpected reply '" + line + "'");
		};
	}

	private @Nullable String readBulk(int length) throws IOException {
		if (length < 0) {
			return null;
		}
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length || this.in.readNBytes(2).length < 2) {
			throw new EOFException("Connection closed within a reply");
		}
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private @Nullable List<@Nullable Object> readList(int size) throws IOException {
		if (size < 0) {
			return null;
		}
		List<@Nullable Object> list = new ArrayList<>(size);
		for (int i = 0; i < size; i++) {
			list.add(readElement());
		}
		return list;
	}

	private @Nullable Object readElement() throws IOException {
		try {
			return read();
		}
		catch (ServerErrorException ex) {
			return ex.getMessage();
		}
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException("Connection closed");
			}
			line.write(next);
		}
		String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
		if (text.isEmpty()) {
			throw new IOException("Empty reply");
		}
		return text;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
