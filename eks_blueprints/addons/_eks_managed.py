"""Add-ons that EKS itself installs and keeps up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.addons._helm_values import clashes
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import left_open
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.json_values import JsonValues, merged
from eks_blueprints.core.leaves import RoleArn
from eks_blueprints.core.spec import In, is_known

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

_EKS_VERSION = Form(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)*-eksbuild\.\d+")


class EksManaged(AddOn):
    """An add-on that EKS installs and keeps: what can be said about each of them."""

    of_eks: ClassVar[bool] = True

    version: In[str] | None = None
    """Version, such as `v1.20.4-eksbuild.2`. Default: EKS's default for the cluster's Kubernetes version."""

    configuration_values: JsonValues = {}
    """Settings by the add-on's own schema (`aws eks describe-addon-configuration`), merged over the values of the other
    fields. A single value can be `{config: key}` or another reference. EKS shows them to everyone who can describe the
    add-on: do not put secrets here.
    """

    service_account_role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, for its service account. Default: its own role is created."""

    resolve_conflicts_on_create: Literal["NONE", "OVERWRITE"] = "OVERWRITE"
    """What to do on creation where the same software is on the cluster already with other settings."""

    resolve_conflicts_on_update: Literal["NONE", "OVERWRITE", "PRESERVE"] = "OVERWRITE"
    """What an update does to settings that someone changed on the cluster. `NONE` may make the update fail."""

    preserve: bool | None = None
    """Whether the software stays on the cluster, unmanaged, when the add-on is taken out or its chart left to another
    `delivery`. It has to be deployed before that. Default: it is deleted."""

    timeout_minutes: int | None = Field(default=None, ge=1, le=720)
    """How long creating, updating or deleting it may take, in minutes. Default: the provider's 20, 20 and 40."""

    @property
    @left_open
    def name_in_eks(self) -> str:
        """What EKS calls it."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about its name in EKS")

    @property
    def makes_a_role(self) -> bool:
        """Whether a role is made for its service accounts."""
        return super().makes_a_role and self.service_account_role_arn is None

    @field_validator("version")
    @classmethod
    def _version_is_of_eks(cls, version: Any) -> Any:
        if version is not None and is_known(version) and not _EKS_VERSION.fullmatch(version):
            do = "write one that `aws eks describe-addon-versions` lists, like v1.20.4-eksbuild.2"
            raise ValueError(f"is not a valid version of an EKS add-on; got {shown(version)}; {do}")
        return version

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for path, typed, raw in clashes(self.settings(), self.configuration_values):
            message = f"is also set by a field of this add-on; got {shown(raw)} and {shown(typed)}; set it once"
            faults.add(("configuration_values", *path), message)
        for field in ("identity", "service_account_role_arn"):
            if not self.service_accounts and getattr(self, field) is not None:
                faults.add(field, f"{self.kind()} calls no AWS service; got a value; remove it")
        if self.identity == "node_role" and self.service_account_role_arn is not None:
            faults.add("service_account_role_arn", "has no effect with identity node_role; got both; remove one")
        faults.raise_if_any()
        return self

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        return {}

    def cluster_settings(self, cluster: ClusterRef) -> dict[str, Any]:
        """Settings that depend on the cluster; those of `settings` and `configuration_values` win over them."""
        return {}

    def prepared(self, component: Component, cluster: ClusterRef) -> list[pulumi.Resource]:
        """What is made before it besides its role."""
        return []

    def install(self, cluster: ClusterRef) -> Component:
        """Have EKS install it."""
        import pulumi
        import pulumi_aws as aws

        from eks_blueprints.core.component import merge_tags

        component = self.component(cluster)
        role = None if self.service_account_role_arn is not None else self.role(component, cluster)
        arn = self.service_account_role_arn if role is None else role.arn
        limit = None if self.timeout_minutes is None else f"{self.timeout_minutes}m"
        # The name of an add-on is fixed: the old one has to go before one that replaces it can come.
        addon = aws.eks.Addon(
            f"{component.pulumi_resource_name}-addon",
            cluster_name=cluster.name,
            addon_name=self.name_in_eks,
            addon_version=self.version,
            configuration_values=self._configuration(cluster),
            **self._identity_inputs(arn),
            resolve_conflicts_on_create=self.resolve_conflicts_on_create,
            resolve_conflicts_on_update=self.resolve_conflicts_on_update,
            preserve=self.preserve,
            tags=merge_tags(cluster.tags, self.tags) or None,
            opts=component.child(
                depends_on=[*(role.ready if role else ()), *self.prepared(component, cluster)],
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit) if limit else None,
            ),
        )
        component.ready = (addon,)
        component.register_outputs({"arn": addon.arn, "version": addon.addon_version})
        return component

    def _configuration(self, cluster: ClusterRef) -> In[str] | None:
        values = merged(merged(self.cluster_settings(cluster), self.settings()), self.configuration_values)
        return json_text(values) if values else None

    def _identity_inputs(self, arn: pulumi.Input[str] | None) -> Mapping[str, Any]:
        if arn is None:
            return {}
        if self.identity_used == "irsa":
            return {"service_account_role_arn": arn}
        accounts = self.service_accounts
        return {"pod_identity_associations": [{"role_arn": arn, "service_account": account} for account in accounts]}


class EksAddOn(EksManaged):
    """An add-on of this catalogue from EKS's own."""

    single: ClassVar[bool] = True
    eks_name: ClassVar[str]
    """What EKS calls it."""
    namespace: ClassVar[str] = "kube-system"
    """Kubernetes namespace it runs in."""

    @property
    def name_in_eks(self) -> str:
        """What EKS calls it."""
        return self.eks_name

    @property
    def home(self) -> str:
        """Kubernetes namespace it runs in."""
        return self.namespace
