"""Roles and the key of a cluster, and who else uses them: without an answer each stays by its ARN, with a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.lifecycle.importers.account import keys, responses, roles
from eks_blueprints.lifecycle.importers.account.asked import Row, StaysError, client, pages, refusal, unless_refused
from eks_blueprints.lifecycle.importers.found.model import CLUSTER, FARGATE, NODE_GROUP, Found, uses
from eks_blueprints.live.account import code_of

_NODES = frozenset({"nodeRoleArn", "computeConfig.nodeRoleArn"})


@dataclass(slots=True)
class Belongings:
    """What was read of roles and keys."""

    rows: list[Row] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    """Place, and why it stays by its ARN."""
    users: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Who else uses each, by its ARN."""


def belongings(session: Any, found: Iterable[Found]) -> Belongings:
    """The roles and the key that a cluster, its nodes and its Fargate pods name.

    Args:
        session: a boto3 session in the account and the region of the cluster.
        found: the cluster and what was read of it.
    """
    every = list(found)
    [cluster] = [each for each in every if each.type == CLUSTER]
    named = {arn: path for each in every for path, arn in uses(each).items()}
    own = Belongings()
    clients = {service: client(session, service) for service in ("iam", "kms") if named}
    for arn, path in named.items():
        is_key = ":kms:" in arn
        service, place = ("kms", keys.place_of(arn)) if is_key else ("iam", roles.place_of(arn))
        read = _rows_of(clients[service], own, cluster, arn, path)
        rows, why = unless_refused(service, read)
        own.rows += rows
        own.doubts += [(place, why)] if why is not None else []
    if not own.rows:
        return own
    try:
        shared = _shared(client(session, "eks"), str(cluster.get("name")))
    except Exception as error:
        if (refused := refusal("eks", error)) is None:
            raise
        what = "whether they use roles or the key of this one is not known, so these stay by their ARN"
        return Belongings(doubts=[*own.doubts, (f"other clusters of {session.region_name}", f"{refused}: {what}")])
    for arn in named:
        if arn in shared:
            own.users[arn] = (*own.users.get(arn, ()), *sorted(shared[arn]))
    return own


def _rows_of(asked: Any, own: Belongings, cluster: Found, arn: str, path: str) -> Iterator[Row]:
    """The rows of one role or key, and its users into `own`."""
    *_, region, account, _ = str(cluster.get("arn")).split(":")
    owner = (arn.split(":") + [""] * 5)[4]
    if owner != account:
        raise StaysError(f"is of account {owner}")
    if ":kms:" in arn:
        yield from keys.key_rows(asked, arn, str(cluster.get("name")))
        return
    answer = roles.described_role(asked, arn)
    yield from roles.role_rows(asked, answer)
    others = roles.instances(asked, answer, region) if path in _NODES else roles.elsewhere(answer, region)
    own.users |= {arn: tuple(others)} if others else {}


def _shared(eks: Any, name: str) -> Mapping[str, set[str]]:
    """The ARNs that other clusters of the region name, with the names of those clusters."""
    users: dict[str, set[str]] = {}
    for other in pages(eks, "list_clusters", "clusters"):
        if other == name:
            continue
        for found in _other(eks, other):
            for arn in uses(found).values():
                users.setdefault(arn, set()).add(other)
    return users


def _other(eks: Any, name: str) -> Iterator[Found]:
    """What of another cluster names roles and keys."""
    asked = {"clusterName": name}
    try:
        yield Found.of(CLUSTER, name, responses.cluster(eks.describe_cluster(name=name)["cluster"]))
        for each in pages(eks, "list_nodegroups", "nodegroups", **asked):
            answer = eks.describe_nodegroup(nodegroupName=each, **asked)["nodegroup"]
            yield Found.of(NODE_GROUP, each, responses.node_group(answer))
        for each in pages(eks, "list_fargate_profiles", "fargateProfileNames", **asked):
            answer = eks.describe_fargate_profile(fargateProfileName=each, **asked)["fargateProfile"]
            yield Found.of(FARGATE, each, responses.fargate_profile(answer))
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":  # it was deleted meanwhile
            raise
