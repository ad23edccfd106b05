"""The user data of a group of nodes, as text: in the form of its family of images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eks_blueprints.compute._user_data import al2023, bottlerocket, windows
from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData
from eks_blueprints.core.spec import is_known

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """What a group's user adds to its user data; values may be Outputs until they are known."""

    scripts: Sequence[Any] = ()
    last: Sequence[Any] = ()
    """Scripts that run once the node has joined."""
    node_config: Mapping[str, Any] = field(default_factory=dict)
    bottlerocket_settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Ec2Nodes) -> NodeSettings:
        """What a group says."""
        return cls(
            scripts=list(nodes.pre_bootstrap_scripts),
            last=list(nodes.post_bootstrap_scripts),
            node_config=nodes.node_config,
            bottlerocket_settings=nodes.bottlerocket_settings,
        )

    @property
    def all_known(self) -> bool:
        """Whether every value is there, and none an Output."""
        return next(unknown_in(self.to_dict()), None) is None

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name; the values themselves, for an Output must not be copied."""
        return dict(vars(self))


def unknown_in(value: Any) -> Iterator[Any]:
    """The Outputs and references in nested mappings and lists."""
    if isinstance(value, Mapping):
        for entry in value.values():
            yield from unknown_in(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from unknown_in(entry)
    elif not is_known(value):
        yield value


def render(nodes: Ec2Nodes, cluster: ClusterData, told: NodeSettings | None = None) -> str:
    """The user data of a group on a cluster, for nodes of which EKS tells nothing."""
    taints = tuple((taint.key, taint.value or "", taint.effect) for taint in nodes.taints)
    node = NodeData(labels=nodes.labels, taints=taints, max_pods=nodes.max_pods)
    told = told or NodeSettings.of(nodes)
    if nodes.ami.family == "BOTTLEROCKET":
        ssh = nodes.remote_access is not None
        return bottlerocket.render(cluster, node, settings=told.bottlerocket_settings, admin_container=ssh)
    if nodes.ami.windows:
        return windows.render(cluster, node, scripts=told.scripts, last=told.last)
    scripts = [*told.scripts, *al2023.later(told.last)]
    return al2023.render(cluster, node, scripts=scripts, node_config=told.node_config)


def render_additions(nodes: Ec2Nodes, told: NodeSettings) -> str | None:
    """What nodes of EKS's own images are told besides what EKS tells them; None if that is nothing."""
    node, family = NodeData(max_pods=nodes.max_pods), nodes.ami.family
    if family == "BOTTLEROCKET":
        ssh = nodes.remote_access is not None
        return bottlerocket.render_additions(node, settings=told.bottlerocket_settings, admin_container=ssh)
    if family == "WINDOWS":
        return None
    scripts = [*told.scripts, *al2023.later(told.last)]
    return al2023.render_additions(node, scripts=scripts, node_config=told.node_config)
