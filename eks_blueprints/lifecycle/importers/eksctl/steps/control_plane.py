"""The control plane: version, endpoints, logs, encryption, Auto Mode."""

from __future__ import annotations

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Path, shown
from eks_blueprints.lifecycle.importers.eksctl.build import HEAD, Build
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node

DEFAULT_VERSION = "1.34"
"""What eksctl creates where a file names no version. Source: types.go DefaultVersion, eksctl main of 2026-08-22."""
_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_OWN_TAGS = ("alpha.eksctl.io/", "eksctl.cluster.k8s.io/", "eksctl.io/")


@step
def header(build: Build, node: Node, _base: Path) -> None:
    """What says of a file or part only what it is."""
    build.tell(node, HEAD)


@step
def metadata(build: Build, node: Node, base: Path) -> None:
    """Name, region and version, with eksctl's default where there is none."""
    apply(build, node, base)
    if node.get("version") is None:
        version = DEFAULT_VERSION if versions.support(DEFAULT_VERSION) != "ended" else versions.supported()[0]
        build.default(("cluster", "version"), version, f"eksctl's own version is {DEFAULT_VERSION}")


@step
def version(build: Build, node: Node, _base: Path) -> None:
    """A version that EKS offers."""
    target = ("cluster", "version")
    if node.value in ("auto", "latest"):
        found = DEFAULT_VERSION if node.value == "auto" else versions.latest()
        build.put(target, found, node)
        build.tell(node, f"is {found} today; written so, as the same file then makes the same cluster tomorrow")
        return
    try:
        ended = versions.support(node.value) == "ended"
    except ValueError:
        ended = False
    if not ended:
        build.put(target, node.value, node)
        return
    oldest = versions.supported()[0]
    build.put(target, oldest)
    build.tell(node, f"is no longer offered by EKS; got {shown(node.value)}; {oldest} is written: upgrade to it first")


@step
def tags(build: Build, node: Node, _base: Path) -> None:
    """Tags of everything, without those that eksctl or Karpenter put there."""
    for each in node.members():
        key = str(each.path[-1])
        if key.startswith(_OWN_TAGS):
            build.tell(each, "leave it out: eksctl marks its own resources so")
        elif key == "karpenter.sh/discovery":
            build.tell(each, "leave it out: private subnets and the cluster's security group are tagged for Karpenter")
        else:
            build.put(("tags", key), each.value, each)


@step
def authentication_mode(build: Build, node: Node, _base: Path) -> None:
    """Access entries; a cluster with `aws-auth` alone cannot be said."""
    if node.value == "CONFIG_MAP":
        build.put(("cluster", "authentication_mode"), "API_AND_CONFIG_MAP")
        build.tell(
            node, "cannot be written: access entries are always on; API_AND_CONFIG_MAP reads aws-auth beside them"
        )
        return
    build.put(("cluster", "authentication_mode"), node.value, node)


@step
def log_types(build: Build, node: Node, _base: Path) -> None:
    """Logs by name; `*` and `all` are all of them."""
    every = any(each in ("*", "all") for each in node.value)
    build.put(("cluster", "enabled_cluster_log_types"), list(_LOGS) if every else list(node.value), node)


@step
def log_retention(build: Build, node: Node, _base: Path) -> None:
    """Days that logs are kept; 0 is for ever in both."""
    build.put(("cluster", "log_group", "retention_in_days"), node.value, node)


@step
def auto_mode(build: Build, node: Node, base: Path) -> None:
    """EKS Auto Mode, where it is on."""
    enabled = node.get("enabled")
    if enabled is None or enabled.value is not True:
        build.tell(node, "leave it out: Auto Mode is off unless cluster.auto_mode is written")
        return
    build.put(("cluster", "auto_mode"), {}, enabled)
    apply(build, node, base, without=("enabled",))


@step
def auto_mode_role(build: Build, node: Node, _base: Path) -> None:
    """The role of the nodes; `arn:::::` is what a dry run writes for none."""
    if str(node.value).strip(":") == "arn":
        build.tell(node, "says nothing: a dry run of eksctl writes it for a role that is created")
        return
    build.put(("cluster", "auto_mode", "node_role_arn"), node.value, node)


@step
def auto_mode_boundary(build: Build, node: Node, _base: Path) -> None:
    """The boundary of the role that is created."""
    if str(node.value).strip(":") == "arn":
        build.tell(node, "says nothing: a dry run of eksctl writes it for no boundary")
        return
    build.put(("cluster", "auto_mode", "node_role_permissions_boundary"), node.value, node)


@step
def scoring_resources(build: Build, node: Node, _base: Path) -> None:
    """Resources by which the scheduler ranks nodes."""
    path = ("cluster", "kube_scheduler_config", "node_resources_fit", "scoring_strategy", "resources")
    found = [{key: each.value[key] for key in ("name", "weight") if key in each.value} for each in node.members()]
    build.put(path, found, node)
