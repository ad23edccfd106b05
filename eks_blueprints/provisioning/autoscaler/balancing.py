"""Groups that are alike but for their zone, and how nodes are shared among them (`--balance-similar-node-groups`).

Labels that `--balancing-ignore-label` names are not known here. Source: processors/nodegroupset/compare_nodegroups.go,
aws_nodegroups.go and balancing_processor.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eks_blueprints.provisioning.group_nodes import Daemons, daemon_pods, node_of, zones_of
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import MEMORY, Amounts, added
from eks_blueprints.scheduling.selectors import Labels

IGNORED = frozenset(
    {
        "kubernetes.io/hostname",
        "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "beta.kubernetes.io/fluentd-ds-ready",
        "kops.k8s.io/instancegroup",
        "alpha.eksctl.io/instance-id",
        "alpha.eksctl.io/nodegroup-name",
        "eks.amazonaws.com/nodegroup",
        "k8s.amazonaws.com/eniConfig",
        "lifecycle",
        "topology.ebs.csi.aws.com/zone",
        "topology.k8s.aws/zone-id",
    }
)
"""Labels in which groups that are alike may differ."""
_MEMORY_APART, _APART = 0.015, 0.05
"""How much less memory one may have, and how much less of what pods can use: the defaults of the two ratios."""


def similar(one: Group, other: Group, daemons: Daemons) -> bool:
    """Whether two groups are alike but for their zone."""
    first, second = one.machines[0].capacity, other.machines[0].capacity
    if first.keys() != second.keys() or any(
        not _near(first[name], second[name], _MEMORY_APART) if name == MEMORY else first[name] != second[name]
        for name in first
    ):
        return False
    nodes = [node_of(each, each.machines[0], zones_of(each)[0], "new") for each in (one, other)]
    free = [_free(each.allocatable, [pod.shape.requests for pod in daemon_pods(each, daemons)]) for each in nodes]
    within = all(_alike(*pair) for pair in ((nodes[0].allocatable, nodes[1].allocatable), (free[0], free[1])))
    return within and _told(nodes[0].labels) == _told(nodes[1].labels)


def shared(groups: Sequence[Group], sizes: Mapping[str, int], more: int) -> dict[str, int]:
    """How many nodes more each of some groups gets: always the smallest, and none above its maximum.

    Args:
        groups: The groups that are alike, that which was chosen first.
        sizes: How many nodes each has, by name.
        more: How many come; fewer do where the groups have no room for them.
    """
    new = {each.name: sizes[each.name] for each in groups}
    order = sorted(groups, key=lambda each: sizes[each.name])
    for _ in range(more):
        open_groups = [each for each in order if new[each.name] < each.most]
        if not open_groups:
            break
        new[min(open_groups, key=lambda each: new[each.name]).name] += 1
    return {name: size - sizes[name] for name, size in new.items() if size > sizes[name]}


def _near(one: int, other: int, ratio: float) -> bool:
    return abs(one - other) <= max(one, other) * ratio


def _alike(one: Amounts, other: Amounts) -> bool:
    return one.keys() == other.keys() and all(_near(one[name], other[name], _APART) for name in one)


def _free(room: Amounts, used: Sequence[Amounts]) -> Amounts:
    total: Amounts = {}
    for each in used:
        total = added(total, each)
    return {name: room.get(name, 0) - total.get(name, 0) for name in room}


def _told(labels: Labels) -> Labels:
    return {key: value for key, value in labels.items() if key not in IGNORED}
