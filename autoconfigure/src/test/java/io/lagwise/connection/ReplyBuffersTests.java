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

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplyBuffers}.
 */
class ReplyBuffersTests {

	@Test
	void aBufferThatIsGivenBackIsTakenAgainWithoutItsContent() {
		ByteBuf buffer = ReplyBuffers.take();
		buffer.writeLong(1).readByte();
		ReplyBuffers.giveBack(buffer);
		assertThat(ReplyBuffers.take()).isSameAs(buffer).returns(false, ByteBuf::isReadable);
	}

	@Test
	void repliesThatAreUnderWayTogetherHaveBuffersOfTheirOwn() {
		ByteBuf first = ReplyBuffers.take();
		ByteBuf second = ReplyBuffers.take();
		assertThat(second).isNotSameAs(first);
		ReplyBuffers.giveBack(first);
		ReplyBuffers.giveBack(second);
		assertThat(ReplyBuffers.take()).isSameAs(second);
		assertThat(ReplyBuffers.take()).isNotSameAs(first).isNotSameAs(second);
	}

	@Test
	void aLargeBufferIsNotKept() {
		ByteBuf buffer = ReplyBuffers.take();
		buffer.writeZero(1 << 20);
		ReplyBuffers.giveBack(buffer);
		assertThat(ReplyBuffers.take()).isNotSameAs(buffer);
	}

	@Test
	void eachThreadHasItsOwn() throws InterruptedException {
		ByteBuf buffer = ReplyBuffers.take();
		Thread other = new Thread(() -> ReplyBuffers.giveBack(buffer));
		other.start();
		other.join();
		assertThat(ReplyBuffers.take()).isNotSameAs(buffer);
	}

}
