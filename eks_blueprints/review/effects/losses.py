"""What is lost: replacements and deletions, with what people will notice of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.renames import renames
from eks_blueprints.review.effects.nodes import NODE_GROUP, nodes
from eks_blueprints.review.effects.pools import is_pool, maker, pods, size
from eks_blueprints.review.effects.words import Attention, Level, attention


def losses(diff: PlanDiff) -> Iterator[Attention]:
    """What follows from a replacement is told with it, and what goes with a cluster in the cluster's sentence."""
    told = {old.urn for each in renames(diff) for old, _ in each.anew}
    for cluster in diff.of("replace", "delete"):
        if cluster.type == CLUSTER and cluster.urn not in told:
            along = [each for each in taken_along(cluster, diff) if each.urn not in told]
            told |= {cluster.urn, *(each.urn for each in along)}
            yield _cluster(cluster, along)
    for each in diff.resources:
        if each.urn not in told:
            yield from _of(each, diff)


def _cluster(each: ResourceDiff, along: Sequence[ResourceDiff]) -> Attention:
    led = tuple(other.name for other in along)
    if each.kind == "delete":
        effect = "; ".join(filter(None, ("everything on it is deleted too", each.refused)))
        return attention("dies", "danger", "delete", each, "no longer declared", effect, led)
    effect = "; ".join(filter(None, (f"the new one is {_NEW_CLUSTER}", _how(each), each.refused)))
    return attention("dies", "danger", "replace", each, " and ".join(each.causes), effect, led)


