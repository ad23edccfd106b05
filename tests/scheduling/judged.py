"""What kube-scheduler 1.36.3 said of generated clusters, and where the library says otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.preemption import evictions
from eks_blueprints.scheduling.scheduler import best, looked_at
from eks_blueprints.scheduling.scores import scores

from . import contested, generated

CASES = 30
CONTESTED = 150
VERDICTS = Path(__file__).with_name("verdicts.json")
PLACED = Path(__file__).with_name("placed.json")
PREEMPTED = Path(__file__).with_name("preempted.json")
Verdict = tuple[list[str], str]
"""The nodes that are left for a pod, and what the scheduler says of the others."""
_SAME = {"node(s) didn't satisfy plugin(s) [NodeAffinity]": "node(s) didn't match Pod's node affinity/selector"}
"""What it says of nodes that a field of them has excluded before the others are looked at."""
_COUNTED = re.compile(r"(\d+) (.*)")


def compared(verdicts: Mapping[str, Mapping[str, Verdict]]) -> Iterator[str]:
    """Each pod and node of which the library says otherwise."""
    for number, pods in verdicts.items():
        case = generated.case(int(number))
        cluster = case.cluster()
        for pod in case.waiting:
            name = pod["metadata"]["name"]
            left, said = pods[name]
            shape = case.shape(pod)
            ours = {node: exclusion(shape, place, cluster) for node, place in cluster.places.items()}
            for node, found in ours.items():
                if (found is None) != (node in left):
                    yield f"case {number}, {name} on {node}: {found or 'takes it'}; the scheduler says {said}"
            reasons = Counter(word for found in ours.values() if found for word in found.reason.split(", "))
            if (theirs := _reasons(said)) is not None and theirs != reasons:
                yield f"case {number}, {name}: {dict(reasons)}; the scheduler counts {dict(theirs)}"


def _reasons(said: str) -> Counter[str] | None:
    """How often the scheduler gives each reason; None where it speaks of the pod as a whole."""
    listed = said.partition("nodes are available: ")[2].partition(". ")[0].rstrip(".")
    if not _COUNTED.match(listed):
        return None
    found: Counter[str] = Counter()
    for part in listed.split(", "):
        match = _COUNTED.match(part)
        if match and match[2] != "judged":
            found[_SAME.get(match[2], match[2])] += int(match[1])
    return found


def placed_apart(placed: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Each pod that the scheduler put on a node which the library would not have taken."""
    for number, pods in placed.items():
        case = generated.in_turn(int(number))
        cluster = case.cluster()
        for manifest in case.waiting:
            name = manifest["metadata"]["name"]
            pod, at = Pod(name, case.shape(manifest)), pods[name]
            left, _ = looked_at(pod, cluster)
            wanted = [each.node.name for each in best(pod, left, cluster)] if left else [""]
            if at not in wanted:
                scored = dict(zip((e.node.name for e in left), scores(pod.shape, left, cluster), strict=True))
                yield f"case {number}, {name}: {wanted}, not {at or 'none'}; {scored}"
            if at:
                cluster.add(pod, cluster.places[at])


def preempted_apart(preempted: Mapping[str, tuple[str, list[str]]]) -> Iterator[str]:
    """Each case in which the scheduler evicted other pods, or for another node, than the library would have.

    Where several nodes are alike in all that it compares, each of them is right.
    """
    for number, (node, evicted) in preempted.items():
        case = contested.case(int(number))
        cluster, pod = case.cluster(), case.pod(case.waiting)
        left, excluded = looked_at(pod, cluster)
        found = evictions(pod, cluster, excluded, case.allowed())
        ours = {each.place.node.name: sorted(victim.name for victim in each.pods) for each in found}
        agrees = ours.get(node) == evicted if node else not (ours or evicted)
        if left or not agrees:
            yield f"case {number}: {ours or 'none'}, not {evicted} on {node or 'no node'}"
