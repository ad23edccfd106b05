"""The resources of a Fargate profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.iam import Allow, managed_policy
from eks_blueprints.core.iam_roles import Grants, service_role
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute.fargate import Fargate

PROFILE_NAME_LIMIT = 100
POD_EXECUTION_POLICY = "AmazonEKSFargatePodExecutionRolePolicy"
"""AWS's own policy of the role of a profile."""

_NAMESPACE = "aws-observability"
_RESERVED = "eks-"


def make(fargate: Fargate, cluster: ClusterRef) -> Component:
    """The component of a profile: logging, role, profile."""
    subnets = _subnets(fargate, cluster)
    component = fargate.component(cluster)
    tags = merge_tags(cluster.tags, fargate.tags)
    group = _log_group(fargate, cluster, component, tags)
    role_arn, needed = _role(fargate, cluster, component, tags, group)
    name = f"{component.pulumi_resource_name}-profile"
    fixed = _fixed_name(name)
    profile = aws.eks.FargateProfile(
        name,
        fargate_profile_name=fixed,
        cluster_name=cluster.name,
        pod_execution_role_arn=role_arn,
        subnet_ids=subnets,
        selectors=[each.inputs() for each in fargate.selectors],
        tags=tags or None,
        # Pods take up the logging that is there when they start.
        opts=component.child(
            depends_on=[*needed, *_logging(fargate, cluster, component, group)],
            delete_before_replace=True if fixed else None,
            custom_timeouts=_timeouts(fargate),
        ),
    )
    component.ready = (profile,)
    component.register_outputs({"profile_name": profile.fargate_profile_name, "pod_execution_role_arn": role_arn})
    return component


def _timeouts(fargate: Fargate) -> pulumi.CustomTimeouts | None:
    said = fargate.timeouts
    if said.create is None and said.delete is None:
        return None
    return pulumi.CustomTimeouts(create=said.create, delete=said.delete)


def _fixed_name(logical: str) -> str | None:
    # Pulumi's own names begin with the logical one: EKS keeps some beginnings for itself, and a long one has no room.
    name = f"fargate-{logical}" if logical.startswith(_RESERVED) else logical
    if prefix := short_prefix(name, PROFILE_NAME_LIMIT):
        return prefix.rstrip("-")
    return None if name == logical else name


def _subnets(fargate: Fargate, cluster: ClusterRef) -> list[pulumi.Input[str]]:
    return list(fargate.subnet_ids) or cluster.network.ids("private", fargate.zones)


def _role(
    fargate: Fargate, cluster: ClusterRef, component: Component, tags: dict[str, str], group: Any
) -> tuple[pulumi.Input[str], tuple[pulumi.Resource, ...]]:
    if fargate.pod_execution_role_arn is not None:
        return fargate.pod_execution_role_arn, ()
    own = {"pod-execution": managed_policy(cluster.partition, POD_EXECUTION_POLICY)}
    writes = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    allowed: tuple[Allow, ...] = ()
    if group is not None:
        allowed = (Allow(*writes, on=(group.arn, pulumi.Output.concat(group.arn, ":*"))),)
    elif fargate.logging is not None and fargate.logging.flb_log_cw:
        any_group = f"arn:{cluster.partition}:logs:{cluster.region}:*:*"
        allowed = (Allow("logs:CreateLogGroup", *writes, on=any_group),)
    grants = Grants(
        allowed=allowed,
        managed=own | fargate.policies,
        permissions_boundary=fargate.permissions_boundary,
        tags=tags,
        iam_role=fargate.iam_role,
    )
    # Without the condition a profile of any cluster, in any account, could use the role.
    profiles = pulumi.Output.from_input(cluster.arn).apply(
        lambda arn: f"{arn.replace(':cluster/', ':fargateprofile/')}/*"
    )
    made = service_role(
        component, "role", "eks-fargate-pods.amazonaws.com", grants, when={"ArnLike": {"aws:SourceArn": profiles}}
    )
    return made.arn, made.ready


def _log_group(
    fargate: Fargate, cluster: ClusterRef, component: Component, tags: dict[str, str]
) -> aws.cloudwatch.LogGroup | None:
    logs = None if fargate.logging is None else fargate.logging.cloudwatch_logs
    if logs is None:
        return None
    default = pulumi.Output.concat("/aws/eks/", cluster.name, "/fargate")
    return aws.cloudwatch.LogGroup(
        f"{cluster.prefix}-fargate-logs",
        name=default if logs.log_group_name is None else logs.log_group_name,
        retention_in_days=logs.retention_in_days,
        kms_key_id=logs.kms_key_id,
        tags=tags or None,
        opts=component.child(aliases=_alias(component, "logs")),
    )


def _alias(component: Component, role: str) -> list[pulumi.Alias]:
    # A cluster has these once, whichever profile has them made: two of them could never be there while one is renamed.
    return [pulumi.Alias(name=f"{component.pulumi_resource_name}-{role}")]


def _logging(fargate: Fargate, cluster: ClusterRef, component: Component, group: Any) -> list[pulumi.Resource]:
    logging = fargate.logging
    if logging is None:
        return []
    import pulumi_kubernetes as kubernetes

    options = in_cluster(cluster.resource, goes_with_it=True)
    namespace = kubernetes.core.v1.Namespace(
        f"{cluster.prefix}-fargate-{_NAMESPACE}",
        metadata={"name": _NAMESPACE, "labels": {"aws-observability": "enabled"}},
        opts=component.child(aliases=_alias(component, _NAMESPACE), **options),
    )
    data: dict[str, Any] = {
        "flb_log_cw": str(logging.flb_log_cw).lower(),
        "output.conf": _output(fargate, cluster, group),
        "filters.conf": logging.filters_conf,
        "parsers.conf": logging.parsers_conf,
    }
    config = kubernetes.core.v1.ConfigMap(
        f"{cluster.prefix}-fargate-aws-logging",
        metadata={"name": "aws-logging", "namespace": _NAMESPACE},
        data={key: value for key, value in data.items() if value is not None},
        opts=component.child(depends_on=[namespace], aliases=_alias(component, "aws-logging"), **options),
    )
    return [namespace, config]


def _output(fargate: Fargate, cluster: ClusterRef, group: Any) -> pulumi.Input[str] | None:
    logging = fargate.logging
    if logging is None or logging.cloudwatch_logs is None:
        return None if logging is None else logging.output_conf
    prefix = logging.cloudwatch_logs.log_stream_prefix
    lines = ("[OUTPUT]", "    Name cloudwatch_logs", "    Match kube.*", f"    region {cluster.region}")
    rest = f"    log_stream_prefix {prefix}\n    auto_create_group false\n"
    return pulumi.Output.concat("\n".join(lines), "\n    log_group_name ", group.name, "\n", rest)
