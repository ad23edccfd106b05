"""What eksctl does where a ClusterConfig says nothing, written down where a stack file would do otherwise.

Source: eksctl main of 2026-08-22, `apis/eksctl.io/v1alpha5` (types.go, defaults.go, vpc.go, validation.go),
`cfn/builder`, `actions/addon`.
"""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.steps.identities import controller_policy, partition
from eks_blueprints.lifecycle.importers.eksctl.steps.local_zones import CIDR, in_availability_zones
from eks_blueprints.lifecycle.importers.eksctl.steps.network import existing

_SIZE = 2
_CORE = ("vpc_cni", "kube_proxy", "coredns")
_ON_EVERY_NODE = ("vpc_cni", "kube_proxy", "eks_pod_identity_agent")
"""Add-ons that are active without any node. Source: EKS user guide, "Amazon EKS add-ons"."""
_TWO_ZONES = "us-east-1"
"""The region in which eksctl takes 2 zones. Source: az/az.go."""


def write(build: Build) -> None:
    """Write down every default of eksctl that is another one here."""
    if not existing(build):
        _network(build)
    _cluster(build)
    for name, group in list(build.at(("compute",), {}).items()):
        if group.get("kind") in ("managed_nodes", "self_managed_nodes"):
            _group(build, name, group)
    _addons(build)
    _differences(build)


def _network(build: Build) -> None:
    network: Path = ("network",)
    private = build.at((*network, "topology")) == "private"
    build.default((*network, "cidr"), CIDR, "eksctl's VPC")
    laid_out = build.at((*network, "zones")) is not None or build.at((*network, "subnets")) is not None
    if build.source.value_of("metadata", "region") == _TWO_ZONES and not laid_out:
        build.default((*network, "zone_count"), 2, f"eksctl takes 2 zones in {_TWO_ZONES}")
    if not private:
        build.default((*network, "nat_gateways"), "single", "eksctl makes one NAT gateway")
        build.default((*network, "gateway_endpoints"), [], "eksctl makes no endpoints")
    build.default((*network, "default_security_group"), "unmanaged", "eksctl leaves the VPC's own group alone")


def _cluster(build: Build) -> None:
    cluster: Path = ("cluster",)
    build.default((*cluster, "endpoint_public_access"), True, "eksctl's clusters answer from the internet")
    build.default((*cluster, "endpoint_private_access"), False, "eksctl leaves the private endpoint off")
    if build.at((*cluster, "endpoint_public_access")):
        build.default((*cluster, "public_access_cidrs"), ["0.0.0.0/0"], "eksctl lets everyone in")
    build.default(
        (*cluster, "authentication_mode"), "API_AND_CONFIG_MAP", "eksctl keeps aws-auth beside access entries"
    )
    build.default((*cluster, "enabled_cluster_log_types"), [], "eksctl turns no logs on")
    if build.at((*cluster, "enabled_cluster_log_types")):
        build.default((*cluster, "log_group", "retention_in_days"), 0, "eksctl keeps logs for ever")
    build.default((*cluster, "encryption_config"), None, "eksctl makes no key for Secrets")
    build.default((*cluster, "oidc_provider"), False, "eksctl makes no OIDC provider")
    if build.source.value_of("iam", "vpcResourceControllerPolicy") is None and not build.source.get(
        "iam", "serviceRoleARN"
    ):
        controller_policy(build)


def _group(build: Build, name: str, group: dict[str, Any]) -> None:
    base: Path = ("compute", name)
    least = group.get("desired_size", _SIZE)
    build.default((*base, "min_size"), least, "eksctl: the desired capacity, or 2")
    most = group.get("desired_size", group["min_size"])
    build.default((*base, "max_size"), max(most, 1), "eksctl: the desired capacity, or the least")
    if "subnet_ids" not in group:
        build.default((*base, "subnets"), "public", "eksctl puts nodes into public subnets without privateNetworking")
    if zones := in_availability_zones(build):
        build.default((*base, "zones"), zones, "eksctl puts nodes into local zones only where a group names them")
    if "launch_template" in group:
        return
    if "instance_types" not in group:
        build.default((*base, "instance_types"), ["m5.large"], "eksctl's own instance type")
    build.default((*base, "http_put_response_hop_limit"), 2, "eksctl lets pods reach the metadata of their instance")
    disk = (*base, "disk")
    build.default((*disk, "volume_size"), 80, "eksctl's own size")
    build.default((*disk, "volume_type"), "gp3", "eksctl's own type")
    if group["disk"]["volume_type"] in ("io1", "io2"):
        build.default((*disk, "iops"), 100, "eksctl's own IOPS of io1 and io2")
    build.default((*disk, "encrypted"), False, "eksctl encrypts volumes where volumeEncrypted says so")


