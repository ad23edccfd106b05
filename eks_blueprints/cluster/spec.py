"""An EKS cluster as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from eks_blueprints.cluster import rules
from eks_blueprints.cluster.endpoint_access import EndpointAccess
from eks_blueprints.cluster.parts import AutoModeArgs, EncryptionArgs, KubeconfigArgs, LogGroupArgs, TimeoutsArgs
from eks_blueprints.core import versions
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import Cidr, Cidr4, PolicyArn, RoleArn, SecurityGroupId, Tags
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In, Many, Several, Spec

if TYPE_CHECKING:
    from eks_blueprints.cluster.control_plane import (
        KubeApiServerConfig,
        KubeControllerManagerConfig,
        KubeSchedulerConfig,
    )
    from eks_blueprints.cluster.identity_provider import IdentityProviderArgs
else:
    KubeApiServerConfig = late("eks_blueprints.cluster.control_plane", "KubeApiServerConfig")
    KubeControllerManagerConfig = late("eks_blueprints.cluster.control_plane", "KubeControllerManagerConfig")
    KubeSchedulerConfig = late("eks_blueprints.cluster.control_plane", "KubeSchedulerConfig")
    IdentityProviderArgs = late("eks_blueprints.cluster.identity_provider", "IdentityProviderArgs")

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
Tier = Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"]

_NAME = Form(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")


def cluster_name(value: str) -> str:
    """A name that EKS takes for a cluster.

    Raises:
        ValueError: if it does not.
    """
    if not _NAME.fullmatch(value):
        do = "use up to 100 letters, digits, - and _, with a letter or digit first"
        raise ValueError(f"is not a valid name for a cluster; got {shown(value)}; {do}")
    return value


class ClusterArgs(Spec):
    """An EKS cluster. The fields are those of `aws.eks.Cluster`, in AWS's words, without its wrapping blocks."""

    version: str
    """Kubernetes version, such as `"1.35"`. It can be raised one minor at a time and never lowered."""

    name: str | None = None
    """Name of the cluster in AWS. Changing it replaces the cluster. Default: the name of the blueprint."""

    endpoint_private_access: bool = True
    """Whether the Kubernetes API can be reached from inside the VPC. Without it, nodes reach it through NAT."""

    endpoint_public_access: bool = False
    """Whether the Kubernetes API can be reached from the internet. Without it, what deploys Kubernetes objects must
    run where the VPC can be reached: a runner in it, a VPN, a peered network. Needs `public_access_cidrs`."""

    public_access_cidrs: Many[Cidr] = Field(default=(), max_length=40)
    """Address ranges that may use the public endpoint, at most 40. There is no default: to allow everyone, write
    `0.0.0.0/0`.
    """

    endpoint_access: dict[str, EndpointAccess] = {}
    """Who reaches the private endpoint from outside the cluster, by a name of your choice: address ranges, prefix
    lists, security groups. Default: nodes and pods of the cluster alone. Needs `endpoint_private_access`."""

    security_group_ids: Several[SecurityGroupId] = ()
    """Security groups of the control plane's network interfaces, besides the one that EKS creates."""

    security_groups: Many[str] = ()
    """The same by their names in `security_groups` of the platform."""

    control_plane_egress_mode: Literal["AWS_MANAGED", "CUSTOMER_ROUTED"] | None = None
    """How the control plane reaches out. Going back from `CUSTOMER_ROUTED` replaces the cluster. Default: EKS's own,
    `AWS_MANAGED`."""

    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"] = "API"
    """How EKS knows who may use the Kubernetes API: access entries, or also the ConfigMap `aws-auth` of a cluster that
    is on its way to access entries. This cannot be reverted.
    """

    bootstrap_cluster_creator_admin_permissions: bool = True
    """Whether EKS makes the cluster's creator its administrator. EKS does so once and keeps no link to who deploys
    later, so it cannot drift, but a change after creation has no effect. Set it false where pipelines deploy, and
    declare their role under `access` with `cluster_admin`.
    """

    enabled_cluster_log_types: Many[LogType] = ("api", "audit", "authenticator")
    """Logs of the control plane that are sent to CloudWatch. An empty list turns them off."""

    log_group: LogGroupArgs | None = None
    """The log group of the control plane. Default: logs are kept for 90 days."""

    encryption_config: EncryptionArgs | None = EncryptionArgs()
    """KMS encryption of Kubernetes Secrets. Default: with a key of the cluster's own. `null` leaves it to the key that
    EKS itself has; a cluster that has had its own key is then replaced.
    """

    support_type: Literal["STANDARD", "EXTENDED"] = "EXTENDED"
    """What EKS does when standard support of the version ends: upgrade the cluster by itself (`STANDARD`), or keep it
    for another year at six times the price (`EXTENDED`). Default: AWS's own; nothing then moves the cluster away from
    the version that is written here."""

    force_update_version: bool | None = None
    """Whether to upgrade even if EKS's upgrade insights report errors."""

    deletion_protection: bool = False
    """Whether AWS refuses to delete the cluster until this is turned off."""

    protect: bool = False
    """Whether Pulumi refuses to delete or replace the cluster and its key until this is turned off."""

    zonal_shift: bool | None = None
    """Whether EKS can shift traffic away from an impaired zone. Default: EKS's own, no."""

    control_plane_scaling_tier: Tier | None = None
    """Size of a control plane that is provisioned ahead of need, at a price by the hour. Default: EKS's own,
    `standard`."""

    ip_family: Literal["ipv4", "ipv6"] | None = None
    """Family of the addresses of pods and services. It cannot be changed later: the cluster is replaced. Default: that
    of the network."""

    service_ipv4_cidr: Cidr4 | None = None
    """Address range of Kubernetes Services: /12 to /24 in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, apart from the
    VPC. It cannot be changed later: the cluster is replaced. Default: EKS's choice, 10.100.0.0/16 or 172.20.0.0/16."""

    remote_node_networks: Many[Cidr4] = Field(default=(), max_length=15)
    """Address ranges outside AWS in which hybrid nodes are, at most 15, private and apart from all others."""

    remote_pod_networks: Many[Cidr4] = Field(default=(), max_length=15)
    """Address ranges outside AWS of pods on hybrid nodes, at most 15. Needs `remote_node_networks`."""

    kube_api_server_config: KubeApiServerConfig | None = None
    """Settings of the API server."""

    kube_scheduler_config: KubeSchedulerConfig | None = None
    """Settings of the scheduler."""

    kube_controller_manager_config: KubeControllerManagerConfig | None = None
    """Settings of the controller manager."""

    auto_mode: AutoModeArgs | None = None
    """EKS Auto Mode. Default: off."""

    role_arn: In[RoleArn] | None = None
    """ARN of the cluster's role. Changing it replaces the cluster. Default: a role is created."""

    role_permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    oidc_provider: bool = True
    """Whether to create the IAM OIDC provider that roles for service accounts (IRSA) need."""

    openid_connect_audiences: Many[str] = Field(default=(), max_length=99)
    """Audiences besides `sts.amazonaws.com` in tokens of service accounts that IAM accepts from that provider."""

    identity_provider: IdentityProviderArgs | None = None
    """An OIDC identity provider whose users may use the Kubernetes API. Default: none, IAM alone."""

    kubeconfig: KubeconfigArgs = KubeconfigArgs()
    """How the kubeconfig, and with it all that deploys to the cluster, proves who is calling."""

    timeouts: TimeoutsArgs = TimeoutsArgs()
    """How long to wait for the cluster."""

    tags: Tags = {}
    """Tags of the cluster and what belongs to it, on top of the platform's."""

    @model_validator(mode="before")
    @classmethod
    def _say_where_blocks_went(cls, fields: Any) -> Any:
        blocks = [key for key in fields if key in rules.BLOCKS] if isinstance(fields, Mapping) else []
        if not blocks:
            return fields
        faults = Faults()
        for key in blocks:
            faults.add(key, f"is not a field here; got {shown(fields[key])}; {rules.BLOCKS[key]}")
        try:
            cls.model_validate({key: value for key, value in fields.items() if key not in blocks})
        except ValidationError as error:
            faults.nest((), error)
        faults.raise_if_any()
        return fields

    @field_validator("version")
    @classmethod
    def _offered(cls, version: str) -> str:
        return versions.offered(version)

    @field_validator("name")
    @classmethod
    def _is_name(cls, name: str | None) -> str | None:
        return None if name is None else cluster_name(name)

    @field_validator("authentication_mode", mode="before")
    @classmethod
    def _no_config_map(cls, mode: Any) -> Any:
        if mode == "CONFIG_MAP":
            raise ValueError(
                'keeps access in one ConfigMap that a single mistake can break; got "CONFIG_MAP"; use API, or '
                "API_AND_CONFIG_MAP while a cluster moves"
            )
        return mode

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        rules.check(self, faults)
        faults.raise_if_any()
        return self

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed but doubtful about this cluster; paths are counted from it."""
        return tuple(rules.doubts(self))

    def beside_network(
        self, *, region: str, vpc_cidrs: tuple[str, ...], ip_family: Literal["ipv4", "ipv6"] | None
    ) -> Iterator[Problem]:
        """What is wrong between this cluster and a network; paths are counted from the cluster."""
        return rules.beside_network(self, region=region, vpc_cidrs=vpc_cidrs, ip_family=ip_family)
