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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Recognizes who has opened a connection by the first commands sent on it. A replica says
 * {@code PING}, {@code AUTH} and then {@code REPLCONF listening-port}; a Sentinel says
 * {@code AUTH} and then {@code CLIENT SETNAME sentinel-…}; everybody else is a client.
 */
final class ConnectionSniffer {

	private static final int LIMIT = 8 * 1024;

	private static final Pattern SENTINEL = Pattern.compile("sentinel-[0-9a-f]{8}-(cmd|pubsub)");

	private String unread = "";

	private int position;

	/**
	 * Look at the next bytes from the connection.
	 * @param bytes the bytes, which are not consumed
	 * @return who it is, {@link ConnectionOrigin#UNKNOWN} as long as that is open
	 */
	ConnectionOrigin inspect(ByteBuffer bytes) {
		this.unread += StandardCharsets.ISO_8859_1.decode(bytes.duplicate());
		if (this.unread.length() > LIMIT || (!this.unread.isEmpty() && this.unread.charAt(0) != '*')) {
			return ConnectionOrigin.CLIENT;
		}
		while (true) {
			this.position = 0;
			List<String> command = nextCommand();
			if (command == null) {
				return ConnectionOrigin.UNKNOWN;
			}
			this.unread = this.unread.substring(this.position);
			ConnectionOrigin origin = originOf(command);
			if (origin != ConnectionOrigin.UNKNOWN) {
				return origin;
			}
		}
	}

	private ConnectionOrigin originOf(List<String> command) {
		return switch (argument(command, 0)) {
			case "ping", "auth" -> ConnectionOrigin.UNKNOWN;
			case "replconf" -> originOfReplica(command);
			case "client" -> isSentinelName(command) ? ConnectionOrigin.SENTINEL : ConnectionOrigin.CLIENT;
			default -> ConnectionOrigin.CLIENT;
		};
	}

	private ConnectionOrigin originOfReplica(List<String> command) {
		for (int i = 1; i + 1 < command.size(); i++) {
			if ("listening-port".equals(argument(command, i))) {
				return ConnectionOrigin.replica(Integer.parseInt(command.get(i + 1)));
			}
		}
		return ConnectionOrigin.UNKNOWN;
	}

	private boolean isSentinelName(List<String> command) {
		return command.size() > 2 && "setname".equals(argument(command, 1))
				&& SENTINEL.matcher(command.get(2)).matches();
	}

	private static String argument(List<String> command, int index) {
		return (index < command.size()) ? command.get(index).toLowerCase(Locale.ROOT) : "";
	}

	private @Nullable List<String> nextCommand() {
		String count = nextLine();
		if (count == null) {
			return null;
		}
		List<String> command = new ArrayList<>();
		for (int i = number(count); i > 0; i--) {
			String length = nextLine();
			int end = (length != null) ? this.position + number(length) : Integer.MAX_VALUE;
			if (end > this.unread.length() - 2) {
				return null;
			}
			command.add(this.unread.substring(this.position, end));
			this.position = end + 2;
		}
		return command;
	}

	private @Nullable String nextLine() {
		int end = this.unread.indexOf("\r\n", this.position);
		if (end < 0) {
			return null;
		}
		String line = this.unread.substring(this.position, end);
		this.position = end + 2;
		return line;
	}

	private static int number(String line) {
		try {
			return Math.max(0, Integer.parseInt(line.substring(1)));
		}
		catch (NumberFormatException | IndexOutOfBoundsException ex) {
			return LIMIT;
		}
	}

}
