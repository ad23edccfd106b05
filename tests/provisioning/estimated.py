"""What Cluster Autoscaler 1.36.1 said of generated cases, and where the library says otherwise.

`estimated.json` has, for each case and group, the kinds of pods that a new node would take, how many nodes they need,
and which pods these take; and which groups each expander leaves. It is what `BinpackingNodeEstimator` and the expanders
answered to the objects of `asked.Case.objects`.
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
            ours = [takes, found.nodes, sorted(pod.name for pod in found.pods)]
            if ours != list(theirs["groups"][group.name]):
                yield f"case {number}, {group.name}: {ours}, not {theirs['groups'][group.name]}"
            if found.nodes:
                options.append(Option(group, found, taken))
        for name, best in theirs["best"].items():
            names = sorted(each.group.name for each in left(options, name)) if options else []
            if names != best:
                yield f"case {number}, {name}: {names}, not {best}"
