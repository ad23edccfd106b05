"""What a platform is, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from eks_blueprints.access.pod_identity_spec import Associations
from eks_blueprints.access.spec import AccessEntry, check_entries
from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint import checks
from eks_blueprints.blueprint.addon_defaults import AddOnDefaults
from eks_blueprints.blueprint.core_addons import CORE_ADDONS, CoreAddOn, completed, left_out
from eks_blueprints.blueprint.ground import check_named
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.cluster.parts import KubeconfigArgs
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.compute._shared_role import NodeRoles
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.elements import Group
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.spec import Many
from eks_blueprints.kubernetes.namespace_names import Namespaces
from eks_blueprints.network.security_group_names import SecurityGroups
from eks_blueprints.network.spec import AnyNetwork, NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.observability.spec import ObservabilityArgs
    from eks_blueprints.teams.base import Team
    from eks_blueprints.workloads.base import Workload
else:
    GitOpsArgs = late("eks_blueprints.agents.spec", "GitOpsArgs")
    ObservabilityArgs = late("eks_blueprints.observability.spec", "ObservabilityArgs")
    Team = late("eks_blueprints.teams.base", "Team")
    Workload = late("eks_blueprints.workloads.base", "Workload")


class BlueprintArgs(StackArgs):
    """A platform: the network, the cluster on it, who can use it, its compute and its add-ons."""

    network: AnyNetwork = NetworkArgs()
    """The VPC: a new one, or an existing one. Default: a new one in eksctl's layout."""

    security_groups: SecurityGroups = {}
    """Security groups with rules, by a name of your choice, by which clusters and nodes use them (`security_groups`).
    `cluster` and `endpoints` are the groups that EKS and the network create; rules are added to them.
    """

    cluster: ClusterArgs
    """The EKS cluster: control plane, its keys and logs."""

    access: Annotated[dict[str, AccessEntry], AfterValidator(check_entries)] = {}
    """Who can use the Kubernetes API besides the cluster's creator, by a name of your choice."""

    namespaces: Namespaces = {}
    """Kubernetes namespaces, by their names; add-ons have their own."""

    pod_identity_associations: Associations = {}
    """AWS permissions of your own service accounts, by a name of your choice; add-ons have their own."""

    node_roles: NodeRoles = {}
    """IAM roles that several groups of nodes have together (`node_role`), by a name of your choice."""

    compute: Group[Compute] = ()
    """What pods run on, by a name of your choice; `kind` sets the kind and defaults to the name."""

    core_addons: Many[CoreAddOn] = CORE_ADDONS
    """Add-ons of EKS that are installed without being listed. Default: vpc_cni, kube_proxy, eks_pod_identity_agent and
    coredns. `[]`: only what `addons` lists."""

    addons: Group[AddOn] = Field(default=(), validate_default=True)
    """Software installed on the cluster, besides the core add-ons; one of these is listed to set its fields, and in a
    stack file `coredns: null` leaves it out."""

    addon_defaults: AddOnDefaults = AddOnDefaults()
    """Settings for all add-ons, unless an add-on sets its own."""

    workloads: Group[Workload] = ()
    """What runs on the cluster besides add-ons, by a name of your choice; `kind` sets the kind (`deployment`,
    `stateful_set`, `daemon_set`, `job`, `cron_job`) and defaults to the name.
    """

    teams: Group[Team] = ()
    """Who works on the cluster, by the names of the teams: namespaces, access and all that is theirs. `kind` says which
    sort (`application_team`, `platform_team`). Default: `application_team`."""

    gitops: GitOpsArgs | None = None
    """What Argo CD or Flux on the cluster keeps as Git repositories say: repositories, projects, applications, further
    clusters. Default: nothing; teams have a repository of their own in `gitops` of the team.
    """

    observability: ObservabilityArgs | None = None
    """How the platform is observed: alarms, dashboards, and what workloads send. Default: as the add-ons do it."""

    @field_validator("addons", mode="wrap")
    @classmethod
    def _with_core(cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> tuple[AddOn, ...]:
        without = left_out(value)
        listed = {name: fields for name, fields in value.items() if name not in without} if without else value
        return completed(read(listed), info.data.get("core_addons", CORE_ADDONS), without)

    def _problems(self) -> Iterator[Problem]:
        return checks.check(self)

    def problems_named(self, name: str) -> Iterator[Problem]:
        """What is wrong when its name and references are known: what is left when it has been validated."""
        yield from super().problems_named(name)
        yield from check_named(self, name)

    @property
    def kubeconfig(self) -> KubeconfigArgs:
        """How its program gets tokens for Kubernetes."""
        return self.cluster.kubeconfig

    def but(self, **changes: object) -> Self:
        """A copy with some fields changed; see `Spec.but`. It remembers the stack file.

        `addons` holds the core ones too by then: given here, it is the whole list.
        """
        if "addons" in self.model_fields_set | changes.keys():
            changes = {"core_addons": ()} | changes
        return super().but(**changes)
