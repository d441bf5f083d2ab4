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

package io.lagwise.consistency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.lagwise.context.InvalidSessionTokenException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a token of a session keeps, and what it does not let pass.
 */
class SessionTokensTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static final String ID = "4224b922941d3e1986b7e96d28add8c33a24bb79";

	private static final HistoryPosition POSITION = new HistoryPosition(ID, 10_588);

	private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

	private static final Duration HOUR = Duration.ofHours(1);

	private final SessionTokens tokens = at(NOW);

	@ParameterizedTest
	@CsvSource({ ID + ", 10588", ID + ", 0", ID + ", -1", ID + ", 9223372036854775807",
			"0000000000000000000000000000000000000000, 1", "ffffffffffffffffffffffffffffffffffffffff, 1" })
	void positionSurvives(String replicationId, long offset) {
		HistoryPosition position = new HistoryPosition(replicationId, offset);
		assertThat(this.tokens.verify(this.tokens.sign(position))).isEqualTo(position);
	}

	@Test
	void contentHasLessThan64BytesAndIsSafeInUrls() {
		String token = this.tokens.sign(POSITION);
		assertThat(token).matches("[A-Za-z0-9_-]{72}");
		assertThat(Base64.getUrlDecoder().decode(token)).hasSizeLessThanOrEqualTo(64);
	}

	@Test
	void formatStaysWhatItIs() {
		assertThat(this.tokens.sign(POSITION))
			.isEqualTo("AQAAAGlWb9BCJLkilB0-GYa36W0ordjDOiS7eQAAAAAAAClcY2ve9NE1xC7rTSxRe9DabsNn");
	}

	@Test
	void anotherInstanceWithTheSameSecretVerifiesIt() {
		assertThat(at(NOW).verify(this.tokens.sign(POSITION))).isEqualTo(POSITION);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0123456789abcdef0123456789abcdeF", "another-secret-of-32-characters-",
			"0123456789abcdef0123456789abcdef0" })
	void tokenOfAnotherSecretIsRefused(String secret) {
		String token = SessionTokens.hmacSha256(secret, HOUR, clock(NOW)).sign(POSITION);
		assertThatExceptionOfType(InvalidSessionTokenException.class).isThrownBy(() -> this.tokens.verify(token))
			.withMessageContaining("signature")
			.withMessageContaining("another secret");
	}

	@Test
	void everyFlippedBitIsNoticed() {
		byte[] token = Base64.getUrlDecoder().decode(this.tokens.sign(POSITION));
		for (int bit = 0; bit < token.length * 8; bit++) {
			byte[] changed = token.clone();
			changed[bit / 8] ^= (byte) (1 << (bit % 8));
			assertThatRefused(encode(changed)).as("bit " + bit)
				.hasMessageContaining((bit < 8) ? "version is not known" : "signature");
		}
	}

	@Test
	void everyChangedCharacterIsNoticed() {
		String token = this.tokens.sign(POSITION);
		for (int i = 0; i < token.length(); i++) {
			for (char other : "AZaz09_-".toCharArray()) {
				if (token.charAt(i) != other) {
					assertThatRefused(token.substring(0, i) + other + token.substring(i + 1)).as(i + " " + other)
						.isNotNull();
				}
			}
		}
	}

	@ParameterizedTest
	@MethodSource("malformedTokens")
	void malformedTokenIsRefused(String token) {
		assertThatRefused(token).hasMessageStartingWith("The session token is malformed: ");
	}

	static Stream<String> malformedTokens() {
		String token = at(NOW).sign(POSITION);
		Stream<String> truncated = IntStream.range(0, token.length()).mapToObj((length) -> token.substring(0, length));
		return Stream.concat(truncated,
				Stream.of(token + "A", token + "=", token + token, " " + token.substring(1), "=" + token.substring(1),
						token.substring(0, 71) + "+", token.substring(0, 71) + "/", token.substring(0, 71) + "=",
						token.substring(0, 70) + "==", "ä" + token.substring(1), "\u0000".repeat(72)));
	}

	@Test
	void tokenOfAnotherVersionIsRefusedThoughItsSignatureIsRight() throws Exception {
		for (int version : List.of(0, 2, 127, 255)) {
			ByteBuffer token = ByteBuffer.wrap(Base64.getUrlDecoder().decode(this.tokens.sign(POSITION)));
			token.put(0, (byte) version);
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			mac.update(token.array(), 0, 36);
			token.put(36, Arrays.copyOf(mac.doFinal(), 18));
			assertThatRefused(encode(token.array())).hasMessageContaining("version is not known");
		}
	}

	@Test
	void tokenIsGoodUntilItExpires() {
		String token = this.tokens.sign(POSITION);
		assertThat(at(NOW.plus(HOUR).minusNanos(1)).verify(token)).isEqualTo(POSITION);
		for (Instant later : List.of(NOW.plus(HOUR), NOW.plus(HOUR).plusNanos(1), NOW.plus(Duration.ofDays(10_000)))) {
			assertThatExceptionOfType(InvalidSessionTokenException.class).isThrownBy(() -> at(later).verify(token))
				.withMessage("The session token expired at 2026-01-01T13:00:00Z");
		}
	}

	@Test
	void tokenNeverLivesLongerThanItMay() {
		String token = at(NOW.plusMillis(999)).sign(POSITION);
		assertThatExceptionOfType(InvalidSessionTokenException.class)
			.isThrownBy(() -> at(NOW.plusMillis(999).plus(HOUR)).verify(token));
	}

	@Test
	void expiryOfAForgedTokenIsNotTold() {
		byte[] token = Base64.getUrlDecoder().decode(this.tokens.sign(POSITION));
		token[token.length - 1] ^= 1;
		assertThatExceptionOfType(InvalidSessionTokenException.class)
			.isThrownBy(() -> at(NOW.plus(HOUR)).verify(encode(token)))
			.withMessageContaining("signature");
	}

	@Test
	void messagesShowNeitherTokenNorSecret() {
		String token = SessionTokens.hmacSha256("another-secret-of-32-characters-", HOUR, clock(NOW)).sign(POSITION);
		assertThatRefused(token).message().doesNotContain(token, SECRET);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SessionTokens.hmacSha256(SECRET.substring(1), HOUR, clock(NOW)))
			.withMessage("'secret' must have at least 32 characters");
		assertThat(this.tokens.toString()).doesNotContain(SECRET);
	}

	@Test
	void timeToLiveIsASecondAtLeast() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SessionTokens.hmacSha256(SECRET, Duration.ofMillis(999), clock(NOW)))
			.withMessageContaining("timeToLive");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?", "4224b922", ID + "00", "xyz4b922941d3e1986b7e96d28add8c33a24bb79" })
	void positionInNoHistoryOfRedisIsNotSigned(String replicationId) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tokens.sign(new HistoryPosition(replicationId, 1)));
	}

	private AbstractThrowableAssert<?, ? extends Throwable> assertThatRefused(String token) {
		return assertThatThrownBy(() -> this.tokens.verify(token)).isInstanceOf(InvalidSessionTokenException.class);
	}

	private static SessionTokens at(Instant now) {
		return SessionTokens.hmacSha256(SECRET, HOUR, clock(now));
	}

	private static Clock clock(Instant now) {
		return Clock.fixed(now, ZoneOffset.UTC);
	}

	private static String encode(byte[] token) {
		return Base64.getUrlEncoder().encodeToString(token);
	}

}
