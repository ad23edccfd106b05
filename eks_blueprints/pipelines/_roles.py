"""What the role of one stage may do in AWS and in its cluster, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In
from eks_blueprints.network import zones
from eks_blueprints.pipelines import _secrets as _kept
from eks_blueprints.pipelines._job import Job, Site, joined
from eks_blueprints.pipelines.stages.base import Stage

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.pipelines._environment import Environment

Statement = Allow | Mapping[str, Any]


def statements(site: Site, job: Job) -> tuple[Statement, ...]:
    """What the role of a job needs, besides what its engine needs to run it: what the job lists, its secrets, and the
    cluster of its environment or the role that deploys there."""
    return (*job.allowed, *_secrets(site, job), *_cluster(site))


def _secrets(site: Site, job: Job) -> Iterator[Statement]:
    yield from _kept.allowed(job.secrets.values())
    if job.secret_keys:
        suffix = zones.region(site.region).dns_suffix
        known = [(_kept.service(arn), arn.split(":")[3]) for arn in job.secrets.values() if isinstance(arn, str)]
        places = dict.fromkeys(known or [("secretsmanager", site.region)])
        services = [f"{service}.{region}.{suffix}" for service, region in places]
        when = {"StringEquals": {"kms:ViaService": services}}
        yield Allow("kms:Decrypt", on=tuple(job.secret_keys), when=when)


def _cluster(site: Site) -> Iterator[Statement]:
    environment = site.environment
    if environment is None:
        return
    if environment.deploy_role_arn is not None:
        yield Allow("sts:AssumeRole", on=environment.deploy_role_arn)
    if environment.cluster is not None:
        yield Allow("eks:DescribeCluster", on=cluster_arn(site, environment))


def cluster_arn(site: Site, environment: Environment) -> In[str]:
    """ARN of the cluster of an environment."""
    account = environment.account or site.account
    cluster = environment.cluster or ""
    return joined(f"arn:{site.partition}:eks:{site.cluster_region}:", account, ":cluster/", cluster)


def enters(environment: Environment) -> bool:
    """Whether the roles of stages use the Kubernetes API of an environment themselves, by access entries of this
    stack: no commit deploys, no other role does, and no other stack lets them in."""
    return environment.gitops is None and environment.deploy_role_arn is None and environment.access_entry


def access_entry(
    component: Component, site: Site, stage: Stage, role_arn: pulumi.Input[str], tags: Mapping[str, str]
) -> list[pulumi.Resource]:
    """Let the role of a stage into the cluster of its environment, as far as the stage needs it: nothing for stages
    that do not, and where `enters` says no."""
    import pulumi_aws as aws

    from eks_blueprints.access.policies import aws_name, policy_arn

    environment = site.environment
    if environment is None or not enters(environment):
        return []
    policy = stage.cluster_policy(environment)
    if policy is None:
        return []
    name = f"{component.pulumi_resource_name}-{stage.name.replace('_', '-')}-access"
    cluster, region = environment.cluster or "", environment.region
    # A cluster has one entry a principal.
    entry = aws.eks.AccessEntry(
        name,
        cluster_name=cluster,
        principal_arn=role_arn,
        type="STANDARD",
        region=region,
        tags=dict(tags) or None,
        opts=component.child(delete_before_replace=True),
    )
    scope: aws.eks.AccessPolicyAssociationAccessScopeArgsDict = {"type": "cluster"}
    if environment.namespaces:
        scope = {"type": "namespace", "namespaces": list(environment.namespaces)}
    association = aws.eks.AccessPolicyAssociation(
        f"{name}-policy",
        cluster_name=cluster,
        principal_arn=entry.principal_arn,
        policy_arn=policy_arn(site.partition, aws_name(policy)),
        access_scope=scope,
        region=region,
        opts=component.child(depends_on=[entry], delete_before_replace=True),
    )
    return [entry, association]
