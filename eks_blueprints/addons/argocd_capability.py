"""Argo CD, run by EKS: what is in a Git repository is what is on the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from eks_blueprints.access.spec import AccessPolicy
from eks_blueprints.addons._capability import CapabilityAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.argocd import Argocd
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.argocd import REGISTERED_HERE
from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Many, Spec, is_known

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

_INSTANCE = Form(r"arn:aws(-[a-z]+)*:sso:::instance/(sso)?ins-[a-zA-Z0-9.-]{16}")


class RoleMapping(Spec):
    """Who of IAM Identity Center has a role in Argo CD."""

    role: Literal["ADMIN", "EDITOR", "VIEWER"]
    """The role."""
    groups: Many[In[str]] = ()
    """Ids of groups of IAM Identity Center that have it."""
    users: Many[In[str]] = ()
    """Ids of users of IAM Identity Center that have it."""

    def inputs(self) -> dict[str, Any]:
        """It as the provider takes it."""
        identities = [{"id": each, "type": "SSO_GROUP"} for each in self.groups]
        identities += [{"id": each, "type": "SSO_USER"} for each in self.users]
        return {"role": self.role, "identities": identities}


class ArgocdCapability(CapabilityAddOn):
    """Have EKS run Argo CD, outside the cluster; people sign on by IAM Identity Center."""

    category: ClassVar[str] = "gitops"
    brings_groups: ClassVar[tuple[str, ...]] = ("argoproj.io",)
    capability_type: ClassVar[str] = "ARGOCD"
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (Argocd,)

    idc_instance_arn: In[str]
    """ARN of the instance of IAM Identity Center that people sign on by."""

    idc_region: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    """Region of that instance. Default: the cluster's."""

    namespace: Namespace = "argocd"
    """Kubernetes namespace of its Applications."""

    access_policies: Many[AccessPolicy] = ()
    """EKS access policies that its role has on this cluster, such as `{policy: cluster_admin}`, or `{policy: admin,
    namespaces: [shop]}`. The cluster is then registered with it as `in-cluster`. Default: none, and it can deploy to
    other clusters alone."""

    role_mappings: Many[RoleMapping] = Field(default=(), max_length=3)
    """Who has which role. Default: nobody can sign on."""

    vpce_ids: Many[In[str]] = ()
    """Ids of the VPC endpoints by which alone it can be reached. Default: it can be reached from the internet."""

    @property
    def home(self) -> str:
        """Kubernetes namespace of its objects; it runs in none."""
        return self.namespace

    @field_validator("idc_instance_arn")
    @classmethod
    def _is_an_instance(cls, arn: Any) -> Any:
        if is_known(arn) and not _INSTANCE.fullmatch(arn):
            do = "write arn:aws:sso:::instance/ssoins-0123456789abcdef"
            raise ValueError(f"is not a valid ARN of an instance of IAM Identity Center; got {shown(arn)}; {do}")
        return arn

    def install(self, cluster: ClusterRef) -> Component:
        """Have EKS run it, and register this cluster with it where it has rights there."""
        component = super().install(cluster)
        role: Any = getattr(component.ready[0], "role_arn")  # noqa: B009 - the type is that of all resources
        if self.access_policies:
            component.ready = (*component.ready, *self._registered(component, cluster, [*component.ready]))
        component.exported = {"gitops_agent_role_arn": role}
        return component

    def _registered(
        self, component: Component, cluster: ClusterRef, after: list[pulumi.Resource]
    ) -> tuple[pulumi.Resource, ...]:
        """This cluster, under the name that Argo CD gives to its own; the capability knows none by itself."""
        from eks_blueprints.core.component import in_cluster
        from eks_blueprints.core.kubernetes_object import KubernetesObject

        manifest = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": "cluster-in-cluster",
                "namespace": self.namespace,
                "labels": {"argocd.argoproj.io/secret-type": "cluster"},
            },
            "stringData": {"name": REGISTERED_HERE["name"], "server": cluster.arn},
        }
        opts = component.child(depends_on=after, **in_cluster(cluster.resource, goes_with_it=True))
        return (KubernetesObject(f"{component.pulumi_resource_name}-in-cluster", manifest, opts),)

    def configuration(self) -> dict[str, Any]:
        """Its settings, as the provider takes them."""
        idc: dict[str, Any] = {"idc_instance_arn": self.idc_instance_arn}
        if self.idc_region is not None:
            idc["idc_region"] = self.idc_region
        argo: dict[str, Any] = {"aws_idc": idc, "namespace": self.namespace}
        if self.role_mappings:
            argo["rbac_role_mappings"] = [mapping.inputs() for mapping in self.role_mappings]
        if self.vpce_ids:
            argo["network_access"] = {"vpce_ids": list(self.vpce_ids)}
        return {"argo_cd": argo}
