"""Jenkins: builds and deployments, whose agents are pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import ServiceAccount, repeated
from eks_blueprints.core.spec import Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_PLUGINS = ("junit", "lockable-resources")
"""Plug-ins that rendered Jenkinsfiles use, besides those of the chart: Kubernetes, Git, pipelines, configuration."""


class Jenkins(HelmAddOn):
    """Run the controller of Jenkins, which builds nothing itself: each job runs in a pod of its own.

    Jobs use the roles of `agent_service_accounts`, which a stack of pipelines associates with its stages by EKS Pod
    Identity. The controller keeps all that it knows on one volume: it needs a default StorageClass, and a backup. The
    password of `admin` is in the Secret `jenkins`, unless `admin_secret` names one.
    """

    category: ClassVar[str] = "platform"
    chart: ClassVar[Chart] = Chart("jenkins", "5.9.53", "https://charts.jenkins.io")
    service_account: ClassVar[str] = "jenkins"
    role_on_demand: ClassVar[bool] = True
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    pods: ClassVar[tuple[str, ...]] = ("controller",)
    alone: ClassVar[dict[str, str]] = {"StatefulSet/jenkins": "the controller keeps its state on one volume"}
    images: ClassVar[dict[str, str]] = {
        "controller.image.registry": "docker.io",
        "controller.sidecars.configAutoReload.image.registry": "docker.io",
        "agent.image.registry": "docker.io",
    }

    namespace: Namespace = "jenkins"

    agent_service_accounts: Many[ServiceAccount] = ()
    """Service accounts that it creates for pods of jobs, in its namespace, such as those that `eks-blueprints pipeline
    render` lists in `jenkins/<pipeline>-service-accounts.yaml`."""

    plugins: Many[Annotated[str, Field(pattern=r"^[\w.-]+(:[\w.+-]+)?$")]] = ()
    """Further plug-ins, each with or without a version: `github-branch-source:1797.v86fdb_4d57d43`."""

    admin_secret: ServiceAccount | None = None
    """Secret in its namespace with the keys `jenkins-admin-user` and `jenkins-admin-password`. Default: one is
    created."""

    host: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """Host name that people reach it by, through an Ingress. Default: none; use `kubectl port-forward`."""

    ingress_class: str | None = Field(default=None, min_length=1)
    """IngressClass of that Ingress. Default: the cluster's own."""

    ingress_annotations: dict[str, str] = {}
    """Annotations of that Ingress."""

    storage_gib: int = Field(default=20, ge=1, le=16_384)
    """Size of its volume in GiB."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        faults = Faults()
        if self.host is None:
            for field in ("ingress_class", "ingress_annotations"):
                if getattr(self, field):
                    faults.add(field, f"is for an Ingress; got no host; set host, or remove {field}")
        if twice := repeated(self.agent_service_accounts):
            faults.add("agent_service_accounts", f"names one twice; got {twice}; remove one of them")
        faults.raise_if_any()
        return self

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Agents run without rights on the node, and their pods see no token of Kubernetes."""
        return {
            "controller": {"additionalPlugins": [*_PLUGINS]},
            "agent": {"restrictedPssSecurityContext": True},
        }

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        controller: dict[str, Any] = {"additionalPlugins": [*_PLUGINS, *self.plugins]} if self.plugins else {}
        if self.admin_secret is not None:
            controller["admin"] = {"createSecret": False, "existingSecret": self.admin_secret}
        if self.host is not None:
            controller |= {"jenkinsUrlProtocol": "https", "jenkinsUrl": f"https://{self.host}"}
            ingress: dict[str, Any] = {"enabled": True, "hostName": self.host}
            if self.ingress_class is not None:
                ingress["ingressClassName"] = self.ingress_class
            if self.ingress_annotations:
                ingress["annotations"] = dict(sorted(self.ingress_annotations.items()))
            controller["ingress"] = ingress
        values: dict[str, Any] = {"persistence": {"size": f"{self.storage_gib}Gi"}}
        if controller:
            values["controller"] = controller
        if self.agent_service_accounts:
            values["extraObjects"] = [
                {
                    "apiVersion": "v1",
                    "kind": "ServiceAccount",
                    "metadata": {"name": name, "namespace": self.namespace},
                    "automountServiceAccountToken": False,
                }
                for name in self.agent_service_accounts
            ]
        return values
