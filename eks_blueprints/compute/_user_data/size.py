"""How long a group's user data becomes, before its cluster is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from eks_blueprints.compute._user_data.cluster_data import ClusterData
from eks_blueprints.compute._user_data.render import NodeSettings, render, render_additions, unknown_in
from eks_blueprints.core.spec import is_known

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

# A cluster's name has up to 100 letters, its endpoint some 80, and the certificate authority of EKS about 1,500.
_CLUSTER = ClusterData(
    name="n" * 100,
    endpoint=f"https://{'e' * 80}",
    certificate_authority="c" * 1500,
    service_cidr="fd00:1234:5678::/108",
)
CLUSTER_DATA = sum(len(value) for value in asdict(_CLUSTER).values())
"""What is reckoned for what only the cluster knows."""

_EKS_EXTRA = 600  # labels of its own that EKS gives the nodes of a managed group, and a boundary


@dataclass(frozen=True)
class Size:
    """Bytes of user data, and which of the user's fields take how many."""

    total: int
    fields: dict[str, int]
    ours: int
    """Bytes of what the platform and EKS say, with `CLUSTER_DATA` among them."""
    unknown: int
    """How many values are not known here, and counted as nothing."""


def size(nodes: Ec2Nodes, *, beside_eks: bool) -> Size | None:
    """The length of a group's user data as EC2 counts it, or None where it has none of ours.

    Args:
        nodes: the group.
        beside_eks: whether EKS adds what is about the cluster, which is counted too.
    """
    told = NodeSettings.of(nodes)
    unknown = len(list(unknown_in(told.to_dict())))
    told = NodeSettings(**{name: _without_unknown(value) for name, value in told.to_dict().items()})
    if beside_eks and render_additions(nodes, told) is None:
        return None
    total = _length(nodes, told, beside_eks)
    fields = {
        "pre_bootstrap_scripts": total - _length(nodes, replace(told, scripts=[]), beside_eks),
        "post_bootstrap_scripts": total - _length(nodes, replace(told, last=[]), beside_eks),
        "node_config": total - _length(nodes, replace(told, node_config={}), beside_eks),
        "bottlerocket_settings": total - _length(nodes, replace(told, bottlerocket_settings={}), beside_eks),
    }
    return Size(total, fields, total - sum(fields.values()), unknown)


def _length(nodes: Ec2Nodes, told: NodeSettings, beside_eks: bool) -> int:
    if not beside_eks:
        return len(render(nodes, _CLUSTER, told).encode())
    ours = len((render_additions(nodes, told) or "").encode())
    return ours + len(render(nodes, _CLUSTER, NodeSettings()).encode()) + _EKS_EXTRA


def _without_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_unknown(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_unknown(entry) for entry in value]
    return value if is_known(value) else ""
