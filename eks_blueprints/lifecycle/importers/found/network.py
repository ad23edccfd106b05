"""The network of a cluster that exists: by its ids, so that nothing in it is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eks_blueprints.lifecycle.importers.found.draft import Draft, said
from eks_blueprints.lifecycle.importers.found.model import FARGATE, GROUP, NAT, NODE_GROUP, SUBNET, VPC, Found

_PUBLIC, _PRIVATE = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"


def add_network(draft: Draft) -> None:
    """Say the VPC and the subnets that the cluster, its nodes and its load balancers use."""
    own = list(draft.cluster.get("vpcConfig.subnetIds", ()))
    vpc_id = draft.cluster.get("vpcConfig.vpcId") or _vpc_of(draft, own)
    known = {each.id: each for each in draft.holdings.of(SUBNET) if each.get("vpcId") in (vpc_id, None)}
    used = list(dict.fromkeys(_of_nodes(draft)))
    roles: dict[str, list[str]] = {"private": [], "public": []}
    for subnet_id in dict.fromkeys([*used, *(id_ for id_ in known if id_ and _serves(known[id_])), *own]):
        subnet = known.get(subnet_id)
        if subnet_id in own and subnet_id not in used and not (subnet and _serves(subnet)) and used:
            continue  # of the control plane alone
        roles["public" if subnet is not None and _is_public(subnet) else "private"].append(subnet_id)
    subnet_ids: dict[str, Any] = {role: sorted(ids) for role, ids in roles.items() if ids}
    # Without subnets of its own, the control plane stands in the private ones, and without these in the public ones.
    if sorted(own) != subnet_ids.get("private", subnet_ids.get("public")):
        subnet_ids = {"control_plane": sorted(own), **subnet_ids}
    vpc = next((each for each in draft.holdings.of(VPC) if each.id == vpc_id), None)
    gateways = sum(1 for each in draft.holdings.of(NAT) if each.get("subnetId") in known)
    nat = "single" if gateways == 1 else "per_zone" if gateways else None
    cidr = None if vpc is None else vpc.get("cidrBlock")
    ipv6 = draft.cluster.get("kubernetesNetworkConfig.ipFamily") == "ipv6"
    draft.data["network"] = said(
        vpc_id=vpc_id, subnet_ids=subnet_ids, cidr=cidr, nat_gateways=nat, ip_family="ipv6" if ipv6 else None
    )
    if vpc is not None:
        why = "route tables of a new network may be others than those that are there"
        draft.note(vpc, f"stays as it is, with its subnets, gateways and routes, by ids: {why}")
    for each in (vpc, *known.values()):
        if each is not None and (each is vpc or each.id in {id_ for ids in subnet_ids.values() for id_ in ids}):
            draft.take(each, "network")


def _vpc_of(draft: Draft, subnets: Iterable[str]) -> str | None:
    wanted = set(subnets)
    return next((each.get("vpcId") for each in draft.holdings.of(SUBNET) if each.id in wanted), None)


def _of_nodes(draft: Draft) -> Iterator[str]:
    for type_, path in ((NODE_GROUP, "subnetIds"), (FARGATE, "subnetIds"), (GROUP, "vpcZoneIdentifiers")):
        for each in draft.holdings.of(type_):
            if type_ == GROUP or each.get("clusterName") == draft.name:
                yield from each.get(path, ())


def _serves(subnet: Found) -> bool:
    return bool({_PUBLIC, _PRIVATE} & set(subnet.get("tags", {})))


def _is_public(subnet: Found) -> bool:
    return bool(subnet.get("mapPublicIpOnLaunch")) or _PUBLIC in subnet.get("tags", {})


def placed(draft: Draft, subnet_ids: Iterable[str]) -> dict[str, Any]:
    """The fields that put nodes into subnets: nothing where these are all private ones of the network."""
    ids = sorted(subnet_ids)
    of_network = draft.data["network"].get("subnet_ids", {})
    if ids == of_network.get("private"):
        return {}
    return {"subnets": "public"} if ids == of_network.get("public") else {"subnet_ids": ids}
