"""Rules of the settings that a group gives its nodes: nodeadm's, the kubelet's and Bottlerocket's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from eks_blueprints.compute._scheduling import refused_by_kubelet
from eks_blueprints.compute._user_data.merging import LABELS, TAINTS, values_of
from eks_blueprints.core.errors import Faults, Path, Problem, shown
from eks_blueprints.core.node_settings import bottlerocket, credentials, node_config
from eks_blueprints.core.node_settings.node_config import below
from eks_blueprints.core.node_settings.plain import unfit
from eks_blueprints.core.versions import minor

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

# What the platform alone knows, and what EKS needs to be as it is.
_OURS_IN_BOTTLEROCKET = ("api-server", "cluster-certificate", "cluster-name")
_FORBIDDEN_KUBELET = ("address", "authentication", "authorization", "clusterDomain", "serverTLSBootstrap")

SCRIPTS = ("pre_bootstrap_scripts", "post_bootstrap_scripts")
"""The fields that hold scripts."""


def read_node_config(spec: dict[str, Any]) -> dict[str, Any]:
    """A NodeConfig's spec with its references read.

    Raises:
        ValidationError: naming every part that cannot be serialized.
    """
    _check_plain(spec)
    return node_config.table().read(spec, node_config.SHAPE) if spec else spec


def read_bottlerocket(settings: dict[str, Any]) -> dict[str, Any]:
    """Bottlerocket's settings with their references read.

    Raises:
        ValidationError: naming every part that cannot be serialized.
    """
    _check_plain(settings)
    return bottlerocket.table().read(settings, bottlerocket.SHAPE) if settings else settings


def check_settings(nodes: Ec2Nodes, faults: Faults) -> None:
    """What is wrong with what a group says to nodeadm and to Bottlerocket."""
    if nodes.node_config:
        version = None if nodes.version is None else minor(nodes.version)
        for path, message in _in_node_config(nodes, version):
            faults.add(("node_config", *path), message)
    if nodes.bottlerocket_settings:
        for path, message in _in_bottlerocket(nodes):
            faults.add(("bottlerocket_settings", *path), message)
    for field in SCRIPTS:
        for path, message in credentials.in_texts(getattr(nodes, field)):
            faults.add((field, *path), message)


def has_its_shape(nodes: Ec2Nodes) -> bool:
    """Whether a group's settings are such that they can be rendered."""
    found = chain(
        node_config.table().problems(nodes.node_config, node_config.SHAPE) if nodes.node_config else (),
        bottlerocket.table().problems(nodes.bottlerocket_settings, bottlerocket.SHAPE)
        if nodes.bottlerocket_settings
        else (),
    )
    return next(iter(found), None) is None


def beside_cluster(nodes: Ec2Nodes, cluster_version: str) -> Iterator[Problem]:
    """What is wrong or doubtful about settings on nodes of a cluster's version; paths count from the group."""
    version = minor(nodes.version or cluster_version)
    if nodes.node_config:
        if nodes.version is None:
            known = set(node_config.problems(nodes.node_config, None))
            for path, message in node_config.problems(nodes.node_config, version):
                if (path, message) not in known:
                    yield Problem(("node_config", *path), message)
        if version > (newest := node_config.newest_kubelet()) and below(nodes.node_config, "kubelet", "config"):
            what = f"is checked by the kubelet of 1.{newest}, the newest known here"
            at: Path = ("node_config", "kubelet", "config")
            yield _doubt(at, f"{what}; got nodes of 1.{version}; new fields were not looked at")
    for field in ("node_config", "bottlerocket_settings", *SCRIPTS):
        for path, message in credentials.likely_in_texts(getattr(nodes, field)):
            yield _doubt((field, *path), message)


def _in_node_config(nodes: Ec2Nodes, version: int | None) -> Iterator[tuple[Path, str]]:
    spec = nodes.node_config
    yield from node_config.problems(spec, version)
    if "cluster" in spec:
        yield ("cluster",), "is set by the platform; got another value; remove it"
    kubelet = below(spec, "kubelet", "config")
    if isinstance(kubelet, Mapping):
        for key in _FORBIDDEN_KUBELET:
            if key in kubelet:
                yield (
                    ("kubelet", "config", key),
                    f"cannot be set; got {shown(kubelet[key])}; remove it: EKS needs its own",
                )
    flags = below(spec, "kubelet", "flags")
    if isinstance(flags, list | tuple) and all(isinstance(flag, str) for flag in flags):
        at: Path = ("kubelet", "flags")
        for label in values_of(flags, LABELS):
            key, _, value = label.partition("=")
            yield from _label(nodes, key, value, at)
        if nodes.taints and nodes.taints_by_eks and values_of(flags, TAINTS):
            yield at, _TWO_TAINTS
    if nodes.taints and nodes.taints_by_eks and isinstance(kubelet, Mapping) and kubelet.get("registerWithTaints"):
        yield ("kubelet", "config", "registerWithTaints"), _TWO_TAINTS


_TWO_TAINTS = (
    "sets taints in addition to those of taints, which EKS passes to "
    "the kubelet itself, and one of the two would be lost; "
    "got both; write all of them in taints"
)


def _in_bottlerocket(nodes: Ec2Nodes) -> Iterator[tuple[Path, str]]:
    settings = nodes.bottlerocket_settings
    yield from bottlerocket.problems(settings)
    kubernetes = settings.get("kubernetes")
    if not isinstance(kubernetes, Mapping):
        return
    for key in _OURS_IN_BOTTLEROCKET:
        if key in kubernetes:
            yield ("kubernetes", key), "is set by the platform; got another value; remove it"
    labels = kubernetes.get("node-labels")
    for key, value in labels.items() if isinstance(labels, Mapping) else ():
        yield from _label(nodes, key, value, ("kubernetes", "node-labels", key))


def _label(nodes: Ec2Nodes, key: str, value: Any, at: Path) -> Iterator[tuple[Path, str]]:
    if refused_by_kubelet(key):
        do = "use a domain of your own, or node.kubernetes.io"
        yield at, f"sets a label that stops the kubelet from starting; got {shown(key)}; {do}"
    ours = nodes.labels.get(key)
    if ours is not None and isinstance(value, str) and value != ours:
        yield at, f"gives label {key} another value than labels; got {shown(value)} and {shown(ours)}; keep one"


def _check_plain(settings: dict[str, Any]) -> None:
    faults = Faults()
    for path, message in unfit(settings):
        faults.add(path, message)
    faults.raise_if_any()


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")
