"""Amazon EKS platforms as validated data, under Pulumi in Python.

A platform is described once, as a stack file or in Python, and is built by `pulumi up`, extended by a subclass, and
previewed in a pull request without an AWS account, a cluster, a network or the Pulumi engine.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.access.spec import AccessEntry as AccessEntry
    from eks_blueprints.blueprint.blueprint import Blueprint as Blueprint
    from eks_blueprints.blueprint.spec import BlueprintArgs as BlueprintArgs
    from eks_blueprints.cluster.component import Cluster as Cluster
    from eks_blueprints.cluster.spec import ClusterArgs as ClusterArgs
    from eks_blueprints.component import Component as Component
    from eks_blueprints.errors import InputError as InputError
    from eks_blueprints.iam import Allow as Allow
    from eks_blueprints.network.component import Network as Network
    from eks_blueprints.network.spec import ExistingNetworkArgs as ExistingNetworkArgs
    from eks_blueprints.network.spec import NetworkArgs as NetworkArgs
    from eks_blueprints.refs import ClusterRef as ClusterRef
    from eks_blueprints.refs import NetworkRef as NetworkRef
    from eks_blueprints.spec import In as In
    from eks_blueprints.spec import Spec as Spec

_HOMES = {
    "AccessEntry": "access.spec",
    "Allow": "iam",
    "Blueprint": "blueprint.blueprint",
    "BlueprintArgs": "blueprint.spec",
    "Cluster": "cluster.component",
    "ClusterArgs": "cluster.spec",
    "ClusterRef": "refs",
    "Component": "component",
    "ExistingNetworkArgs": "network.spec",
    "In": "spec",
    "InputError": "errors",
    "Network": "network.component",
    "NetworkArgs": "network.spec",
    "NetworkRef": "refs",
    "Spec": "spec",
}

__version__ = "0.1.0"
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - each name is served by __getattr__ below


def __getattr__(name: str) -> Any:
    # Served on demand, so that reading a spec or asking for --help does not import pulumi.
    if home := _HOMES.get(name):
        return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
