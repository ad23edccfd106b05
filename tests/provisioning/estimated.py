"""What Cluster Autoscaler 1.36.1 said of generated cases, and where the library says otherwise.

`estimated.json` has, for each case and group, the kinds of pods that a new node would take, how many nodes they need,
and how many pods of each kind these take; and which groups each expander leaves. It is what `BinpackingNodeEstimator`
and the expanders answered to the objects of `asked.Case.objects`, 24 times. For 15 of the 909 groups they answered in
several ways, as they look at nodes in the order of a Go map; each of these is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.provisioning.autoscaler.estimator import estimate, excluded
from eks_blueprints.provisioning.autoscaler.expanders import Option, left
from eks_blueprints.provisioning.group_nodes import zones_of

from . import asked

CASES = 300
ESTIMATED = Path(__file__).with_name("estimated.json")


def estimated_apart(said: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Each group, and each expander, of which the library says otherwise."""
    for number, theirs in said.items():
        case = asked.case(int(number))
        cluster, kinds = case.cluster(), case.pods()
        daemons = [(each["metadata"]["name"], asked.shape(each)) for each in case.daemons]
        options = []
        for group, room in case.makers():
            zone = zones_of(group)[0]
            why = excluded(kinds, group, zone, cluster, daemons)
            takes = [index for index, each in enumerate(why) if each is None]
            taken = [kinds[index] for index in takes]
            found = estimate(taken, group, zone, cluster, daemons, room=room)
            names = {pod.name for pod in found.pods}
            ours = [takes, found.nodes, [sum(pod.name in names for pod in kind) for kind in kinds]]
            if ours not in theirs["groups"][group.name]:
                yield f"case {number}, {group.name}: {ours}, not {theirs['groups'][group.name]}"
            if found.nodes:
                options.append(Option(group, found, taken))
        for name, best in theirs["best"].items():
            kept = sorted(each.group.name for each in left(options, name)) if options else []
            if kept not in best:
                yield f"case {number}, {name}: {kept}, not {best}"
