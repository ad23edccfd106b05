"""Rules about what a node is told at its first start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from eks_blueprints.compute._settings_rules import SCRIPTS, check_settings, has_its_shape
from eks_blueprints.compute._user_data.al2023 import END
from eks_blueprints.compute._user_data.size import CLUSTER_DATA, size
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.ami_types import AmiType, Family
from eks_blueprints.core.node_settings import USER_DATA_LIMIT

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

Told: TypeAlias = Mapping[str, tuple[Family, ...]]

_ENDS = ("==eks-node==", END, "</powershell>")

IN_FULL: Told = {
    "pre_bootstrap_scripts": ("AL2023", "WINDOWS"),
    "post_bootstrap_scripts": ("AL2023", "WINDOWS"),
    "node_config": ("AL2023",),
    "bottlerocket_settings": ("BOTTLEROCKET",),
}
"""What can be told to nodes whose user data is all ours: the field, and the families that read it."""

BESIDES_EKS: Told = {
    "pre_bootstrap_scripts": ("AL2", "AL2023"),
    "post_bootstrap_scripts": ("AL2023",),
    "node_config": ("AL2023",),
    "bottlerocket_settings": ("BOTTLEROCKET",),
    "max_pods": ("AL2023", "BOTTLEROCKET"),
}
"""What can be told to nodes of EKS's own images in managed groups, where EKS adds its part to the user data (EKS user
guide, "Customize managed nodes with launch templates")."""


def check_bootstrap(nodes: Ec2Nodes, ami: AmiType, faults: Faults, told: Told = IN_FULL) -> None:
    """What each family of images can be told at its first start."""
    for field, families in told.items():
        if getattr(nodes, field) and ami.family not in families:
            faults.add(field, f"is not for {ami.family}; got it with {ami.name}; remove it or name another ami_type")
    check_settings(nodes, faults)
    _check_scripts(nodes, faults)
    if has_its_shape(nodes):
        _check_size(nodes, told, faults)


def _check_scripts(nodes: Ec2Nodes, faults: Faults) -> None:
    for field in SCRIPTS:
        for index, script in enumerate(getattr(nodes, field)):
            if not isinstance(script, str):
                continue
            if not script.strip():
                faults.add((field, index), f"is empty; got {shown(script)}; write a script or remove it")
            elif found := next((end for end in _ENDS if end in script.lower()), None):
                faults.add(
                    (field, index), f"contains its own end marker; got {shown(script)}; write it without {found}"
                )


def _check_size(nodes: Ec2Nodes, told: Told, faults: Faults) -> None:
    found = size(nodes, beside_eks=told is BESIDES_EKS)
    if found is None or found.total <= USER_DATA_LIMIT:
        return
    most = max(found.fields, key=lambda name: found.fields[name])
    shares = [f"{bytes_} of {name}" for name, bytes_ in found.fields.items() if bytes_ > 0]
    reckoned = f"{CLUSTER_DATA} of it estimated for the cluster's name, endpoint and certificate authority"
    more = f", besides values that are not known here ({found.unknown})" if found.unknown else ""
    what = f"makes user data longer than EC2 allows, {USER_DATA_LIMIT} bytes"
    got = f"about {found.total}: {', '.join(shares)}, {found.ours} of the rest, {reckoned}{more}"
    faults.add(most, f"{what}; got {got}; use a short script that downloads the rest")
