package io.lagwise.compatibility;

/**
 * Something that an application does with Redis, step by step.
 */
interface Scenario {

	void play(Subject subject, Keys keys, Transcript transcript);

}
