"""Add-ons that are installed from a Helm chart, whichever chart it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._chart_rules import check_chart
from eks_blueprints.addons._helm_values import (
    ChartRepository,
    ChartVersion,
    PolicyArns,
    SecretValues,
    all_nested,
    mirrored,
    nested,
    placed,
)
from eks_blueprints.addons._pod_identity import associations
from eks_blueprints.addons._pods import NodeSelector, Toleration
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import left_open
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.helm import Chart, Direct, HelmRelease, Login, deliver
from eks_blueprints.core.images import Mirrors
from eks_blueprints.core.json_values import JsonValues, merged
from eks_blueprints.core.leaves import RoleArn, Secret
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.iam_roles import GrantedRole
    from eks_blueprints.core.refs import ClusterRef, Ground

RELEASE_NAME_LIMIT = 53


class RepositoryLogin(Spec):
    """User and password of a private chart repository."""

    username: In[str]
    """Name of the user."""
    password: Secret
    """Password, named and not written: `{secret: key}`."""


class ChartAddOn(AddOn):
    """An add-on from a Helm chart: what can be said about each of them."""

    pods: ClassVar[tuple[str, ...]] = ("",)
    """Where the chart's values take a node selector and tolerations, for each sort of pod; DaemonSets left out."""
    daemons: ClassVar[tuple[str, ...]] = ()
    """Where the chart's values take tolerations for DaemonSets that every node needs, and that tolerate every taint."""
    images: ClassVar[dict[str, str]] = {}
    """Where the chart's values name images or registries, and which ones, so that a mirror can stand in for them."""
    service_account_at: ClassVar[str] = "serviceAccount"
    """Where the chart's values take the name and annotations of the service account that calls AWS; empty where the
    chart fixes the name."""
    spare: ClassVar[dict[str, Any]] = {}
    """Replicas and disruption budgets for production, by their paths in the chart's values."""
    alone: ClassVar[dict[str, str]] = {}
    """Workloads, by `Kind/name`, that have one pod in production too, and why."""
    spread: ClassVar[tuple[str, ...]] = ()
    """Where the chart's values take topology spread constraints, for each sort of pod."""
    spread_labels: ClassVar[dict[str, str]] = {}
    """Labels of the pods that are spread, where they do not carry `app.kubernetes.io/instance`."""
    role_on_demand: ClassVar[bool] = False
    """Whether it calls AWS only where someone gives it a role or policies."""
    makes_outside: ClassVar[bool] = False
    """Whether it creates things outside the cluster (load balancers, records, nodes), which have to be taken away
    before the cluster is.
    """

    version: ChartVersion | None = None
    """Version of the chart. Default: the one that is pinned with this library."""

    repository: ChartRepository | None = None
    """Where the chart comes from if it is kept elsewhere, `https://…` or `oci://…`. Default: its makers' repository."""

    repository_login: RepositoryLogin | None = None
    """User and password of the repository. Default: it is open to all."""

    create_namespace: bool | None = None
    """Whether the namespace is created with it. Default: yes, unless it is kube-system."""

    values: JsonValues = {}
    """Values of the chart, merged over the values of the other fields. A single value can be `{config: key}`, `{secret:
    key}` or `{stack: name, output: key}`; where the chart itself has a mapping like one of these, write `{literal:
    {secret: users}}`.
    """

    secret_values: SecretValues = {}
    """Values of the chart that are secret or known only later, by their paths: `{auth.token: {secret: key}}`. A dot
    within a key is written `\\.`."""

    registry_mirrors: Mirrors | None = None
    """Registries to use instead of those of its images, such as `{public.ecr.aws:
    111122223333.dkr.ecr.eu-west-1.amazonaws.com/public}`. Default: the platform's.
    """

    node_selector: NodeSelector | None = None
    """Labels that nodes have to carry to run its pods. Default: the platform's."""

    tolerations: Many[Toleration] | None = None
    """Taints that its pods accept. Default: the platform's."""

    production: bool | None = None
    """Whether it runs with spare pods, spread over zones, that are not all drained at once. Default: the platform's."""

    service_account_role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, for its service account. Default: its own role is created."""

    policy_arns: PolicyArns = {}
    """ARNs of IAM policies that its role gets besides its own permissions, by a short name each."""

    timeout_seconds: int = Field(default=600, ge=1, le=86400)
    """How long its objects may take to become ready, in seconds."""

    atomic: bool = True
    """Whether a failed installation is taken back, and a failed upgrade undone."""

    delivery: Literal["helm"] | None = None
    """`helm` to install it from this program whatever `addon_defaults.delivery` says. Default: that setting."""

    preserve: bool | None = None
    """Whether the software stays on the cluster, unmanaged, when the add-on is taken out or its chart left to another
    `delivery`. It has to be deployed before that. Default: it is deleted."""

    deleted_with_cluster: bool | None = None
    """Whether it is deleted together with the cluster, rather than being uninstalled from it first. Default: yes,
    unless it creates things outside the cluster, such as load balancers.
    """

    @property
    @left_open
    def chart_used(self) -> Chart:
        """The chart to install."""
        raise NotImplementedError(f"{type(self).__name__} names no chart")

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Kubernetes service accounts under which it calls AWS; none where it never does."""
        given = self.policy_arns or self.service_account_role_arn is not None or self.iam_role is not None
        return super().service_accounts if given or not self.role_on_demand else ()

    @property
    def release_name(self) -> str:
        """Name of the release in the cluster."""
        return self.name.replace("_", "-").lower()[:RELEASE_NAME_LIMIT].rstrip("-")

    @model_validator(mode="after")
    def _fits_the_chart(self) -> Self:
        check_chart(self)
        return self

    def attached(self, cluster: ClusterRef) -> dict[str, In[str]]:
        """ARNs of the policies that its role gets besides its own permissions."""
        return super().attached(cluster) | self.policy_arns

    @property
    def makes_a_role(self) -> bool:
        """Whether a role is made for its service accounts."""
        return super().makes_a_role and self.service_account_role_arn is None

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Policies under a name that one of AWS's own has, beside what holds for every add-on."""
        yield from super().problems_on(ground)
        for key in sorted(self.managed_policies(ground).keys() & self.policy_arns.keys()):
            message = f"is the name of a policy that the role already has; got {key}; use another name"
            yield Problem(("policy_arns", key), message)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Values that the chart should have on a cluster of EKS; everything else wins over them."""
        return {}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {}

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Places in the chart's values of pods that are placed, and of DaemonSets that every node needs."""
        return self.pods, self.daemons

    def production_values(self) -> dict[str, Any]:
        """Values for spare pods that are spread over zones and not all drained at once."""
        zones = {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": self.spread_labels or {"app.kubernetes.io/instance": self.release_name}},
        }
        return all_nested(self.spare | {path: [zones] for path in self.spread})

    def crd_release(self) -> HelmRelease | None:
        """The release of its CRDs, where they have a chart of their own."""
        return None

    def install(self, cluster: ClusterRef) -> Component:
        """Install the chart, after a role for its service account; where a Git repository brings it, the role alone."""
        component = self.component(cluster)
        spec, needed = self.equipped(component, cluster)
        arn, granted = spec._identity(component, cluster)
        needed = [*needed, *granted]
        component.register_outputs({"namespace": self.home, "version": self.chart_used.version})
        if cluster.from_git:
            component.ready = tuple(needed)
            return component
        crds, by = spec.crd_release(), cluster.delivery or Direct()
        if crds is not None:
            needed = [*needed, deliver(by, component, cluster, crds, needed)]
        release = deliver(by, component, cluster, spec.release(cluster, arn), needed)
        component.ready = (release,)
        return component

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """This spec with the AWS resources that it needs beside it, made here where the user names none of their own,
        and what to wait for before the chart is installed."""
        return self, []

    def release(self, cluster: ClusterRef, role_arn: pulumi.Input[str] | None = None) -> HelmRelease:
        """What it asks for on a cluster."""
        login = self.repository_login
        goes = self.deleted_with_cluster
        return HelmRelease(
            name=self.release_name,
            chart=self.chart_used,
            namespace=self.home,
            create_namespace=self.home != "kube-system" if self.create_namespace is None else self.create_namespace,
            values=self._all_values(cluster, role_arn),
            login=None if login is None else Login(username=login.username, password=login.password),
            timeout_seconds=self.timeout_seconds,
            # Before there are nodes nothing gets ready, and nothing that is not waited for can be taken back.
            atomic=self.atomic and not self.before_nodes,
            wait=not self.before_nodes,
            skip_crds=self.crd_release() is not None,
            keep=bool(self.preserve),
            goes_with_cluster=not self.makes_outside if goes is None else goes,
        )

    def _all_values(self, cluster: ClusterRef, role_arn: pulumi.Input[str] | None) -> dict[str, Any]:
        import pulumi

        pods, daemons = self.placements()
        layers = (
            placed(daemons, None, (Toleration(operator="Exists"),)),
            self.defaults(cluster),
            self.production_values() if self.production else {},
            placed(pods, self.node_selector, self.tolerations),
            mirrored(self.images, self.registry_mirrors or {}),
            self.settings(),
            self._account_values(role_arn),
            self.values,
            all_nested({path: pulumi.Output.secret(leaf) for path, leaf in self.secret_values.items()}),
        )
        values: dict[str, Any] = {}
        for layer in layers:
            values = merged(values, layer)
        return values

    def _account_values(self, role_arn: pulumi.Input[str] | None) -> dict[str, Any]:
        if not (self.service_account and self.service_account_at):
            return {}
        account: dict[str, Any] = {"create": True, "name": self.service_account}
        if role_arn is not None and self.identity_used == "irsa":
            account["annotations"] = {"eks.amazonaws.com/role-arn": role_arn}
        return nested(self.service_account_at, account)

    def _identity(
        self, component: Component, cluster: ClusterRef
    ) -> tuple[pulumi.Input[str] | None, list[pulumi.Resource]]:
        role: GrantedRole | None = None
        arn: pulumi.Input[str] | None = self.service_account_role_arn
        if arn is None:
            role = self.role(component, cluster)
            arn = role.arn if role else None
        needed: list[pulumi.Resource] = list(role.ready) if role else []
        if arn is not None and self.identity_used == "pod_identity":
            needed += associations(self, component, cluster, arn)
        return arn, needed
