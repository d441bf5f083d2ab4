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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for loopback that servers show and clients trust, made by the JDK's own
 * {@code keytool}.
 *
 * @param certificate the certificate, which is its own authority, in PEM format
 * @param key its private key in PEM format
 * @param ssl trusts this certificate only
 */
record Certificate(String certificate, String key, SSLContext ssl) {

	private static final String ALIAS = "server";

	private static final String PASSWORD = "lagwise-testkit";

	static Certificate create() {
		Path folder = Folders.createTemporary();
		try {
			return read(generate(folder.resolve("server.p12")));
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException("Could not make a certificate for the servers", ex);
		}
		finally {
			Folders.remove(folder);
		}
	}

	private static Path generate(Path file) throws IOException {
		Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
		Process process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", ALIAS, "-keyalg", "EC",
				"-groupname", "secp256r1", "-validity", "3650", "-dname", "CN=lagwise-testkit", "-ext",
				"san=ip:" + RedisNode.HOST + ",dns:localhost", "-ext", "bc:c=ca:true", "-storetype", "PKCS12",
				"-keystore", file.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (!Files.exists(file)) {
			throw new IOException("keytool said: " + output);
		}
		return file;
	}

	private static Certificate read(Path file) throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD.toCharArray());
		}
		java.security.cert.Certificate certificate = store.getCertificate(ALIAS);
		byte[] key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
		return new Certificate(pem("CERTIFICATE", certificate.getEncoded()), pem("PRIVATE KEY", key),
				trusting(certificate));
	}

	private static SSLContext trusting(java.security.cert.Certificate certificate)
			throws IOException, GeneralSecurityException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry(ALIAS, certificate);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

	private static String pem(String type, byte[] content) {
		String lines = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
		return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, lines, type);
	}

}
