"""A stack file that describes what exists."""

from __future__ import annotations

from collections.abc import Callable

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.lifecycle.importers.found.access import add_access, add_pod_identity
from eks_blueprints.lifecycle.importers.found.addons import add_addons
from eks_blueprints.lifecycle.importers.found.cluster import add_cluster
from eks_blueprints.lifecycle.importers.found.draft import Draft, begin
from eks_blueprints.lifecycle.importers.found.model import CLUSTER, Found, Holdings
from eks_blueprints.lifecycle.importers.found.network import add_network
from eks_blueprints.lifecycle.importers.found.nodes import add_fargate, add_managed_nodes
from eks_blueprints.lifecycle.importers.found.self_managed import add_self_managed
from eks_blueprints.lifecycle.importers.found.shapes import check_shapes

_PARTS: tuple[Callable[[Draft], None], ...] = (
    add_network,
    add_cluster,
    add_access,
    add_pod_identity,
    add_managed_nodes,
    add_self_managed,
    add_fargate,
    add_addons,
)
"""In the order of a stack file."""


def drafted(holdings: Holdings, cluster: str | None = None) -> Draft:
    """The stack file of a cluster and what belongs to it.

    Args:
        holdings: what was found.
        cluster: name of the cluster. Default: the only one.

    Raises:
        InputError: if there is no such cluster, there are several and none is named, or what was read has not the
            shapes that resources have.
    """
    check_shapes(holdings)
    found = _cluster(holdings, cluster)
    draft = begin(holdings, found)
    arn = str(found.get("arn", "")).split(":")
    if len(arn) < 6:
        raise InputError([Problem((), f"the cluster {draft.name} has no ARN; got {found.place}", holdings.source)])
    draft.data["region"] = arn[3]
    draft.data["account"] = {"id": arn[4]}
    for add in _PARTS:
        add(draft)
    draft.data["core_addons"] = []
    for group in ("compute", "addons"):
        if not draft.data.get(group):
            draft.data.pop(group, None)
    return draft


def _cluster(holdings: Holdings, named: str | None) -> Found:
    every = list(holdings.of(CLUSTER))
    names = sorted(str(each.get("name")) for each in every)
    if named is not None:
        ours = [each for each in every if each.get("name") == named]
        if len(ours) > 1:
            got = ", ".join(f"{each.get('arn', 'one without an ARN')} ({each.place})" for each in ours)
            do = "their nodes and add-ons cannot be told apart by its name; give a state that holds one of them alone"
            raise InputError([Problem((), f"holds several clusters of one name; got {got}; {do}", holdings.source)])
        if ours:
            return ours[0]
        do = f"known are {', '.join(names)}" if names else "there is none"
        raise InputError([Problem((), f"holds no cluster of that name; got {shown(named)}; {do}", holdings.source)])
    if not every:
        do = "name the state of the root or the stack that made the cluster"
        raise InputError(
            [Problem((), f"holds no cluster; got {len(holdings.resources)} other resources; {do}", holdings.source)]
        )
    if len(set(names)) == 1 < len(every):
        return _cluster(holdings, names[0])
    if len(every) > 1:
        do = "name one of them with --cluster, and import each into a stack file of its own"
        raise InputError([Problem((), f"holds several clusters; got {', '.join(names)}; {do}", holdings.source)])
    return every[0]
