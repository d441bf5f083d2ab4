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

package io.lagwise.benchmarks.scaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Control groups with one process each. They are gone when this is closed, and when the
 * JVM ends before.
 */
final class CpuGroups implements AutoCloseable {

	private final CpuControl control;

	private final CpuSlice slice;

	private final List<Path> groups = new ArrayList<>();

	private final Thread hook = new Thread(this::remove, "remove-control-groups");

	CpuGroups(CpuControl control, CpuSlice slice) {
		this.control = control;
		this.slice = slice;
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Hold a process to its slice from now on.
	 * @return the group it is in
	 */
	synchronized Path add(String name, long pid) throws IOException {
		Path group = this.control.root().resolve("lagwise-scaling-" + ProcessHandle.current().pid() + "-" + name);
		try {
			Files.createDirectory(group);
			this.groups.add(group);
			this.control.limit(group, this.slice);
			Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
			return group;
		}
		catch (IOException ex) {
			throw new IOException(
					"The control group " + group
							+ " could not be set up, which takes root (in a container: --privileged --cgroupns=host)",
					ex);
		}
	}

	long throttledNanos(Path group) throws IOException {
		return this.control.throttledNanos(group);
	}

	@Override
	public void close() {
		remove();
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// the JVM is ending, and the hook has nothing left to do
		}
	}

	private synchronized void remove() {
		this.groups.forEach(this::remove);
		this.groups.clear();
	}

	private void remove(Path group) {
		try {
			// a group with processes cannot be removed, and servers outlive shutdown
			// hooks
			for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
				release(pid);
			}
			Files.delete(group);
		}
		catch (IOException ex) {
			System.err.println("The control group " + group + " is left behind: " + ex);
		}
	}

	private void release(String pid) {
		try {
			Files.writeString(this.control.root().resolve("cgroup.procs"), pid);
		}
		catch (IOException ex) {
			// it has ended meanwhile
		}
	}

}
