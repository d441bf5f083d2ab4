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

import java.util.List;
import java.util.Map;

/**
 * Prepares servers that are run in one way.
 */
interface ServerLauncher extends AutoCloseable {

	/**
	 * The name of the configuration file, in the working directory of the server.
	 */
	String CONFIGURATION = "server.conf";

	/**
	 * The folder below the working directory in which the server keeps its data.
	 */
	String DATA = "data";

	/**
	 * Prepare a server, which is not started yet.
	 * @param name the name of the node
	 * @param files the files it finds in its working directory, by name
	 * @param options command line options that follow the configuration file
	 * @return the server
	 */
	ServerProcess prepare(String name, Map<String, String> files, List<String> options);

	@Override
	void close();

}
