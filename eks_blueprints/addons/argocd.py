"""Argo CD: what is in a Git repository is what is on the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, PrivateAttr, model_validator

from eks_blueprints.addons._argocd_access import Rbac, Sso
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons._hub import hub_problems, hub_role
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.json_values import merged
from eks_blueprints.core.leaves import RoleArn
from eks_blueprints.core.spec import In, Many, is_known

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


_APPLICATION_HEALTH = """\
local health = (obj.status or {}).health or {}
return {status = health.status or "Progressing", message = health.message or ""}
"""
"""How Argo CD judges an Application that another one holds. It has no rule of its own for them since 1.8, and sync
waves do not wait for what has none (Argo CD, operator manual, "Resource Health")."""


class Argocd(HelmAddOn):
    """Keep the cluster as Git repositories describe it.

    Its server uses plain HTTP inside the cluster by default, so that an Ingress can terminate TLS. Give it a
    role (`policy_arns`) where its repository server has to read ECR or CodeCommit. EKS runs Argo CD outside the cluster
    as well: the kind `argocd_capability`.
    """

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argo-cd", "10.1.1", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argocd-repo-server"
    service_account_at: ClassVar[str] = "repoServer.serviceAccount"
    role_on_demand: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("global", "redis-ha")
    alone: ClassVar[dict[str, str]] = {
        "Deployment/argocd-dex-server": "it keeps sign-ins in memory",
        "Deployment/argocd-notifications-controller": "two would send everything twice",
        "StatefulSet/argocd-application-controller": "more of them share out clusters, and there is one",
    }
    images: ClassVar[dict[str, str]] = {
        "global.image.repository": "quay.io/argoproj/argocd",
        "dex.image.repository": "ghcr.io/dexidp/dex",
        "redis.image.repository": "ecr-public.aws.com/docker/library/redis",
        "redis-ha.image.repository": "ecr-public.aws.com/docker/library/redis",
        "redis-ha.haproxy.image.repository": "ecr-public.aws.com/docker/library/haproxy",
    }
    spare: ClassVar[dict[str, Any]] = {
        "redis-ha.enabled": True,
        "server.replicas": 2,
        "server.pdb.enabled": True,
        "server.pdb.maxUnavailable": 1,
        "repoServer.replicas": 2,
        "repoServer.pdb.enabled": True,
        "repoServer.pdb.maxUnavailable": 1,
        "applicationSet.replicas": 2,
    }
    spread: ClassVar[tuple[str, ...]] = ("global.topologySpreadConstraints",)

    namespace: Namespace = "argocd"

    domain: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """Host name that people reach it by. Default: none; use `kubectl port-forward`."""

    ingress_class: str | None = Field(default=None, min_length=1)
    """IngressClass of an Ingress for its domain. Default: no Ingress is created."""

    ingress_annotations: dict[str, str] = {}
    """Annotations of that Ingress."""

    insecure: bool = True
    """Whether the server speaks plain HTTP, for an Ingress or load balancer that ends TLS before it."""

    admin_password_bcrypt: In[str] | None = None
    """The admin's password as its bcrypt hash, best as `{secret: key}`. Default: Argo CD creates one up and puts it
    into the Secret `argocd-initial-admin-secret`.
    """

    dex: bool = True
    """Whether it installs Dex, for signing on by other providers than OIDC."""

    notifications: bool = True
    """Whether it installs the controller that sends notifications about Applications."""

    application_health: bool = True
    """Whether an Application that another one holds is as healthy as what it deploys: sync waves then wait for it.
    Argo CD itself does not judge them."""

    sso: Sso | None = None
    """How people sign on. Default: as `admin` alone. It needs `domain`."""

    rbac: Rbac | None = None
    """What people may do. Default: those who sign on may do nothing, and `admin` everything."""

    spoke_role_arns: Many[In[RoleArn]] | None = None
    """ARNs of IAM roles of other clusters that it may assume; it then has a role by EKS Pod Identity, which the stack
    exports as `gitops_agent_role_arn`. `[]` for a hub that has no spokes yet. Default: those of `gitops: {clusters: …}`
    of the platform, and no role where there are none.
    """

    _besides: Mapping[str, Any] = PrivateAttr(default={})

    @model_validator(mode="after")
    def _signs_on_by_a_name(self) -> Self:
        faults = Faults()
        if self.sso is not None and self.domain is None:
            do = "write a host name"
            faults.add("domain", f"is required for sso: people come back to it; got none; {do}")
        if self.sso is not None and self.sso.dex_connectors and not self.dex:
            faults.add("dex", "is what sso connects by; got false; remove it")
        faults.raise_if_any()
        return self

    def for_gitops(self, spoke_role_arns: Many[In[RoleArn]] | None, values: Mapping[str, Any]) -> Self:
        """The same as the platform's `gitops` needs it: with roles of spokes, where it names none itself, values."""
        asked = self.spoke_role_arns is None and spoke_role_arns is not None
        found = self.model_copy(update={"spoke_role_arns": spoke_role_arns} if asked else {})
        found._besides = values
        return found

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """A hub whose pods get no role, beside what holds for every chart."""
        yield from super().problems_on(ground)
        yield from hub_problems(self, "spoke_role_arns", ground)

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """The role of a hub: its controller and its server assume those of spokes."""
        if self.spoke_role_arns is None:
            return self, []
        roles = list(dict.fromkeys(arn for arn in self.spoke_role_arns if is_known(arn)))
        roles += [arn for arn in self.spoke_role_arns if not is_known(arn)]
        # A session of Pod Identity hands its tags on.
        allowed = [Allow("sts:AssumeRole", "sts:TagSession", on=roles)] if roles else []
        accounts = ("argocd-application-controller", "argocd-server")
        return self, hub_role(self, component, cluster, accounts, allowed)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        import pulumi

        values: dict[str, Any] = {"crds": {"install": True, "keep": True}}
        configs: dict[str, Any] = {}
        if self.application_health:
            configs["cm"] = {"resource.customizations.health.argoproj.io_Application": _APPLICATION_HEALTH}
        if self.admin_password_bcrypt is not None:
            configs["secret"] = {"argocdServerAdminPassword": pulumi.Output.secret(self.admin_password_bcrypt)}
        if configs:
            values["configs"] = configs
        if self.sso is not None:
            values = merged(values, {"configs": self.sso.values()})
        return merged(values, self._besides)

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {"configs": {"params": {"server.insecure": self.insecure}}}
        if self.domain is not None:
            settings["global"] = {"domain": self.domain}
        if self.ingress_class is not None:
            ingress: dict[str, Any] = {"enabled": True, "ingressClassName": self.ingress_class}
            if self.ingress_annotations:
                ingress["annotations"] = dict(sorted(self.ingress_annotations.items()))
            settings["server"] = {"ingress": ingress}
        if self.rbac is not None:
            settings["configs"] |= self.rbac.values()
        if not self.dex:
            settings["dex"] = {"enabled": False}
        if not self.notifications:
            settings["notifications"] = {"enabled": False}
        return settings
