"""Amazon EKS platforms as validated data, under Pulumi in Python.

A platform is described once, as a stack file or in Python, and is built by `pulumi up`, extended by a subclass, and
previewed in a pull request without an AWS account, a cluster, a network or the Pulumi engine.
"""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints import addons as addons
    from eks_blueprints import adoption as adoption
    from eks_blueprints import agents as agents
    from eks_blueprints import compute as compute
    from eks_blueprints import iam as iam
    from eks_blueprints import karpenter as karpenter
    from eks_blueprints import observability as observability
    from eks_blueprints import pipelines as pipelines
    from eks_blueprints import policies as policies
    from eks_blueprints import recording as recording
    from eks_blueprints import review as review
    from eks_blueprints import stackfile as stackfile
    from eks_blueprints import teams as teams
    from eks_blueprints import testing as testing
    from eks_blueprints import workloads as workloads
    from eks_blueprints.access.component import Access as Access
    from eks_blueprints.access.pod_identity import PodIdentity as PodIdentity
    from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation as PodIdentityAssociation
    from eks_blueprints.access.spec import AccessArgs as AccessArgs
    from eks_blueprints.access.spec import AccessEntry as AccessEntry
    from eks_blueprints.blueprint.account import AccountArgs as AccountArgs
    from eks_blueprints.blueprint.blueprint import Blueprint as Blueprint
    from eks_blueprints.blueprint.pipelines import Pipelines as Pipelines
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs as PipelinesArgs
    from eks_blueprints.blueprint.spec import BlueprintArgs as BlueprintArgs
    from eks_blueprints.cluster.component import Cluster as Cluster
    from eks_blueprints.cluster.core_data import core_data as core_data
    from eks_blueprints.cluster.spec import ClusterArgs as ClusterArgs
    from eks_blueprints.core.component import Component as Component
    from eks_blueprints.core.errors import InputError as InputError
    from eks_blueprints.core.iam import Allow as Allow
    from eks_blueprints.core.refs import ClusterRef as ClusterRef
    from eks_blueprints.core.refs import NetworkRef as NetworkRef
    from eks_blueprints.core.role_spec import IamArgs as IamArgs
    from eks_blueprints.core.role_spec import RoleArgs as RoleArgs
    from eks_blueprints.core.spec import In as In
    from eks_blueprints.core.spec import Spec as Spec
    from eks_blueprints.core.statements import ResourceStatement as ResourceStatement
    from eks_blueprints.core.statements import StatementArgs as StatementArgs
    from eks_blueprints.kubernetes.namespace_spec import NamespaceArgs as NamespaceArgs
    from eks_blueprints.network.component import Network as Network
    from eks_blueprints.network.existing import ExistingNetwork as ExistingNetwork
    from eks_blueprints.network.security_group_spec import SecurityGroupArgs as SecurityGroupArgs
    from eks_blueprints.network.security_group_spec import SecurityGroupRule as SecurityGroupRule
    from eks_blueprints.network.spec import AnyNetwork as AnyNetwork
    from eks_blueprints.network.spec import ExistingNetworkArgs as ExistingNetworkArgs
    from eks_blueprints.network.spec import FlowLogsArgs as FlowLogsArgs
    from eks_blueprints.network.spec import NetworkArgs as NetworkArgs

_HOMES = {
    "Access": "access.component",
    "AccessArgs": "access.spec",
    "AccessEntry": "access.spec",
    "AccountArgs": "blueprint.account",
    "Allow": "core.iam",
    "AnyNetwork": "network.spec",
    "Blueprint": "blueprint.blueprint",
    "BlueprintArgs": "blueprint.spec",
    "Cluster": "cluster.component",
    "ClusterArgs": "cluster.spec",
    "ClusterRef": "core.refs",
    "Component": "core.component",
    "ExistingNetwork": "network.existing",
    "ExistingNetworkArgs": "network.spec",
    "FlowLogsArgs": "network.spec",
    "IamArgs": "core.role_spec",
    "In": "core.spec",
    "InputError": "core.errors",
    "NamespaceArgs": "kubernetes.namespace_spec",
    "Network": "network.component",
    "NetworkArgs": "network.spec",
    "NetworkRef": "core.refs",
    "Pipelines": "blueprint.pipelines",
    "PipelinesArgs": "blueprint.pipelines_spec",
    "PodIdentity": "access.pod_identity",
    "PodIdentityAssociation": "access.pod_identity_spec",
    "ResourceStatement": "core.statements",
    "RoleArgs": "core.role_spec",
    "SecurityGroupArgs": "network.security_group_spec",
    "SecurityGroupRule": "network.security_group_spec",
    "Spec": "core.spec",
    "StatementArgs": "core.statements",
    "core_data": "cluster.core_data",
}
_ROOMS = (
    "addons",
    "adoption",
    "agents",
    "compute",
    "iam",
    "karpenter",
    "observability",
    "pipelines",
    "policies",
    "recording",
    "review",
    "stackfile",
    "teams",
    "testing",
    "workloads",
)

__version__ = "0.1.0"
__all__ = [*_HOMES, *_ROOMS]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES | dict.fromkeys(_ROOMS, ""))
