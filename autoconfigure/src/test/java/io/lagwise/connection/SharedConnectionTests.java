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

import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SharedConnection}.
 */
@SuppressWarnings("unchecked")
class SharedConnectionTests {

	private final StatefulRedisConnection<byte[], byte[]> old = mock();

	private final StatefulRedisConnection<byte[], byte[]> current = mock();

	private final SharedConnection shared = new SharedConnection();

	@Test
	void remembersWhatItHasBeenGiven() {
		assertThat(this.shared.get()).isNull();
		assertThat(this.shared.obtain(() -> this.old)).isSameAs(this.old);
		assertThat(this.shared.get()).isSameAs(this.old);
	}

	@Test
	void forgetsWhatIsReplacedBeforeAndAfterThat() {
		this.shared.obtain(() -> this.old);
		this.shared.replace(() -> {
			assertThat(this.shared.get()).isNull();
			this.shared.obtain(() -> this.old);
		});
		assertThat(this.shared.get()).isNull();
	}

	@Test
	void forgetsAlsoIfReplacingFails() {
		this.shared.obtain(() -> this.old);
		assertThatIllegalStateException().isThrownBy(() -> this.shared.replace(() -> {
			this.shared.obtain(() -> this.old);
			throw new IllegalStateException("expected");
		}));
		assertThat(this.shared.get()).isNull();
	}

	@Test
	void whatMayHaveBeenReplacedWhileItWasAskedForIsNotRemembered() {
		assertThat(this.shared.obtain(() -> {
			this.shared.replace(() -> {
			});
			return this.old;
		})).isSameAs(this.old);
		assertThat(this.shared.get()).isNull();
		assertThat(this.shared.obtain(() -> this.current)).isSameAs(this.current);
	}

}
