"""Makes an EKS cluster and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster import belongings, settings
from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.cluster.keys import make_key
from eks_blueprints.cluster.parts import LogGroupArgs
from eks_blueprints.cluster.roles import auto_mode_node_role, cluster_role
from eks_blueprints.cluster.spec import ClusterArgs, cluster_name
from eks_blueprints.core.caller import Caller, caller_of
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.errors import InputError, Problem, fail
from eks_blueprints.core.iam_roles import GrantedRole, account_id
from eks_blueprints.core.kubeconfig import kubeconfig, kubernetes_provider, update_kubeconfig
from eks_blueprints.core.refs import ClusterRef, NetworkRef
from eks_blueprints.network.security_group_names import unknown_groups

if TYPE_CHECKING:
    import pulumi_kubernetes as kubernetes

# EKS reads the first once, when the cluster is made, and the provider would replace the cluster over either. The
# second is unknown for a cluster that was imported.
_FIXED_AT_BIRTH = ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"]


class Cluster(Component):
    """An EKS cluster with its role, key, log group, OIDC provider and Kubernetes provider."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    """The API server's certificate authority, base64-encoded."""
    oidc_issuer: pulumi.Output[str]
    """URL of the OIDC issuer, with `https://`."""
    oidc_provider_arn: pulumi.Output[str] | None
    security_group_id: pulumi.Output[str]
    """The security group that EKS creates for control plane and nodes."""
    kubeconfig: pulumi.Output[str]
    """The kubeconfig as JSON, a secret."""
    update_kubeconfig: pulumi.Output[str]
    """The command that writes the cluster into one's own kubeconfig."""
    ref: ClusterRef
    """The cluster as elements see it."""
    resource: aws.eks.Cluster
    role: GrantedRole | None
    """The cluster's role; None where one was given."""
    oidc_provider: aws.iam.OpenIdConnectProvider | None
    kubernetes: kubernetes.Provider

    def __init__(
        self,
        name: str,
        args: ClusterArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        network: NetworkRef,
        region: str,
        partition: str = "aws",
        tags: Mapping[str, str] | None = None,
        caller: Caller | None = None,
        security_groups: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> None:
        """Make the cluster.

        Args:
            name: start of the logical name of everything in it.
            args: what it is.
            opts: Pulumi's own.
            network: the subnets it stands in.
            region: AWS region that it stands in.
            partition: AWS partition of the region.
            tags: tags of the platform.
            caller: who its AWS provider acts as; read from the provider by default.
            security_groups: ids of the groups that `args.security_groups` names.

        Raises:
            InputError: if it does not fit the network.
        """
        self._check(name, args, network, region)
        for problem in unknown_groups(args.security_groups, security_groups or {}):
            fail(problem.message, "cluster", *problem.path)
        super().__init__(name, args, opts, spec_path=("cluster",))
        self._args, self._network, self._region = args, network, region
        self._groups = [(security_groups or {})[key] for key in args.security_groups]
        merged = merge_tags(tags or {}, args.tags) or None
        self._frame = Frame(
            component=self, cluster_name=args.name or name, region=region, partition=partition, tags=merged
        )
        self.resource = self._make_cluster()
        self._read()
        self._access = belongings.endpoint_rules(self._frame, args.endpoint_access, self.security_group_id)
        audiences = args.openid_connect_audiences
        made = belongings.oidc_provider(self._frame, self.oidc_issuer, audiences) if args.oidc_provider else None
        self.oidc_provider = made
        if args.identity_provider is not None:
            belongings.identity_provider(self._frame, self.resource, args.identity_provider)
        self.oidc_provider_arn = self.oidc_provider.arn if self.oidc_provider else None
        self._make_kubeconfig(caller or caller_of(self.get_provider("aws:index:Provider")))
        self.ref = self._make_ref(tags or {})
        self.ready = self.ref.ready
        self.register_outputs(self._outputs())

    @staticmethod
    def _check(name: str, args: ClusterArgs, network: NetworkRef, region: str) -> None:
        try:
            cluster_name(args.name or name)
        except ValueError as error:
            fail(str(error), "cluster", "name")
        cidrs = () if network.cidr is None else (network.cidr,)
        problems = [*args.beside_network(region=region, vpc_cidrs=cidrs, ip_family=network.ip_family)]
        if problems:
            raise InputError(Problem(("cluster", *problem.path), problem.message) for problem in problems)

    def _make_cluster(self) -> aws.eks.Cluster:
        args, frame = self._args, self._frame
        role_arn, before = self._make_role()
        if args.enabled_cluster_log_types:
            spec = args.log_group or LogGroupArgs()
            before.append(belongings.log_group(frame, spec, self._log_key(spec)))
        key_arn = self._make_key(role_arn)
        node_role_arn, node_policies = self._make_node_role()
        return aws.eks.Cluster(
            frame.name("cluster"),
            name=frame.cluster_name,
            role_arn=role_arn,
            version=args.version,
            **settings.inputs(args, self._network, key_arn, node_role_arn, self._groups),
            tags=frame.tags,
            opts=self.child(
                depends_on=[*before, *node_policies],
                # The name is fixed, so that a new one cannot stand beside the old one.
                delete_before_replace=True,
                ignore_changes=_FIXED_AT_BIRTH,
                protect=args.protect or None,
                custom_timeouts=settings.timeouts(args.timeouts),
            ),
        )

    def _make_role(self) -> tuple[pulumi.Input[str], list[pulumi.Resource]]:
        args = self._args
        self.role = None
        if args.role_arn is not None:
            return args.role_arn, []
        boundary = args.role_permissions_boundary
        self.role = cluster_role(self._frame, args.iam_role, boundary, auto_mode=args.auto_mode is not None)
        return self.role.arn, [*self.role.policies]

    def _make_node_role(self) -> tuple[pulumi.Input[str] | None, list[pulumi.Resource]]:
        auto_mode = self._args.auto_mode
        if auto_mode is None or not auto_mode.node_pools:
            return None, []
        if auto_mode.node_role_arn is not None:
            return auto_mode.node_role_arn, []
        boundary = auto_mode.node_role_permissions_boundary
        role = auto_mode_node_role(self._frame, auto_mode.node_iam_role, boundary)
        return role.arn, [*role.policies]

    def _log_key(self, spec: LogGroupArgs) -> pulumi.Input[str] | None:
        frame = self._frame
        if spec.kms_key is None:
            return spec.kms_key_id
        account = account_id(self)
        group = f":log-group:{belongings.log_group_name(frame)}"
        arn = pulumi.Output.concat(f"arn:{frame.partition}:logs:{frame.region}:", account, group)
        # CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
        suffix = ".cn" if frame.partition == "aws-cn" else ""
        statement = {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{frame.region}.amazonaws.com{suffix}"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}},
        }
        what = f"Control plane logs of the EKS cluster {frame.cluster_name}"
        alias = f"eks/{frame.cluster_name}/logs"
        return make_key(frame, "log-key", spec.kms_key, description=what, alias=alias, statements=[statement]).arn

    def _make_key(self, role_arn: pulumi.Input[str]) -> pulumi.Input[str] | None:
        spec = self._args.encryption_config
        if spec is None or spec.key_arn is not None:
            return spec.key_arn if spec else None
        name = self._frame.cluster_name
        facts: dict[str, Any] = {"description": f"Secrets of the EKS cluster {name}", "alias": f"eks/{name}"}
        facts |= {"protect": self._args.protect, "service_users": [role_arn]}
        return make_key(self._frame, "cluster-key", spec, **facts).arn

    def _read(self) -> None:
        cluster: Any = self.resource
        self.name, self.arn, self.endpoint = cluster.name, cluster.arn, cluster.endpoint
        self.certificate_authority = cluster.certificate_authority.apply(lambda found: found.data)
        self.oidc_issuer = cluster.identities.apply(lambda found: found[0].oidcs[0].issuer)
        self.security_group_id = cluster.vpc_config.apply(lambda found: found.cluster_security_group_id)

    def _make_kubeconfig(self, creator: Caller) -> None:
        caller = creator.but(role_arn=self._args.kubeconfig.role_arn, profile=self._args.kubeconfig.profile)
        facts: dict[str, Any] = {
            "name": self.name,
            "endpoint": self.endpoint,
            "certificate_authority": self.certificate_authority,
            "region": self._region,
            "caller": caller,
        }
        self.kubeconfig = kubeconfig(**facts)
        self.update_kubeconfig = update_kubeconfig(self.name, self._region, caller)
        # A replaced cluster takes its objects along by their own options (`in_cluster`). A provider whose identifier is
        # not known meanwhile would be replaced too, and the engine could no longer delete the old objects through it.
        opts = self.child(depends_on=[self.resource, *self._access], ignore_changes=["clusterIdentifier"])
        name = self._frame.name("kubernetes")
        config = kubeconfig(**facts, with_keys=True) if caller.keys else self.kubeconfig
        self.kubernetes = kubernetes_provider(name, config, self.pulumi_resource_name, opts)

    def _make_ref(self, tags: Mapping[str, str]) -> ClusterRef:
        return ClusterRef(
            prefix=self.pulumi_resource_name,
            name=self.name,
            version=self._args.version,
            region=self._region,
            partition=self._frame.partition,
            arn=self.arn,
            endpoint=self.endpoint,
            certificate_authority=self.certificate_authority,
            oidc_issuer=self.oidc_issuer,
            oidc_provider_arn=self.oidc_provider_arn,
            security_group_id=self.security_group_id,
            service_cidr=self._args.service_ipv4_cidr,
            network=self._network,
            auto_mode=self._args.auto_mode is not None,
            tags=dict(tags),
            kubernetes=self.kubernetes,
            resource=self.resource,
            ready=(self.resource, *self._access),
        )

    def _outputs(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "arn": self.arn,
            "endpoint": self.endpoint,
            "certificate_authority": self.certificate_authority,
            "oidc_issuer": self.oidc_issuer,
            "oidc_provider_arn": self.oidc_provider_arn,
            "security_group_id": self.security_group_id,
            "kubeconfig": self.kubeconfig,
            "update_kubeconfig": self.update_kubeconfig,
        }
