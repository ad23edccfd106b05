"""What others may see of a network and of a cluster, whether this program made it or it was there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws
    import pulumi_eks
    import pulumi_kubernetes as kubernetes
    from pulumi_aws import Provider as AwsProvider

    from eks_blueprints.core.caller import Caller
    from eks_blueprints.core.errors import Path
    from eks_blueprints.core.helm import Delivery
    from eks_blueprints.core.iam_roles import GrantedRole
    from eks_blueprints.core.role_spec import IamArgs
    from eks_blueprints.core.telemetry import Telemetry
    from eks_blueprints.observability.observe_spec import Observe

WITH_GIT: ContextVar[bool] = ContextVar("WITH_GIT", default=False)
"""Whether a program declares what a Git repository brings as well: that is how it gets there, and how rules see it."""

SubnetRole = Literal["public", "private", "pod", "control_plane"]


@dataclass(frozen=True, kw_only=True)
class SubnetRef:
    """One subnet."""

    id: pulumi.Input[str]
    role: SubnetRole
    zone: str | None = None
    """Availability zone, a name (`eu-west-1a`) or an id (`euw1-az1`), as the spec has it; None where only AWS knows."""
    cidr: str | None = None


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRef:
    """A security group of a platform."""

    id: pulumi.Input[str]
    ready: tuple[pulumi.Resource, ...] = ()
    """Its rules."""


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A VPC and its subnets."""

    vpc_id: pulumi.Input[str]
    subnets: tuple[SubnetRef, ...]
    cidr: str | None = None
    """The VPC's primary IPv4 CIDR; None where only AWS knows."""
    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    endpoints_group_id: pulumi.Input[str] | None = None
    """The security group of its interface endpoints; None where none is created."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What nodes need before they can reach the internet or the VPC endpoints: NAT routes, endpoints."""
    discovery: str | None = None
    """Value of the tag `karpenter.sh/discovery` of the private subnets; None where they need not have it."""

    def ids(self, role: SubnetRole, zones: Sequence[str] = ()) -> list[pulumi.Input[str]]:
        """The ids of the subnets of one role, of all zones or of those named."""
        return [s.id for s in self.subnets if s.role == role and (not zones or s.zone in zones)]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Compute of a cluster, or one pool of it, as pods choose it."""

    node_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Labels of its nodes that pods select, each with the values that it may have."""
    tolerations: tuple[Mapping[str, str], ...] = ()
    """Tolerations of the taints of its nodes, as in Kubernetes."""
    fargate: tuple[tuple[str, Mapping[str, str]], ...] = ()
    """Of Fargate: which pods it runs, by a pattern for their namespace and by labels."""

    def pod_labels(self, namespace: str) -> Mapping[str, str] | None:
        """The labels that pods in a namespace need to run there; None where they cannot."""
        if not self.fargate:
            return {}
        from eks_blueprints.core.wildcards import matches  # most platforms have no Fargate

        return next((labels for pattern, labels in self.fargate if matches(pattern, namespace)), None)

    def runs(self, namespace: str, labels: Mapping[str, Any]) -> bool:
        """Whether it is Fargate that runs pods with these labels in a namespace."""
        if not self.fargate:
            return False
        from eks_blueprints.core.wildcards import matches

        return any(
            matches(pattern, namespace) and all(_is_labelled(labels, *each) for each in wanted.items())
            for pattern, wanted in self.fargate
        )


