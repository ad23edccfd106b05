"""The network, who may use the cluster, permissions of pods, and add-ons, as a ClusterConfig has them."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.exporters.eksctl.policies import document, well_known
from eks_blueprints.lifecycle.exporters.eksctl.taken import Fields, reversed_rules
from eks_blueprints.lifecycle.importers.eksctl.steps.addons import of_eks
from eks_blueprints.lifecycle.importers.eksctl.steps.local_zones import CIDR, layout
from eks_blueprints.network import zones

_NAT = {"single": "Single", "per_zone": "HighlyAvailable", "none": "Disable"}
_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")
_CORE = ("vpc_cni", "kube_proxy", "coredns")
NETWORK: Path = ("network",)


def network(fields: Fields, region: str) -> dict[str, Any]:
    """`vpc`, `availabilityZones` and `privateCluster`."""
    said: dict[str, Any] = {}
    vpc: dict[str, Any] = {}
    if fields.at((*NETWORK, "topology")) == "private":
        fields.drop((*NETWORK, "topology"))
        for end in ("public", "private"):
            fields.take(("cluster", f"endpoint_{end}_access"))
        said["privateCluster"] = {"enabled": True}
        if more := fields.take((*NETWORK, "additional_endpoints")):
            said["privateCluster"]["additionalEndpointServices"] = more
    said |= _local_zones(fields)
    if names := fields.take((*NETWORK, "zones")):
        said["availabilityZones"] = names
    elif names := _counted(fields.at((*NETWORK, "zone_count")), region):
        fields.drop((*NETWORK, "zone_count"))
        said["availabilityZones"] = names
    if (gateways := fields.take((*NETWORK, "nat_gateways"))) is not None:
        vpc["nat"] = {"gateway": _NAT[gateways]}
    if isinstance(fields.at((*NETWORK, "vpc_id")), str):
        vpc["id"] = fields.take((*NETWORK, "vpc_id"))
    if host := fields.take((*NETWORK, "private_dns_hostname_type_on_launch")):
        vpc["hostnameType"] = host
    for key, own in (("gateway_endpoints", []), ("default_security_group", "unmanaged")):
        if fields.at((*NETWORK, key)) == own:
            fields.drop((*NETWORK, key))
    if subnets := _subnets(fields):
        vpc["subnets"] = subnets
    if cidrs := [
        fields.take(("cluster", "endpoint_access", each, "cidr"))
        for each in list(fields.at(("cluster", "endpoint_access"), {}))
    ]:
        vpc["extraCIDRs"] = [each for each in cidrs if each]
    return said | ({"vpc": vpc} if vpc else {})


def _counted(count: Any, region: str) -> list[str]:
    """The zones that a number of them stands for; none where eksctl, which reads names alone, cannot be told them."""
    known = zones.region(region).zones
    names = list(known[:count]) if isinstance(count, int) else []
    return names if len(names) == count and not any(zones.is_id(each) for each in names) else []


def _local_zones(fields: Fields) -> dict[str, Any]:
    """Zones of subnets that are written out, where they lie as eksctl would lay them."""
    subnets = fields.at((*NETWORK, "subnets")) or {}
    found = list(dict.fromkeys(each["zone"] for each in subnets.values() if "cidr" in each and "zone" in each))
    local = [each for each in found if zones.form(each) == "local"]
    within = [each for each in found if each not in local]
    try:
        same = bool(local) and layout(fields.at((*NETWORK, "cidr"), CIDR), within, local) == subnets
    except ValueError:
        same = False
    if not same:
        return {}
    fields.drop((*NETWORK, "subnets"))
    return {"availabilityZones": within, "localZones": local}


def _subnets(fields: Fields) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, each in list((fields.at((*NETWORK, "subnets")) or {}).items()):
        role = each.get("role")
        if role not in ("private", "public") or not isinstance(each.get("id"), str):
            continue
        fields.drop((*NETWORK, "subnets", name))
        key = name.removeprefix(f"{role}-")
        entry = {"id": each["id"], **({"cidr": each["cidr"]} if "cidr" in each else {})}
        if each.get("zone") not in (None, key):
            entry["az"] = each["zone"]
        said.setdefault(role, {})[key] = entry
    return said


def access(fields: Fields) -> list[dict[str, Any]]:
    """Access entries."""
    found = []
    for name in list(fields.at(("access",), {})):
        base = ("access", name)
        policies = fields.take((*base, "policies"), [])
        said = reversed_rules(fields, "AccessEntry", base)
        if policies:
            said["accessPolicies"] = [_policy(each) for each in policies]
        found.append(said)
    return found


def _policy(each: dict[str, Any]) -> dict[str, Any]:
    names = each.get("namespaces")
    scope = {"type": "namespace", "namespaces": list(names)} if names else {"type": "cluster"}
    arn = (
        each["policy"]
        if each["policy"].startswith("arn:")
        else f"arn:aws:eks::aws:cluster-access-policy/{each['policy']}"
    )
    return {"policyARN": arn, "accessScope": scope}


def identities(fields: Fields) -> dict[str, Any]:
    """Service accounts with roles by OIDC, and associations of Pod Identity."""
    accounts: list[dict[str, Any]] = []
    associations: list[dict[str, Any]] = []
    for name in list(fields.at(("pod_identity_associations",), {})):
        base = ("pod_identity_associations", name)
        irsa = fields.take((*base, "identity"), "pod_identity") == "irsa"
        namespace = fields.at((*base, "namespace"))
        owner = "ClusterIAMServiceAccount" if irsa else "PodIdentityAssociation"
        arns, names = fields.take((*base, "policy_arns"), {}), fields.take((*base, "well_known_policies"), [])
        policy = document(fields, base)
        said = reversed_rules(fields, owner, base)
        made = (
            fields.take((*base, "create_service_account"), False) if irsa else said.get("createServiceAccount", False)
        )
        if irsa and not made:
            said["roleOnly"] = True
        if made and namespace not in _THERE and fields.at(("namespaces", namespace)) == {}:
            fields.drop(("namespaces", namespace))
        for key, value in (
            ("attachPolicyARNs" if irsa else "permissionPolicyARNs", list(arns.values())),
            ("attachPolicy" if irsa else "permissionPolicy", policy),
            ("wellKnownPolicies", well_known(names)),
        ):
            if value:
                said[key] = value
        if irsa and (pattern := fields.at((*base, "subject_pattern"))) and str(pattern).startswith(f"{namespace}:"):
            said["subjectPattern"] = fields.take((*base, "subject_pattern")).partition(":")[2]
        (accounts if irsa else associations).append(said)
    return {
        key: value for key, value in (("serviceAccounts", accounts), ("podIdentityAssociations", associations)) if value
    }


def addons(fields: Fields, *, auto_mode: bool) -> dict[str, Any]:
    """EKS add-ons; charts have no place in a ClusterConfig."""
    kinds = {kind: name for name, kind in of_eks().items()}
    core = fields.take(("core_addons",), [*_CORE, "eks_pod_identity_agent"])
    declared = fields.at(("addons",), {})
    listed = [*(each for each in core if each not in declared and each not in _CORE), *declared]
    # With Auto Mode eksctl installs metrics-server alone by itself.
    none = "metrics_server" not in declared if auto_mode else not set(_CORE) & set(core)
    own = () if none else ("vpc_cni", "metrics_server")
    found = []
    for key in listed:
        base = ("addons", key)
        kind = fields.at((*base, "kind"), key)
        if kind == "eks_addon":
            fields.drop((*base, "kind"))
            name = fields.take((*base, "addon_name"))
        elif kind in kinds:
            name = kinds[kind]
        else:
            continue
        entry = {"name": name, **_addon(fields, base)}
        if fields.at(base) == {}:
            fields.drop(base)
        if len(entry) > 1 or kind not in own:
            found.append(entry)
    said: dict[str, Any] = {"addons": found} if found else {}
    if none:
        said["addonsConfig"] = {"disableDefaultAddons": True}
    return said


def _addon(fields: Fields, base: Path) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if (version := fields.take((*base, "version"))) is not None:
        said["version"] = version
    if (values := fields.take((*base, "configuration_values"))) is not None:
        said["configurationValues"] = json.dumps(values)
    if (way := fields.take((*base, "resolve_conflicts_on_update"))) is not None:
        said["resolveConflicts"] = way.lower()
    fields.take((*base, "resolve_conflicts_on_create"))
    if fields.take((*base, "identity")) == "pod_identity":
        said["useDefaultPodIdentityAssociations"] = True
    return said | reversed_rules(fields, "Addon", base)
