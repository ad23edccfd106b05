"""The data plane, kind by kind: groups first that carry the platform itself, then the others, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.lifecycle.upgrade import estimate
from eks_blueprints.lifecycle.upgrade.checks.nodes import parameter
from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Nodes, Situation
from eks_blueprints.lifecycle.upgrade.planned import Step


def node_steps(situation: Situation, target: int) -> Iterator[Step]:
    """A step for each group of nodes, and one for each other kind."""
    groups = situation.of_kind("managed")
    for each in sorted(groups, key=lambda group: (group.name != "system", _accelerated(group))):
        yield _managed(each, situation, target)
    for each in situation.of_kind("self-managed"):
        yield _self_managed(each, target)
    if profiles := situation.of_kind("fargate"):
        yield _fargate(profiles, target)
    if pools := situation.of_kind("karpenter"):
        yield _karpenter(pools, target)
    if situation.auto_mode:
        yield _auto_mode(situation, target)
    if situation.of_kind("hybrid"):
        yield _hybrid(target)


def _accelerated(group: Nodes) -> bool:
    return "NVIDIA" in (group.ami_type or "") or "NEURON" in (group.ami_type or "")


def _managed(each: Nodes, situation: Situation, target: int) -> Step:
    extra, pace = estimate.surge(each), estimate.at_once(each)
    region = f" --region {situation.region}" if situation.region else ""
    lines = [f"{each.place}: 1.{each.minor}" if each.minor is not None else f"{each.place}: version not known"]
    if pace is not None and each.count is not None:
        lines.append(f"{each.count} nodes, {pace} at a time, {extra or 'some'} more while it lasts")
    room = estimate.surge_vcpus(each)
    if room is not None:
        lines.append(
            f"up to {room[0]} vCPUs more while it lasts: whether quota {room[1]} of EC2 has room is not looked up"
        )
    if each.force:
        lines.append("force_update_version ends pods that a disruption budget keeps")
    if each.release:
        lines.append(f"release {each.release} is pinned: give the new one with --release {each.name}=RELEASE")
    own = each.ami_type == "CUSTOM"
    if own:
        lines.append(f"{each.image}: change it to an image of 1.{target} by hand")
    return Step(
        id=f"nodes-{each.name}",
        until="the group is ACTIVE, its nodes are ready at the new version, and its pods run",
        title=f"update node group {each.name} to 1.{target}",
        why="EKS starts new nodes, drains the old ones and keeps disruption budgets; it gives up after 15 "
        "minutes at a pod "
        "that cannot leave (PodEvictionFailure)",
        found=tuple(lines),
        commands=(
            *((parameter(each.ami_type or "", target),) if each.release else ()),
            *(
                (f"aws service-quotas get-service-quota --service-code ec2 --quota-code {room[1]}{region}",)
                if room
                else ()
            ),
            f"pulumi up --stack {situation.stack}",
            f"aws eks list-nodegroups --cluster-name {situation.cluster}{region}",
            "kubectl get nodes -l eks.amazonaws.com/nodegroup -L eks.amazonaws.com/nodegroup",
        ),
        edits=not own,
        done=_done(each, target),
        time=estimate.roll(each),
        cost=estimate.surge_cost(each, situation.region),
    )


def _done(each: Nodes, target: int) -> bool:
    pinned = minor_in(each.release) if each.release else target
    return not each.follows and (each.minor or 0) >= target and (pinned or target) >= target


def _self_managed(each: Nodes, target: int) -> Step:
    return Step(
        id=f"nodes-{each.name}",
        until="the instance refresh is Successful, and all nodes are ready at the new version",
        title=f"update self-managed group {each.name} to 1.{target}",
        why="a new image replaces its nodes by an instance refresh; nothing drains them but a node termination handler",
        found=(f"{each.place}: {each.image or f'1.{each.minor}'}",),
        commands=(
            "aws autoscaling describe-instance-refreshes --auto-scaling-group-name NAME",
            "kubectl get nodes -o wide",
        ),
        edits=not each.image,
        done=not each.follows and (each.minor or 0) >= target,
    )


def _fargate(profiles: list[Nodes], target: int) -> Step:
    spaces = dict.fromkeys(space for each in profiles for space in each.image.split(", ") if space)
    return Step(
        id="nodes-fargate",
        until="every pod on Fargate started after the control plane was updated",
        title=f"restart pods on Fargate, so that their kubelet is 1.{target}",
        why="a pod's node is made when the pod starts, and stays as it is: there is nothing to update but the pods",
        found=tuple(f"profile {each.name}: namespaces {each.image}" for each in profiles),
        commands=(
            "kubectl get pods --all-namespaces -l eks.amazonaws.com/fargate-profile -o wide",
            *(
                f"kubectl rollout restart deployment,statefulset --namespace {space}"
                for space in spaces
                if "*" not in space
            ),
        ),
    )


def _karpenter(pools: list[Nodes], target: int) -> Step:
    return Step(
        id="nodes-karpenter",
        until="no NodeClaim is Drifted, and no event says that a disruption is blocked",
        title=f"let Karpenter replace its nodes by those of 1.{target}",
        why="an alias follows the control plane: its nodes have drifted at once, and are replaced within the pools' "
        "disruption budgets and the pods' own; karpenter.sh/do-not-disrupt keeps a node",
        found=tuple(f"pool {each.name}: {each.image}{f'; {each.blocked}' if each.blocked else ''}" for each in pools),
        commands=(
            "kubectl get nodeclaims -o wide",
            "kubectl get nodes -l karpenter.sh/nodepool -o wide",
            "kubectl get events --all-namespaces --field-selector reason=DisruptionBlocked",
        ),
    )


def _auto_mode(situation: Situation, target: int) -> Step:
    pools = [each.name for each in situation.of_kind("auto mode")]
    return Step(
        id="nodes-auto-mode",
        until="no NodeClaim is Drifted",
        title=f"wait for EKS Auto Mode to replace its nodes by those of 1.{target}",
        why="EKS does it by itself, within the pools' disruption budgets, and runs CoreDNS, kube-proxy, the VPC "
        "CNI, the "
        "EBS CSI driver and load balancing there without add-ons",
        found=(f"pools {', '.join(pools)}" if pools else "the built-in pools",),
        commands=("kubectl get nodes -l eks.amazonaws.com/compute-type=auto -o wide", "kubectl get nodeclaims"),
    )


def _hybrid(target: int) -> Step:
    return Step(
        id="nodes-hybrid",
        until="each machine is ready at the new version",
        title=f"upgrade hybrid nodes to 1.{target}",
        why="EKS does not touch machines of your own",
        commands=(
            "kubectl drain NODE --ignore-daemonsets",
            f"sudo nodeadm upgrade 1.{target} -c file://nodeConfig.yaml",
        ),
    )
