package io.lagwise.compatibility;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ReadFrom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@WithReplicatedRedis(replicas = 2, sentinels = 3, downAfterMillis = 30_000)
class CompatibilityIntegrationTests {

	private static final Duration DELAY = Duration.ofMillis(20);

	private static final Coverage COVERAGE = new Coverage();

	private static ReplicatedRedis single;

	private static LettuceConnectionFactory truth;

	private final ReplicatedRedis redis;

	CompatibilityIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeAll
	static void startSingleServer() {
		single = ReplicatedRedis.builder().replicas(0).sentinels(0).topology(Topology.STANDALONE).start();
		truth = started(new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(single.primary().host(), single.primary().port()), client()));
	}

	@AfterAll
	static void stopSingleServer() {
		truth.destroy();
		single.close();
	}

	@Test
	void smoke() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, DELAY));
		if (!Boolean.getBoolean("skip"))
			report("connections", (subject) -> Suite.ofRandomCalls(subject, "blocking", CommandGroup.OF_CONNECTIONS,
					Style.ofConnections(), 4));
		report("reactive connections", (subject) -> Suite.ofRandomCalls(subject, "reactive",
				CommandGroup.OF_REACTIVE_CONNECTIONS, Style.ofReactiveConnections(), 4));
		report("templates", (subject) -> Suite.ofRandomCalls(subject, "template", CommandGroup.OF_TEMPLATES,
				Style.ofTemplates(), 3));
		report("reactive templates", (subject) -> Suite.ofRandomCalls(subject, "reactive template",
				CommandGroup.OF_REACTIVE_TEMPLATES, Style.ofReactiveTemplates(), 4));
		report("scenarios of connections", (subject) -> Suite.ofScenarios(subject, ConnectionScenarios.all()));
		report("scenarios of templates", (subject) -> Suite.ofScenarios(subject, TemplateScenarios.all()));
		report("reactive scenarios", (subject) -> Suite.ofScenarios(subject, ReactiveScenarios.all()));
		report("servers", (subject) -> Suite.ofScenarios(subject, ServerScenarios.all()));
		System.out.println("covered " + COVERAGE.answered());
		System.out.println("unknown to the server " + String.join("\n  ", COVERAGE.unknownToTheServer()));
		System.out.println("missing " + String.join("\n  ", COVERAGE.missing(CommandGroup.types())));
	}

	private void report(String name, Function<Subject, Suite> suite) {
		long start = System.nanoTime();
		Map<String, Transcript> truths = suite.apply(new Subject("truth", truth, COVERAGE)).concurrently();
		Map<String, Long> times = new TreeMap<>();
		times.put("truth", (System.nanoTime() - start) / 1_000_000);
		LettuceConnectionFactory plain = plain();
		LettuceConnectionFactory primary = lagwise(ReadRequirement.primary());
		LettuceConnectionFactory consistent = lagwise(ReadRequirement.consistent());
		for (Subject subject : List.of(new Subject("plain", plain, new Coverage()),
				new Subject("prima", primary, new Coverage()), new Subject("consi", consistent, new Coverage()))) {
			this.redis.resetStatistics();
			start = System.nanoTime();
			Map<String, Transcript> transcripts = suite.apply(subject).concurrently();
			long time = (System.nanoTime() - start) / 1_000_000;
			int lines = 0;
			int differing = 0;
			int different = 0;
			for (Map.Entry<String, Transcript> entry : truths.entrySet()) {
				List<String> differences = transcripts.get(entry.getKey()).differences(entry.getValue());
				lines += entry.getValue().size();
				different += differences.size();
				differing += differences.isEmpty() ? 0 : 1;
				if (!subject.name().equals("plain")) {
					differences.stream()
						.limit(5)
						.forEach((difference) -> System.out.println("DIFF " + subject.name() + " " + entry.getKey()
								+ " " + difference + "\nTRUTH\n" + entry.getValue()
									.upTo(Integer.parseInt(difference.replaceAll("(?s)line (\\d+).*", "$1")), 8)));
				}
			}
			System.out.println("SUMMARY " + name + " " + subject.name() + ": " + lines + " lines, " + different
					+ " differ in " + differing + " of " + truths.size() + " transcripts, " + time + " ms, primary "
					+ this.redis
						.commandsServed(this.redis.primary(), "GET", "HGET", "ZRANGE", "LRANGE", "SMEMBERS", "ZSCORE")
					+ " replicas "
					+ this.redis.replicas()
						.stream()
						.mapToLong((replica) -> this.redis.commandsServed(replica, "GET", "HGET", "ZRANGE", "LRANGE",
								"SMEMBERS", "ZSCORE"))
						.sum());
		}
		System.out.println(times);
		plain.destroy();
		primary.destroy();
		consistent.destroy();
	}

	private RedisSentinelConfiguration sentinels() {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(this.redis.masterName());
		this.redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return configuration;
	}

	private LettuceConnectionFactory plain() {
		return started(new LettuceConnectionFactory(sentinels(),
				LettuceClientConfiguration.builder()
					.commandTimeout(Duration.ofSeconds(10))
					.readFrom(ReadFrom.REPLICA_PREFERRED)
					.build()));
	}

	private LettuceConnectionFactory lagwise(ReadRequirement requirement) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinels(), client());
		factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withDefaultRequirement(requirement)
			.withConsistencyMaxWait(Duration.ofMillis(200))
			.withAttemptTimeout(Duration.ofSeconds(5))
			.withMaxLag(Duration.ZERO)
			.withRampUp(Duration.ZERO));
		started(factory);
		await().atMost(Duration.ofSeconds(30)).until(() -> factory.getReadableReplicas().size() == 2);
		return factory;
	}

	private static LettuceClientConfiguration client() {
		return LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(10)).build();
	}

	private static <F extends LettuceConnectionFactory> F started(F factory) {
		factory.afterPropertiesSet();
		return factory;
	}

}
