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
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.lagwise.context.InvalidSessionTokenException;

import org.springframework.util.Assert;

/**
 * Tokens of 54 bytes: version, expiry, replication ID and offset, and over all of them a
 * signature.
 */
final class SignedSessionTokens implements SessionTokens {

	private static final String ALGORITHM = "HmacSHA256";

	private static final int VERSION = 1;

	private static final int EXPIRY_BITS = 56;

	private static final int ID_LENGTH = 20;

	private static final int CONTENT_LENGTH = Long.BYTES + ID_LENGTH + Long.BYTES;

	// 54 bytes are 72 characters without a bit to spare: no two texts are the same token
	private static final int SIGNATURE_LENGTH = 18;

	private static final int TEXT_LENGTH = (CONTENT_LENGTH + SIGNATURE_LENGTH) / 3 * 4;

	private final SecretKeySpec key;

	private final Duration timeToLive;

	private final Clock clock;

	SignedSessionTokens(String secret, Duration timeToLive, Clock clock) {
		Assert.isTrue(secret.length() >= LEAST_SECRET_LENGTH,
				() -> "'secret' must have at least " + LEAST_SECRET_LENGTH + " characters");
		Assert.isTrue(timeToLive.toSeconds() > 0, "'timeToLive' must be at least one second");
		this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
		this.timeToLive = timeToLive;
		this.clock = clock;
	}

	@Override
	public String sign(HistoryPosition position) {
		byte[] id = HexFormat.of().parseHex(position.replicationId());
		Assert.isTrue(id.length == ID_LENGTH, "'replicationId' must have 40 digits");
		long expiry = this.clock.instant().plus(this.timeToLive).getEpochSecond();
		ByteBuffer token = ByteBuffer.allocate(CONTENT_LENGTH + SIGNATURE_LENGTH)
			.putLong(((long) VERSION << EXPIRY_BITS) | expiry)
			.put(id)
			.putLong(position.offset());
		token.put(signature(token.array()));
		return Base64.getUrlEncoder().encodeToString(token.array());
	}

	@Override
	public HistoryPosition verify(String token) {
		byte[] bytes = decode(token);
		ByteBuffer content = ByteBuffer.wrap(bytes);
		long versionAndExpiry = content.getLong();
		if (versionAndExpiry >>> EXPIRY_BITS != VERSION) {
			throw new InvalidSessionTokenException("The session token is malformed: its version is not known");
		}
		if (!MessageDigest.isEqual(signature(bytes), Arrays.copyOfRange(bytes, CONTENT_LENGTH, bytes.length))) {
			throw new InvalidSessionTokenException(
					"The signature of the session token is wrong: it was signed with another secret, or changed");
		}
		Instant expiry = Instant.ofEpochSecond(versionAndExpiry & ((1L << EXPIRY_BITS) - 1));
		if (!this.clock.instant().isBefore(expiry)) {
			throw new InvalidSessionTokenException("The session token expired at " + expiry);
		}
		byte[] id = new byte[ID_LENGTH];
		content.get(id);
		return new HistoryPosition(HexFormat.of().formatHex(id), content.getLong());
	}

	private static byte[] decode(String token) {
		if (token.length() != TEXT_LENGTH || token.endsWith("=")) {
			throw new InvalidSessionTokenException(
					"The session token is malformed: it is not of " + TEXT_LENGTH + " characters without padding");
		}
		try {
			return Base64.getUrlDecoder().decode(token);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSessionTokenException(
					"The session token is malformed: it has characters that are not those of base64url");
		}
	}

	private byte[] signature(byte[] token) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			mac.update(token, 0, CONTENT_LENGTH);
			return Arrays.copyOf(mac.doFinal(), SIGNATURE_LENGTH);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ALGORITHM + " is part of every Java platform", ex);
		}
	}

}