def _of(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    if each.kind == "replace" and each.leader is None:
        led = tuple(other.name for other in diff.led_by(each.urn))
        effect = "; ".join(part for part in (_effect(each), _how(each), each.refused) if part)
        yield attention("dies", "danger", "replace", each, " and ".join(each.causes), effect, led)
    elif each.kind == "delete":
        yield from deleted(each)


def _how(each: ResourceDiff) -> str:
    return "the old one is deleted first" if each.delete_first else "the new one is created first"


def deleted(each: ResourceDiff) -> Iterator[Attention]:
    """What the deletion of a resource does; nothing where nobody notices it."""
    if each.retained:
        yield attention(
            "dies", "warning", "let go", each, "no longer declared", "it stays in the cloud, no longer managed"
        )
        return
    effect = _effect(each)
    level: Level = "danger" if effect or each.refused else "warning"
    if each.type in _HARMLESS and not each.refused:
        return
    said = "; ".join(part for part in (effect, each.refused) if part)
    yield attention("dies", level, "delete", each, "no longer declared", said)


def taken_along(cluster: ResourceDiff, diff: PlanDiff) -> list[ResourceDiff]:
    """What goes with a cluster: what leads to its end, what follows from it, what stands on it or belongs to it."""
    leading = [each for each in diff.of("replace") if each.leader is None and cluster in diff.led_by(each.urn)]
    urns = {each.urn for root in (*leading, cluster) for each in (root, *diff.led_by(root.urn))}
    moved = {each.urn for each in leading if each.type.startswith("pulumi:providers:")}
    plan = diff.old if cluster.kind == "delete" else diff.new
    standing = _standing_on(cluster.urn, plan) if plan is not None else set()
    for each in diff.of("replace", "delete"):
        belongs = each.urn in standing or each.resource.parent == cluster.resource.parent
        belongs = belongs or (each.old is not None and each.old.provider in moved)
        if belongs and _EFFECTS.get(each.type) is not _LOST_DATA:
            urns |= {each.urn, *(other.urn for other in diff.led_by(each.urn))}
    return [each for each in diff.resources if each.urn in urns and each is not cluster]


def _standing_on(urn: str, plan: Plan) -> set[str]:
    """URNs of all that needs a resource, directly or through others."""
    found = {urn}
    users: defaultdict[str, list[str]] = defaultdict(list)
    for resource in plan.resources:
        for needed in (*resource.dependencies, *chain(*resource.property_dependencies.values()), resource.provider):
            if needed:
                users[needed].append(resource.urn)
    waiting = [urn]
    while waiting:
        for user in users[waiting.pop()]:
            if user not in found:
                found.add(user)
                waiting.append(user)
    return found


def _effect(each: ResourceDiff) -> str:
    if is_pool(each.type):
        return _pool(each)
    say = _EFFECTS.get(each.type)
    return say(each) if say else ""


def _pool(each: ResourceDiff) -> str:
    pool = each.old or each.resource
    return f"{maker(pool)} ends every node of it ({size(pool)}), all of them at once; {pods(pool)}"


def _release(each: ResourceDiff) -> str:
    chart = str((each.old or each.resource).inputs.get("chart", "")).rstrip("/").rpartition("/")[2]
    if chart == "karpenter" and each.kind == "delete":
        return "the release is uninstalled: nothing launches, replaces or terminates Karpenter's nodes any more"
    return "the release is uninstalled"


def _node_group(each: ResourceDiff) -> str:
    if each.kind == "delete":
        return f"{nodes(each)} drained and gone: their pods need room elsewhere"
    return f"{nodes(each)} drained"


def _said(text: str) -> Callable[[ResourceDiff], str]:
    return lambda each: text


def _access(each: ResourceDiff) -> str:
    kind = str((each.old or each.resource).inputs.get("type", ""))
    if kind.startswith(_OF_NODES):
        return f"nodes with this role cannot reach the API server{' meanwhile' if each.kind == 'replace' else ''}"
    who = _principal(each)
    return f"`{who}` has no access meanwhile" if each.kind == "replace" else f"`{who}` loses access"


def _rights(each: ResourceDiff) -> str:
    who = _principal(each)
    return f"`{who}` is without these rights meanwhile" if each.kind == "replace" else f"`{who}` loses these rights"


def _principal(each: ResourceDiff) -> str:
    who = str((each.old or each.resource).inputs.get("principalArn", "")).rpartition("/")[2] or "it"
    return who.removeprefix("${").removesuffix(".arn}")


def _inside(each: ResourceDiff) -> str:
    return "everything in it must be deleted first" if each.kind == "delete" else "everything in it is created again"


def _connection(each: ResourceDiff) -> str:
    if each.kind == "delete":
        return "pipelines that use it cannot read their sources"
    return "pipelines cannot read their sources until a person finishes the new connection in the console"


_OF_NODES = ("EC2", "FARGATE", "HYBRID")
"""Types of access entries for nodes begin so; those for people are STANDARD, or say none."""

CLUSTER = "aws:eks/cluster:Cluster"
_NEW_CLUSTER = "empty, with a new endpoint; everything on it must be deployed again"
_LOST_DATA = _said("what it holds is lost")
_EFFECTS: dict[str, Callable[[ResourceDiff], str]] = {
    NODE_GROUP: _node_group,
    "aws:autoscaling/group:Group": _said("its instances are ended"),
    "aws:backup/vault:Vault": _LOST_DATA,
    "aws:cloudwatch/logGroup:LogGroup": _said("its logs are lost"),
    "aws:codebuild/project:Project": _said("builds that are under way end, and the list of earlier ones is lost"),
    "aws:codebuild/reportGroup:ReportGroup": _said("its reports are lost"),
    "aws:codeconnections/connection:Connection": _connection,
    "aws:codepipeline/pipeline:Pipeline": _said("runs that are under way end, and the list of earlier ones is lost"),
    "aws:codestarnotifications/notificationRule:NotificationRule": _said("nobody is told of runs by it"),
    "aws:dynamodb/table:Table": _LOST_DATA,
    "aws:ebs/volume:Volume": _LOST_DATA,
    "aws:ec2/eip:Eip": _said("a public address changes: others may have it in their allow-lists"),
    "aws:ec2/natGateway:NatGateway": _said("the way out of a zone breaks for a while, open connections for good"),
    "aws:ec2/subnet:Subnet": _inside,
    "aws:ec2/vpc:Vpc": _inside,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _said("calls to this AWS service use another way, or fail"),
    "aws:ecr/repository:Repository": _said("its images are lost"),
    "aws:efs/fileSystem:FileSystem": _LOST_DATA,
    "aws:eks/accessEntry:AccessEntry": _access,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _rights,
    "aws:eks/addon:Addon": _said("the add-on is taken out of the cluster"),
    CLUSTER: _said(_NEW_CLUSTER),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": _said(
        "users of this identity provider cannot sign in to the Kubernetes API"
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _said(
        "pods of the service account get no credentials from AWS"
    ),
    "aws:eks/fargateProfile:FargateProfile": _said("its pods are ended"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _said(
        "pods that assume roles by the cluster's OIDC provider (IRSA) get no credentials from AWS"
    ),
    "aws:kms/key:Key": _said("once its waiting time is over, nothing that it encrypts can be read"),
    "aws:lb/loadBalancer:LoadBalancer": _said("the DNS name of the load balancer changes"),
    "aws:rds/cluster:Cluster": _LOST_DATA,
    "aws:rds/instance:Instance": _LOST_DATA,
    "aws:route53/zone:Zone": _said("the name servers change"),
    "aws:s3/bucket:Bucket": _LOST_DATA,
    "aws:secretsmanager/secret:Secret": _said("readers of the secret find nothing"),
    "aws:sqs/queue:Queue": _said("messages in it are lost"),
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": _said("every object of this kind is deleted too"),
    "kubernetes:apps/v1:StatefulSet": _said("all of its pods end at the same time"),
    "kubernetes:core/v1:Namespace": _said("everything in the namespace is deleted too"),
    "kubernetes:core/v1:PersistentVolumeClaim": _LOST_DATA,
    "kubernetes:core/v1:ServiceAccount": _said("pods that run as it cannot be started"),
    "kubernetes:helm.sh/v3:Release": _release,
    "pulumi:providers:aws": _said(
        "another region: everything that it manages is created again there, clusters and data too, and deleted here"
    ),
    "pulumi:providers:kubernetes": _said("every Kubernetes object managed through it is replaced"),
}

_HARMLESS = frozenset(
    {
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/role:Role",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "pulumi:providers:aws",
    }
)
"""Deletions that the other sections tell better, or that nobody notices."""