def _is_labelled(labels: Mapping[str, Any], key: str, value: str) -> bool:
    from eks_blueprints.core.wildcards import matches

    return any(matches(key, other) and matches(value, str(text)) for other, text in labels.items())


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an element finds on a cluster, as far as it is known before anything is created: rules stand on it.

    It is there for a cluster that is only described as for one that is created or was there before
    (`ClusterRef.ground`), so that one rule serves a check of the description and the making.
    """

    version: str | None
    """Kubernetes version; None where only AWS knows."""
    network: NetworkRef
    """Its subnets; the id of one that is only described is a text that stands for it."""
    oidc_provider: bool
    """Whether there is an IAM OIDC provider of its issuer, which IRSA needs."""
    autoscaled: bool = False
    """Whether Cluster Autoscaler is on it."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the platform."""
    auto_mode: bool = False
    """Whether EKS Auto Mode is on."""
    only_fargate: bool = False
    """Whether pods have nothing but Fargate to run on."""
    places: Mapping[str, Place] | None = None
    """Its compute by name, and each pool of it as `name/pool`; None where that is not known."""
    addons: frozenset[str] | None = None
    """Kinds of the add-ons on it; None where they are not known."""
    addon_homes: Mapping[str, str] = field(default_factory=dict)
    """Namespaces of the add-ons on it, by their kinds."""
    metrics: frozenset[str] | None = None
    """API groups of metrics that its add-ons serve, such as `metrics.k8s.io`; None where that is not known."""
    default_requests: Mapping[str, frozenset[str]] | None = None
    """Resources that containers of each namespace request where they do not say it; None where that is not known."""
    service_cidr: str | None = None
    """Addresses of Services; None where EKS chooses them."""
    region: str = ""
    """Region that it stands in."""
    telemetry: Telemetry | None = None
    """What collects metrics, traces and logs; None where that is not known."""
    observe: Observe | None = None
    """What workloads send that say nothing themselves."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A Service on the cluster that an add-on offers to others."""

    name: str
    namespace: str
    port: int

    @property
    def host(self) -> str:
        """Its name in the cluster's DNS."""
        return f"{self.name}.{self.namespace}.svc"

    @property
    def url(self) -> str:
        """Where it answers, by HTTP."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """A cluster as elements see it: enough to attach compute, install add-ons and give access."""

    prefix: str
    """Start of the logical name of everything put on this cluster."""
    name: pulumi.Input[str]
    version: str | None
    region: str
    partition: str = "aws"
    arn: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str]
    """The API server's certificate authority, base64-encoded."""
    oidc_issuer: pulumi.Input[str]
    """URL of the OIDC issuer, with `https://`."""
    oidc_provider_arn: pulumi.Input[str] | None = None
    """IAM OIDC provider of the issuer; None where there is none, and IRSA cannot be used."""
    security_group_id: pulumi.Input[str]
    """The security group that EKS creates for control plane and nodes."""
    service_cidr: str | None = None
    network: NetworkRef
    auto_mode: bool = False
    autoscaled: bool = False
    """Whether Cluster Autoscaler is on the cluster, which is then told what nodes of empty groups have."""
    only_fargate: bool = False
    """Whether pods have nothing but Fargate to run on."""
    places: Mapping[str, Place] | None = None
    """Its compute by name, and each pool of it as `name/pool`; None where that is not known."""
    addons: frozenset[str] | None = None
    """Kinds of the add-ons on it; None where they are not known."""
    addon_homes: Mapping[str, str] = field(default_factory=dict)
    """Namespaces of the add-ons on it, by their kinds."""
    metrics: frozenset[str] | None = None
    """API groups of metrics that its add-ons serve; None where that is not known."""
    prometheus: Service | None = None
    """The Prometheus on the cluster that add-ons read from; None where none is known."""
    telemetry: Telemetry | None = None
    """What collects metrics, traces and logs; None where that is not known."""
    observe: Observe | None = None
    """What workloads send that say nothing themselves."""
    pod_standards: Mapping[str, str] = field(default_factory=dict)
    """Namespaces of add-ons, and the strictest of the Pod Security Standards that all of their pods meet."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the platform; each resource adds its own."""
    iam: IamArgs | None = None
    """Settings for all IAM roles created for what is put on it; None for what holds where `parent` is created."""
    security_groups: Mapping[str, SecurityGroupRef] = field(default_factory=dict)
    """Security groups of the platform, by the name by which its parts ask for them."""
    node_roles: Mapping[str, GrantedRole] = field(default_factory=dict)
    """Roles that several groups of nodes have together, by the name by which groups ask for them."""
    kubernetes: kubernetes.Provider | None = None
    aws: aws.Provider | None = None
    resource: pulumi.Resource | None = None
    """The cluster resource itself; None for one that was there before."""
    delivery: Delivery | None = None
    """Who carries out what add-ons ask for; None for Helm from this program."""
    from_git: bool = False
    """Whether a Git repository brings the objects of what is put on it: this program makes all but these."""
    parent: pulumi.Resource | None = None
    """The component that what is put on the cluster becomes part of: the blueprint, where there is one."""
    place: Path = ()
    """Where what is put on it stands in the stack file, besides its group: of what is a team's, in that team."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What must exist before anything is put on the cluster: the cluster, and the access of who deploys."""

    @property
    def ground(self) -> Ground:
        """The cluster as rules about what is put on it see it."""
        return Ground(
            version=self.version,
            network=self.network,
            oidc_provider=self.oidc_provider_arn is not None,
            autoscaled=self.autoscaled,
            tags=self.tags,
            auto_mode=self.auto_mode,
            only_fargate=self.only_fargate,
            places=self.places,
            addons=self.addons,
            addon_homes=self.addon_homes,
            metrics=self.metrics,
            service_cidr=self.service_cidr,
            region=self.region,
            telemetry=self.telemetry,
            observe=self.observe,
        )

    def after(self, *resources: pulumi.Resource) -> ClusterRef:
        """The same cluster for elements that must also wait for `resources`."""
        return replace(self, ready=(*self.ready, *resources))

    def options(self) -> pulumi.ResourceOptions:
        """Options of a component that is put on it: what it becomes part of, and the providers."""
        import pulumi

        providers: list[pulumi.ProviderResource] = [each for each in (self.aws, self.kubernetes) if each is not None]
        return pulumi.ResourceOptions(parent=self.parent, providers=providers)

    @classmethod
    def existing(
        cls,
        name: str,
        *,
        region: str,
        prefix: str | None = None,
        partition: str | None = None,
        network: NetworkRef | None = None,
        version: str | None = None,
        oidc_provider_arn: pulumi.Input[str] | None = None,
        auto_mode: bool = False,
        caller: Caller | None = None,
        tags: Mapping[str, str] | None = None,
        iam: IamArgs | None = None,
        aws: AwsProvider | None = None,
        parent: pulumi.Resource | None = None,
    ) -> ClusterRef:
        """A cluster that this program did not make, found by its name.

        Args:
            name: name of the cluster in AWS.
            region: region it stands in.
            prefix: start of the logical names of what is put on it; the cluster's name by default.
            partition: AWS partition of the region. Default: from the region's name.
            network: its subnets, which compute needs; without it there are none.
            version: its Kubernetes version, for checks that depend on it.
            oidc_provider_arn: the IAM OIDC provider of its issuer, which IRSA needs.
            auto_mode: whether EKS Auto Mode is on.
            caller: who calls its Kubernetes API; by default whoever `aws` acts as.
            tags: tags of all that is put on it.
            iam: what holds for all IAM roles that are made for it.
            aws: provider for its account and region.
            parent: component that its Kubernetes provider becomes part of.

        Raises:
            InputError: if no partition has such a region.
        """
        import pulumi
        import pulumi_aws

        from eks_blueprints.core.caller import caller_of
        from eks_blueprints.core.kubeconfig import kubeconfig

        invoke = pulumi.InvokeOptions(parent=parent, provider=aws)
        found: Any = pulumi_aws.eks.get_cluster_output(name=name, opts=invoke)
        endpoint = found.endpoint
        authority = found.certificate_authorities.apply(lambda each: each[0].data)
        config = kubeconfig(
            name=name,
            endpoint=endpoint,
            certificate_authority=authority,
            region=region,
            caller=caller or caller_of(aws),
            with_keys=True,
        )
        prefix = prefix or name
        return cls(
            prefix=prefix,
            name=name,
            version=version,
            region=region,
            partition=partition or _partition(region),
            arn=found.arn,
            endpoint=endpoint,
            certificate_authority=authority,
            oidc_issuer=found.identities.apply(lambda each: each[0].oidcs[0].issuer),
            oidc_provider_arn=oidc_provider_arn,
            security_group_id=found.vpc_config.apply(lambda each: each.cluster_security_group_id),
            network=network or NetworkRef(vpc_id=found.vpc_config.apply(lambda each: each.vpc_id), subnets=()),
            auto_mode=auto_mode,
            tags=dict(tags or {}),
            iam=iam,
            kubernetes=_provider(prefix, config, endpoint, parent),
            aws=aws,
            parent=parent,
        )

    @classmethod
    def of(
        cls,
        cluster: pulumi_eks.Cluster,
        *,
        region: str,
        prefix: str | None = None,
        partition: str | None = None,
        network: NetworkRef | None = None,
        version: str | None = None,
        oidc_provider: bool = False,
        auto_mode: bool = False,
        tags: Mapping[str, str] | None = None,
        iam: IamArgs | None = None,
        aws: AwsProvider | None = None,
        parent: pulumi.Resource | None = None,
    ) -> ClusterRef:
        """A cluster of pulumi-eks, so that add-ons, compute and access of this package can be put on it.

        Args:
            cluster: the cluster; it must have an authentication mode with access entries.
            region: region it stands in.
            prefix: start of the logical names of what is put on it; the cluster's logical name by default.
            partition: AWS partition of the region. Default: from the region's name.
            network: its subnets, which compute needs; without it there are none.
            version: its Kubernetes version, for checks that depend on it.
            oidc_provider: whether it was made with `create_oidc_provider=True`.
            auto_mode: whether it was made with EKS Auto Mode.
            tags: tags of all that is put on it.
            iam: what holds for all IAM roles that are made for it.
            aws: provider for its account and region.
            parent: component that its Kubernetes provider becomes part of.

        Raises:
            InputError: if no partition has such a region.
        """
        made: Any = cluster.eks_cluster
        core: Any = cluster.core
        prefix = prefix or cluster.pulumi_resource_name
        endpoint = core.apply(lambda each: each.endpoint)
        return cls(
            prefix=prefix,
            name=made.apply(lambda each: each.name),
            version=version,
            region=region,
            partition=partition or _partition(region),
            arn=made.apply(lambda each: each.arn),
            endpoint=endpoint,
            certificate_authority=made.apply(lambda each: each.certificate_authority).apply(lambda each: each.data),
            oidc_issuer=cluster.oidc_issuer,
            oidc_provider_arn=cluster.oidc_provider_arn if oidc_provider else None,
            security_group_id=cluster.cluster_security_group_id,
            network=network or NetworkRef(vpc_id=core.apply(lambda each: each.vpc_id), subnets=()),
            auto_mode=auto_mode,
            tags=dict(tags or {}),
            iam=iam,
            kubernetes=_provider(prefix, cluster.kubeconfig_json, endpoint, parent),
            aws=aws,
            parent=parent,
            ready=(cluster,),
        )


def _provider(
    prefix: str, config: pulumi.Input[str], endpoint: pulumi.Input[str], parent: pulumi.Resource | None
) -> kubernetes.Provider:
    import pulumi

    from eks_blueprints.core.kubeconfig import kubernetes_provider

    return kubernetes_provider(f"{prefix}-kubernetes", config, endpoint, pulumi.ResourceOptions(parent=parent))


def _partition(region: str) -> str:
    from eks_blueprints.core.errors import InputError, Problem, shown
    from eks_blueprints.core.facts.partitions import partition_of

    if found := partition_of(region):
        return found
    raise InputError([Problem(("region",), f"is not an AWS region; got {shown(region)}; write one such as eu-west-1")])