def _addons(build: Build) -> None:
    _core(build)
    addons = build.at(("addons",), {})
    core = build.at(("core_addons",))
    if "vpc_cni" in core and "vpc_cni" not in addons:
        oidc = build.at(("cluster", "oidc_provider")) is True
        why = "eksctl gives it a role by OIDC" if oidc else "eksctl lets the nodes' role do it"
        build.default(("addons", "vpc_cni", "identity"), "irsa" if oidc else "node_role", why)
    _windows(build)
    if build.at(("addons", "vpc_cni", "identity")) == "node_role":
        _on_nodes(build)
    _agent(build)


def _core(build: Build) -> None:
    """The add-ons that eksctl installs without being asked."""
    off = build.source.get("addonsConfig", "disableDefaultAddons")
    none = off is not None and off.value is True
    if off is not None:
        if none:
            build.put(("core_addons",), [], off)
        else:
            build.tell(off, "is the default: add-ons are installed without being listed")
    auto = build.at(("cluster", "auto_mode")) is not None
    build.default(("core_addons",), [] if auto else list(_CORE), "eksctl's own add-ons")
    if not build.at(("compute",)) and not auto:
        without_nodes(build)
    elif not none and not partition(build).startswith(("aws-cn", "aws-us-gov", "aws-iso", "aws-eusc")):
        build.default(("addons", "metrics_server"), {}, "eksctl installs it")


def without_nodes(build: Build) -> None:
    """Leave out what waits for nodes: EKS calls it active when its pods run, and eksctl does not wait for that."""
    do = "is left out until there are nodes to run it: add compute, and then it"
    core = [each for each in build.at(("core_addons",)) if each in _ON_EVERY_NODE]
    waiting = [*(each for each in build.at(("core_addons",)) if each not in core), "metrics_server"]
    build.data["core_addons"] = core
    for name in [each for each in build.at(("addons",), {}) if each not in _ON_EVERY_NODE]:
        waiting.append(name)
        del build.data["addons"][name]
        for source in [each for each, targets in build.became.items() if targets[0][:2] == ("addons", name)]:
            del build.became[source]
            build.told.setdefault(source, []).append(do)
    build.defaults = [each for each in build.defaults if each.path[:2] not in {("addons", name) for name in waiting}]
    build.differs += [f"addons.{name}: {do}" for name in dict.fromkeys(waiting)]


def _windows(build: Build) -> None:
    """Addresses for pods on Windows, which eksctl turns on with the first such group."""
    groups = build.at(("compute",), {}).values()
    if any(str(each.get("ami_type", "")).startswith("WINDOWS") or each.get("family") == "WINDOWS" for each in groups):
        build.default(("addons", "vpc_cni", "windows_ipam"), True, "eksctl turns it on for Windows nodes")


def _on_nodes(build: Build) -> None:
    """What the network plugin may do by the role of nodes, unless a file lists the policies of that role itself."""
    arn = f"arn:{partition(build)}:iam::aws:policy/AmazonEKS_CNI_Policy"
    for name, group in build.at(("compute",), {}).items():
        managed = group.get("kind") in ("managed_nodes", "self_managed_nodes")
        if managed and "node_role_arn" not in group and arn not in group.get("policies", {}).values():
            listed = group.get("session_manager") is not None and group.get("policies")
            if not listed:
                build.default(("compute", name, "policies", "cni"), arn, "eksctl attaches it where there is no OIDC")


def _agent(build: Build) -> None:
    """The agent that Pod Identity needs."""
    groups = (build.at(("addons",), {}), build.at(("pod_identity_associations",), {}))
    used = any(
        isinstance(each, dict) and each.get("identity") == "pod_identity" for group in groups for each in group.values()
    )
    core = build.at(("core_addons",))
    if used and "eks_pod_identity_agent" not in (*groups[0], *core) and build.at(("cluster", "auto_mode")) is None:
        build.data["core_addons"] = [*core, "eks_pod_identity_agent"]
        build.differs.append("core_addons: eks_pod_identity_agent is added, which Pod Identity needs on nodes")


def _differences(build: Build) -> None:
    groups = [each for each in build.at(("compute",), {}).values() if "nodes" in str(each.get("kind"))]
    if groups:
        build.differs.append(
            "compute: nodes of eksctl have the labels alpha.eksctl.io/cluster-name and alpha.eksctl.io/nodegroup-name; "
            "write them as labels where pods select by them"
        )
