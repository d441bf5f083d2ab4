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

package io.lagwise.replication;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;

/**
 * Knows which names lead to one node: those under which one process answers.
 * <p>
 * Servers, Sentinels and users name one node by a host name, by its address, or by one
 * that leads to it from elsewhere. A name is kept for each node: one that answers, if
 * possible that of the primary in charge so far, then one that the user has configured.
 * Any other is looked at until it has answered, and again when the node is silent or
 * another process has taken its place. Until that is known it counts as the same node,
 * but proves nothing of it.
 * <p>
 * Changed by one thread, asked by all.
 */
public final class NodeIdentities {

	private final Set<NodeAddress> configured;

	private final Map<NodeAddress, String> runIds = new HashMap<>();

	private final Map<NodeAddress, NodeAddress> aliases = new HashMap<>();

	private final Set<NodeAddress> inQuestion = new TreeSet<>(NodeAddress.ORDER);

	private Set<NodeAddress> listed = Set.of();

	private volatile Map<NodeAddress, NodeAddress> proven = Map.of();

	/**
	 * Create identities of which nothing is known yet.
	 * @param configured the names that the user has configured
	 */
	public NodeIdentities(Collection<NodeAddress> configured) {
		this.configured = Set.copyOf(configured);
	}

	/**
	 * Learn from what the nodes say.
	 * @param members the names of the nodes that belong together, each kept for one
	 * @param primary the primary in charge so far
	 * @param observations what is known of every name that is looked at
	 */
	public void learn(Set<NodeAddress> members, @Nullable NodeAddress primary,
			Map<NodeAddress, NodeObservation> observations) {
		observations.forEach((name, observation) -> {
			if (observation.runId() != null) {
				this.runIds.put(name, observation.runId());
			}
		});
		this.aliases.entrySet().removeIf((alias) -> isDisproven(alias.getKey(), alias.getValue(), observations));
		namesByProcess(members).values().forEach((names) -> unite(names, primary, observations));
		question(members, observations);
		Map<NodeAddress, NodeAddress> proven = new HashMap<>(this.aliases);
		proven.entrySet().removeIf((alias) -> !isSameProcess(alias.getKey(), alias.getValue()));
		this.proven = Map.copyOf(proven);
	}

	/**
	 * Return the name that is kept for a node.
	 * @param name any name of it
	 * @return the name that is kept
	 */
	public NodeAddress kept(NodeAddress name) {
		return this.aliases.getOrDefault(name, name);
	}

	/**
	 * Return the name that is kept for a node, where that is proven of the process that
	 * answers now. Called by any thread.
	 * @param name any name of it
	 * @return the name that is kept, or the same name while nothing is proven
	 */
	public NodeAddress proven(NodeAddress name) {
		return this.proven.getOrDefault(name, name);
	}

	/**
	 * Return the names at which one has to look to learn which nodes they lead to.
	 * @return the names
	 */
	public Set<NodeAddress> inQuestion() {
		return this.inQuestion;
	}

	/**
	 * Give every member the name that is kept for it.
	 * @param membership the members under any names
	 * @return the same with each node once
	 */
	public Membership named(Membership membership) {
		this.listed = membership.nodes();
		Set<NodeAddress> nodes = new HashSet<>();
		membership.nodes().forEach((node) -> nodes.add(kept(node)));
		return new Membership((membership.primary() != null) ? kept(membership.primary()) : null, nodes,
				membership.candidates().stream().map(this::kept).collect(Collectors.toSet()));
	}

	/**
	 * Return what is known of the members, with the names that are kept.
	 * @param members the members
	 * @param observations what is known of every name that is looked at
	 * @return what is known of the members
	 */
	public Map<NodeAddress, NodeObservation> named(Set<NodeAddress> members,
			Map<NodeAddress, NodeObservation> observations) {
		Map<NodeAddress, NodeObservation> named = new HashMap<>();
		observations.forEach((name, observation) -> {
			boolean member = members.contains(name) || this.aliases.containsValue(name);
			if (member && !this.aliases.containsKey(name)) {
				named.put(name, observation.renamed(this::kept));
			}
		});
		return named;
	}

	/**
	 * A name is that of another node only if it has answered as another one while the
	 * node that it stood for is known.
	 */
	private boolean isDisproven(NodeAddress alias, NodeAddress kept, Map<NodeAddress, NodeObservation> observations) {
		NodeObservation observation = observations.get(alias);
		NodeObservation ofKept = observations.get(kept);
		return ofKept == null || (observation != null && observation.answers() && !isSameProcess(alias, kept)
				&& ofKept.reachability() == Reachability.ANSWERS);
	}

	private Map<String, List<NodeAddress>> namesByProcess(Set<NodeAddress> members) {
		Map<String, List<NodeAddress>> names = new LinkedHashMap<>();
		this.runIds.keySet()
			.stream()
			.sorted(NodeAddress.ORDER)
			.forEach((name) -> names.computeIfAbsent(this.runIds.get(name), (runId) -> new ArrayList<>()).add(name));
		names.values().removeIf((group) -> group.size() < 2 || group.stream().noneMatch(members::contains));
		return names;
	}

	private void unite(List<NodeAddress> names, @Nullable NodeAddress primary,
			Map<NodeAddress, NodeObservation> observations) {
		NodeAddress kept = names.stream()
			.filter(observations::containsKey)
			.max(Comparator
				.<NodeAddress, Boolean>comparing(
						(name) -> observations.getOrDefault(name, NodeObservation.NONE).answers())
				.thenComparing((name) -> name.equals(primary))
				.thenComparing(this.configured::contains)
				.thenComparing((name) -> !this.aliases.containsKey(name))
				.thenComparing(NodeAddress.ORDER.reversed()))
			.orElse(null);
		if (kept == null) {
			return;
		}
		this.aliases.remove(kept);
		names.stream().filter((name) -> !name.equals(kept)).forEach((name) -> this.aliases.put(name, kept));
		// no name stands for one that stands for another
		this.aliases.replaceAll((name, other) -> this.aliases.getOrDefault(other, other));
	}

	private void question(Set<NodeAddress> members, Map<NodeAddress, NodeObservation> observations) {
		Set<NodeAddress> mentioned = new HashSet<>(members);
		observations.forEach((name, observation) -> {
			if (members.contains(name)) {
				mentioned.addAll(observation.mentions());
			}
		});
		mentioned.addAll(this.listed);
		this.aliases.entrySet()
			.removeIf((alias) -> !mentioned.contains(alias.getKey()) && answers(alias.getValue(), observations));
		this.inQuestion.clear();
		mentioned.stream()
			.filter((name) -> !members.contains(name) && !this.aliases.containsKey(name)
					&& !this.runIds.containsKey(name))
			.forEach(this.inQuestion::add);
		this.aliases.forEach((name, kept) -> {
			if (!isSameProcess(name, kept) || !answers(kept, observations)) {
				this.inQuestion.add(name);
			}
		});
		mentioned.addAll(this.aliases.keySet());
		mentioned.addAll(observations.keySet());
		this.runIds.keySet().retainAll(mentioned);
	}

	private static boolean answers(NodeAddress name, Map<NodeAddress, NodeObservation> observations) {
		return observations.getOrDefault(name, NodeObservation.NONE).answers();
	}

	private boolean isSameProcess(NodeAddress name, NodeAddress other) {
		String runId = this.runIds.get(name);
		return runId != null && runId.equals(this.runIds.get(other));
	}

}
