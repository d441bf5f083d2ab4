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

package io.lagwise.connection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.lagwise.connection.ReadCommands.Rule;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares {@code read-commands.txt} with what a running server says of its commands.
 * <p>
 * With {@code -Dlagwise.read-commands=write} the file is brought up to date first: lines
 * for commands that the server knows are derived anew, all others stay. Run it once for
 * each server that the file names, with the testkit's property
 * {@code lagwise.testkit.executable}.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ReadCommandsIntegrationTests {

	/**
	 * Reads that only one node can answer rightly, whatever their flags, and why.
	 */
	private static final Map<String, String> OWN_NODE = Map.of("SCAN", "a cursor belongs to one node", "HSCAN",
			"a cursor belongs to one node", "SSCAN", "a cursor belongs to one node", "ZSCAN",
			"a cursor belongs to one node", "TOUCH", "the access time belongs to one node", "EVALSHA_RO",
			"the script cache belongs to one node");

	private static final Path FILE = Path.of("src/main/resources/io/lagwise/connection/read-commands.txt");

	private final LettuceConnectionFactory factory;

	private final Map<String, @Nullable Rule> commands = new TreeMap<>();

	private final String server;

	ReadCommandsIntegrationTests(ReplicatedRedis redis) {
		RedisNode primary = redis.primary();
		this.server = server(redis.execute(primary, "INFO", "server"));
		this.factory = new LettuceConnectionFactory(primary.host(), primary.port());
	}

	@BeforeEach
	void askTheServer() throws IOException {
		this.factory.afterPropertiesSet();
		try (LettuceConnection connection = (LettuceConnection) this.factory.getConnection()) {
			CommandOutput<byte[], byte[], ?> output = new NestedMultiOutput<>(ByteArrayCodec.INSTANCE);
			for (Object command : (List<?>) Objects.requireNonNull(connection.execute("COMMAND", output))) {
				ServerCommand described = ServerCommand.of((List<?>) command);
				if (!described.belongsToAModule()) {
					this.commands.put(described.name(), described.rule());
				}
			}
		}
		if ("write".equals(System.getProperty("lagwise.read-commands"))) {
			write();
		}
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void everyReadOfTheServerIsInTheFileWithTheRuleThatItsFlagsDemand() throws IOException {
		assertThat(this.commands).containsKeys("GET", "SET", "XREAD");
		Map<String, Rule> reads = new TreeMap<>();
		this.commands.forEach((name, rule) -> {
			if (rule != null) {
				reads.put(name, rule);
			}
		});
		if (!isNamedInTheFile(this.server)) {
			// what a newer server brings goes to its primary until the file knows it
			reads.keySet().retainAll(rulesInFile().keySet());
		}
		assertThat(rulesInFile()).containsAllEntriesOf(reads);
	}

	@Test
	void aServerIsNamedInTheFileByItsNameAndRelease() throws IOException {
		assertThat(isNamedInTheFile(server("redis_version:7.0.99\r\n"))).isTrue();
		assertThat(isNamedInTheFile(server("redis_version:7.2.4\r\nvalkey_version:8.1.99\r\n"))).isTrue();
		assertThat(isNamedInTheFile(server("redis_version:8.4.0\r\n"))).isFalse();
	}

	@Test
	void everyCommandInTheFileThatTheServerKnowsIsARead() throws IOException {
		assertThat(rulesInFile().keySet()).filteredOn(this.commands::containsKey)
			.hasSizeGreaterThan(50)
			.allSatisfy((name) -> assertThat(this.commands.get(name)).as(name).isNotNull());
	}

	@Test
	void theTableIsWhatTheFileSays() throws IOException {
		assertThat(ReadCommands.rules()).isEqualTo(rulesInFile());
	}

	@Test
	void theFileIsSortedAndGivesTheReasonsForItsExceptions() throws IOException {
		List<String> lines = lines();
		assertThat(lines).isSorted();
		OWN_NODE.forEach((name, reason) -> assertThat(lines).contains(name + " primary " + reason));
	}

	private void write() throws IOException {
		TreeSet<String> lines = new TreeSet<>(lines());
		lines.removeIf((line) -> this.commands.containsKey(line.split(" ")[0]));
		this.commands.forEach((name, rule) -> {
			if (rule != null) {
				String word = rule.name().replace('_', '-').toLowerCase(Locale.ROOT);
				lines.add((name + " " + word + " " + OWN_NODE.getOrDefault(name, "")).strip());
			}
		});
		List<String> content = new ArrayList<>(Files.readAllLines(FILE).stream().filter(this::isComment).toList());
		content.addAll(lines);
		Files.write(FILE, content);
	}

	private static String server(String info) {
		Matcher valkey = Pattern.compile("valkey_version:(\\d+\\.\\d+)").matcher(info);
		Matcher redis = Pattern.compile("redis_version:(\\d+\\.\\d+)").matcher(info);
		return valkey.find() ? "Valkey " + valkey.group(1) : redis.find() ? "Redis " + redis.group(1) : info;
	}

	private boolean isNamedInTheFile(String server) throws IOException {
		try (Stream<String> lines = Files.lines(FILE)) {
			return lines.filter(this::isComment).anyMatch((line) -> line.contains(server + "."));
		}
	}

	private Map<String, Rule> rulesInFile() throws IOException {
		Map<String, Rule> rules = new TreeMap<>();
		for (String line : lines()) {
			String[] words = line.split(" ");
			rules.put(words[0], Rule.valueOf(words[1].replace('-', '_').toUpperCase(Locale.ROOT)));
		}
		return rules;
	}

	private List<String> lines() throws IOException {
		try (Stream<String> lines = Files.lines(FILE)) {
			return lines.filter((line) -> !isComment(line)).toList();
		}
	}

	private boolean isComment(String line) {
		return line.startsWith("#");
	}

	/**
	 * A command as a server describes it in its answer to {@code COMMAND}.
	 */
	private record ServerCommand(String name, List<String> flags, long firstKey) {

		static ServerCommand of(List<?> description) {
			return new ServerCommand(text(description.get(0)).toUpperCase(Locale.ROOT),
					((List<?>) description.get(2)).stream().map(ServerCommand::text).toList(),
					(Long) description.get(3));
		}

		// which commands a module brings depends on the server that it is loaded into
		boolean belongsToAModule() {
			return this.name.contains(".") || this.flags.contains("module");
		}

		@Nullable Rule rule() {
			if (!this.flags.contains("readonly")) {
				return null;
			}
			if (OWN_NODE.containsKey(this.name) || (this.firstKey == 0 && !this.flags.contains("movablekeys"))) {
				return Rule.PRIMARY;
			}
			if (this.flags.contains("blocking")) {
				return Rule.UNLESS_BLOCKING;
			}
			if (this.name.equals("HGETALL")) {
				return Rule.UNLESS_SHADOW_COPY;
			}
			if (this.flags.contains("movablekeys") && this.name.startsWith("SORT")) {
				return Rule.UNLESS_PATTERNS;
			}
			return this.flags.contains("no_mandatory_keys") ? Rule.IF_KEYED : Rule.REPLICA;
		}

		private static String text(Object value) {
			return (value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.US_ASCII) : value.toString();
		}

	}

}
