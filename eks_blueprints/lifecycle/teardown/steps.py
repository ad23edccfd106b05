"""What has to be done before a stack is destroyed, in its order, with the commands that do it.

Load balancers, volumes and the nodes of Karpenter and EKS Auto Mode are made by controllers inside a cluster, in answer
to objects that mostly no program of Pulumi's knows. Whoever deletes the cluster first leaves them behind, and their
network interfaces then keep subnets and security groups from being deleted. Load balancers and volumes go while nodes
still run the controllers that take them away; so nodes come after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.lifecycle.teardown import leftovers
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster, clusters, namespace_of, shown_name
from eks_blueprints.recording import Plan, PlannedResource
from eks_blueprints.review.preview.account import accounts

_BALANCERS = ("aws-load-balancer-controller", "ingress-nginx", "traefik", "istio-ingress", "gateway-helm")
_VPC = "--query cluster.resourcesVpcConfig.vpcId"
_OF_BALANCERS = 'Name=vpc-id,Values=VPC "Name=description,Values=ELB *"'
_INTERFACES = "--query 'NetworkInterfaces[].[NetworkInterfaceId,Description]'"
_VOLUME_ADDONS = ("aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    title: str
    why: str
    found: tuple[str, ...] = ()
    """What the program itself says of it; there may be more in the cluster."""
    commands: tuple[str, ...] = ()
    action: str = ""
    """What `--execute` does for it, a key of `actions.ACTIONS`; empty where only people can."""
    cluster: PlannedCluster | None = None
    """The cluster that it is about."""

    @property
    def of(self) -> PlannedCluster:
        """The cluster, of a step that is about one."""
        assert self.cluster is not None  # noqa: S101 - such steps are made with it
        return self.cluster

    def to_data(self) -> dict[str, Any]:
        """The step as JSON data."""
        return {"title": self.title, "why": self.why, "found": list(self.found), "commands": list(self.commands)}


def steps(plan: Plan) -> list[Step]:
    """What to do, in order, to take a stack down and leave nothing behind."""
    found = [*_protection(plan)]
    for cluster in clusters(plan):
        found += _of_cluster(cluster, _caller(plan))
    return [*found, *_destroy(plan), *_leftovers(plan)]


def _protection(plan: Plan) -> Iterator[Step]:
    guarded = [each.name for each in plan.resources if each.options.get("protect")]
    locked = [each.name for each in plan.resources if each.inputs.get("deletionProtection") is True]
    if guarded or locked:
        names = dict.fromkeys([*(f"{name} (protect)" for name in guarded), *(f"{name} (AWS)" for name in locked)])
        yield Step(
            "turn protection off",
            "Pulumi and AWS refuse to delete what is protected: set protect and deletion_protection to false",
            tuple(names),
            (f"pulumi up --stack {plan.stack}",),
            action="protection",
        )


def _caller(plan: Plan) -> str:
    """What `aws eks update-kubeconfig` is told of who calls, where the program says one for all it makes."""
    told = accounts(plan)
    role, profile = (told[0].role_arn, told[0].profile) if len(told) == 1 else (None, None)
    return (f" --role-arn {role}" if role else "") + (f" --profile {profile}" if profile else "")


def _of_cluster(cluster: PlannedCluster, caller: str) -> Iterator[Step]:
    yield Step(
        f"connect to cluster {cluster.name}",
        "the commands below are for this cluster only: check the output of the second one",
        (),
        (f"aws eks update-kubeconfig --name {cluster.name}{cluster.at}{caller}", "kubectl config current-context"),
        action="connect",
        cluster=cluster,
    )
    if cluster.delivery or cluster.argo_cd_capabilities:
        yield _gitops(cluster)
    yield _balancers(cluster)
    if _has_volumes(cluster):
        yield _volumes(cluster)
    if pools := cluster.objects("NodePool"):
        yield _nodes(cluster, pools)
    yield Step(
        "wait for network interfaces",
        "a load balancer that is deleted keeps its interfaces for some minutes, and they keep subnets and security "
        "groups: the second list should be empty",
        (),
        (
            f"aws eks describe-cluster --name {cluster.name}{cluster.at} {_VPC} --output text",
            f"aws ec2 describe-network-interfaces --filters {_OF_BALANCERS}{cluster.at} {_INTERFACES}",
        ),
        action="interfaces",
        cluster=cluster,
    )


def _gitops(cluster: PlannedCluster) -> Step:
    scaled = tuple(
        f"kubectl scale deployment,statefulset --all --replicas 0 --namespace {namespace_of(each)}"
        for each in cluster.delivery
    )
    stopped = tuple(
        f"aws eks delete-capability --cluster-name {cluster.name} --capability-name {each}{cluster.at}"
        for each in cluster.argo_cd_capabilities
    )
    names = (*(shown_name(each) for each in cluster.delivery), *cluster.argo_cd_capabilities)
    return Step(
        "stop controllers that create objects again",
        "Argo CD and Flux would create again what is deleted below",
        names,
        (*scaled, *stopped),
        action="gitops",
        cluster=cluster,
    )


def _balancers(cluster: PlannedCluster) -> Step:
    own = [
        *cluster.objects("Ingress"),
        *cluster.objects("Gateway"),
        *(each for each in cluster.objects("Service") if _spec(each).get("type") == "LoadBalancer"),
    ]
    charts = [f"{shown_name(each)} (chart)" for each in cluster.releases(*_BALANCERS)]
    return Step(
        "delete load balancers",
        "each is owned by an Ingress, a Gateway or a Service, and is deleted by a controller that still has to run",
        (*(f"{each.inputs['kind']} {shown_name(each)}" for each in own), *charts),
        (
            "kubectl delete ingress --all --all-namespaces --wait",
            "kubectl delete service --all-namespaces --field-selector spec.type=LoadBalancer --wait",
            *(("kubectl delete gateway --all --all-namespaces --wait",) if cluster.objects("Gateway") else ()),
        ),
        action="balancers",
        cluster=cluster,
    )


def _volumes(cluster: PlannedCluster) -> Step:
    drivers = [str(each.inputs.get("addonName")) for each in cluster.addons(*_VOLUME_ADDONS)]
    drivers += ["EKS Auto Mode"] if cluster.auto_mode else []
    drivers += [f"StorageClass {shown_name(each)}" for each in cluster.objects("StorageClass")]
    return Step(
        "delete volumes, and the data on them",
        "a claim owns its volume and is held by the pods that use it: delete those first; save what you want to keep",
        tuple(drivers),
        (
            "kubectl get persistentvolumeclaims --all-namespaces",
            "kubectl delete statefulset --all --all-namespaces --wait",
            "kubectl delete persistentvolumeclaims --all --all-namespaces --wait=false",
            "kubectl wait --for=delete persistentvolume --all --timeout=15m",
        ),
        action="volumes",
        cluster=cluster,
    )


def _nodes(cluster: PlannedCluster, pools: list[PlannedResource]) -> Step:
    names = [shown_name(each) for each in pools]
    # Auto Mode makes its built-in pools again; their nodes go with the cluster.
    which = " ".join(names) if cluster.auto_mode else "--all"
    claims = f"--selector 'karpenter.sh/nodepool in ({', '.join(names)})'" if cluster.auto_mode else "--all"
    instances = (
        'aws ec2 describe-instances --filters "Name=tag-key,Values=karpenter.sh/nodepool" '
        f'"Name=tag:eks:eks-cluster-name,Values={cluster.name}" "Name=instance-state-name,Values=running"'
    )
    return Step(
        "drain pools and their nodes",
        "the pools of this program are deleted with the stack below, pools created elsewhere are not; a pod disruption "
        "budget that allows nothing holds a node forever, unless its pool has a termination_grace_period",
        tuple(f"NodePool {shown_name(each)}{_limits(each)}" for each in pools),
        (
            "kubectl get nodepools,nodeclaims",
            f"kubectl delete nodepools {which} --cascade=foreground --wait=false",
            f"kubectl wait --for=delete nodeclaims {claims} --timeout=30m",
            f"{instances}{cluster.at} --query 'Reservations[].Instances[].InstanceId'",
        ),
        action="pools",
        cluster=cluster,
    )


def _destroy(plan: Plan) -> Iterator[Step]:
    stays = [each.name for each in plan.resources if each.options.get("retain_on_delete")]
    yield Step(
        "destroy the stack",
        "resources are deleted in the reverse order of their creation: "
        "pools, classes of nodes, their controller, add-ons, "
        "nodes, the cluster, the network",
        tuple(f"{name} stays" for name in stays),
        (f"pulumi destroy --stack {plan.stack} --refresh",),
        action="destroy",
    )


def _leftovers(plan: Plan) -> Iterator[Step]:
    for cluster in clusters(plan):
        yield Step(
            f"look for leftovers of {cluster.name}",
            "load balancers, volumes, instances, network interfaces and log groups carry the tags of the controllers "
            "that made them, or the cluster's name: each list should be empty",
            (),
            tuple(each.command for each in (*leftovers.tagged(cluster), *leftovers.log_groups(cluster))),
            action="leftovers",
            cluster=cluster,
        )
        if others := leftovers.nameless(cluster):
            yield Step(
                f"check which leftovers of {cluster.name} are in use",
                "these drivers' tags name no cluster: keep what belongs to another one of the account",
                (),
                tuple(each.command for each in others),
                action="shared_leftovers",
                cluster=cluster,
            )
        if command := leftovers.made_again(cluster):
            yield Step(
                f"delete the log group that EKS creates again for {cluster.name}",
                "EKS writes the last logs minutes after the cluster is gone, and makes their group for it: the next "
                "pulumi up of this stack would find it there (ResourceAlreadyExistsException); wait 10 minutes",
                (f"/aws/eks/{cluster.name}/cluster",),
                (command,),
                action="log_group",
                cluster=cluster,
            )


def _has_volumes(cluster: PlannedCluster) -> bool:
    return bool(cluster.auto_mode or cluster.addons(*_VOLUME_ADDONS) or cluster.objects("StorageClass"))


def _spec(resource: PlannedResource) -> Mapping[str, Any]:
    spec = resource.inputs.get("spec")
    return spec if isinstance(spec, Mapping) else {}


def _limits(pool: PlannedResource) -> str:
    limits = _spec(pool).get("limits")
    if not isinstance(limits, Mapping) or not limits:
        return ", up to no limit"
    return ", up to " + ", ".join(f"{name} {amount}" for name, amount in sorted(limits.items()))
