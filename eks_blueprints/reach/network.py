"""The network of one cluster: which pods reach which, and who reaches them from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eks_blueprints.core.errors import InputError, Problem, nearest, shown
from eks_blueprints.policies.addresses import ranges_of_vpc
from eks_blueprints.policies.inside.contents import contents
from eks_blueprints.policies.network_engine import Engine, network_engine, pod_groups
from eks_blueprints.policies.objects import INGRESS, SERVICE, WORKLOADS
from eks_blueprints.policies.platform import clusters, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import ANY_OBJECT, Resource, Stack
from eks_blueprints.reach.groups import EGRESS_RULE, GROUP, INGRESS_RULE, NODES, OLD_RULE, POLICY, Groups
from eks_blueprints.reach.outside import Door, doors
from eks_blueprints.reach.pods import Pod, pods
from eks_blueprints.reach.policies import NETWORK_POLICY, Addresses, Opened, Peer, Policy, opened, policies
from eks_blueprints.reach.ports import EVERY, Ports

_OTHER_KINDS = (
    "NetworkPolicy:projectcalico.org",
    "NetworkPolicy:crd.projectcalico.org",
    "GlobalNetworkPolicy:projectcalico.org",
    "GlobalNetworkPolicy:crd.projectcalico.org",
    "CiliumNetworkPolicy:cilium.io",
    "CiliumClusterwideNetworkPolicy:cilium.io",
    "AdminNetworkPolicy:policy.networking.k8s.io",
    "BaselineAdminNetworkPolicy:policy.networking.k8s.io",
    "ClusterNetworkPolicy:policy.networking.k8s.io",
    "ClusterNetworkPolicy:networking.k8s.aws",
    "ApplicationNetworkPolicy:networking.k8s.aws",
)


_DECIDING = (NETWORK_POLICY, SERVICE, INGRESS, GROUP, INGRESS_RULE, EGRESS_RULE, OLD_RULE, POLICY)
"""Kinds of resources that decide who reaches whom."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Whether one pod reaches another, or somebody outside does."""

    source: Pod | Door
    ports: Ports
    """The ports of the target that it reaches."""
    ingress: Opened
    egress: Opened | None
    """None for somebody outside."""
    stopped_by: str = ""
    """What lets nothing through; empty where something gets through."""
    unknown: str = ""


class Network:
    """The network of one cluster."""

    def __init__(self, cluster: Resource | None, stack: Stack) -> None:
        self.cluster = "" if cluster is None else str(cluster.inputs.get("name") or cluster.name)
        self._stack = stack
        self._objects = on_cluster(cluster, stack, ANY_OBJECT)
        self.pods = pods(cluster, stack)
        self.policies: list[Policy] = policies(stack, self._objects)
        self.engine = _engine(cluster, stack)
        self.ranges = tuple(_ranges(cluster, stack))
        self.groups = Groups(stack, cluster, self.ranges, pod_groups(cluster, stack))
        self._made = cluster

    def same_as(self, other: Network) -> bool:
        """Whether nothing differs on which it depends who reaches whom."""
        return self._facts() == other._facts()

    def _facts(self) -> list[tuple[str, str]]:
        found = [(each.urn, repr(each.inputs)) for each in self._stack.resources if each.type in _DECIDING]
        found += [
            (str(each), repr((each.labels, each.namespace_labels, each.numbers, each.ports))) for each in self.pods
        ]
        return sorted([*found, ("engine", repr((self.engine, self.groups.pods, self.ranges)))])

    def named(self, text: str) -> list[Pod]:
        """The pods of a workload: by its name, or `namespace/name`, perhaps with its kind in front of the name.

        Raises:
            InputError: if there is none.
        """
        space, _, name = text.rpartition("/")
        found = [each for each in self.pods if each.name == name and space in ("", each.namespace)]
        found = found or [
            each
            for each in self.pods
            if space and each.name == name and space.rpartition("/")[2].lower() == each.kind.lower()
        ]
        if not found:
            names = [str(each) for each in self.pods]
            near = nearest(text, names) or nearest(text, [each.name for each in self.pods])
            do = f"did you mean {near}?" if near else f"known are {', '.join(names[:8]) or 'none'}"
            raise InputError([Problem((), f"no workload has this name; got {shown(text)}; {do}")])
        return found

    def reached(self, target: Pod, wanted: Ports = EVERY) -> Iterator[Connection]:
        """What reaches a pod, or does not, on some ports: first from outside, then every other pod."""
        for door in (*doors(target, self._stack, self._objects), *self._by_rules(target)):
            yield self._outside(door, target, wanted)
        for each in self.pods:
            yield self.between(each, target, wanted)

    def _by_rules(self, target: Pod) -> Iterator[Door]:
        """What security groups let in from outside, on the ports that the pods declare."""
        own = self.groups.of(target) or (NODES,)
        declared = Ports.of((protocol, (port, port)) for protocol, port in target.numbers)
        inside = {NODES, *(group for each in self.pods for group in self.groups.of(each))}
        for group, rule in self.groups.lets_in(own):
            ports = rule.ports & declared if declared else rule.ports
            if ports and rule.group not in inside:
                who = rule.cidr or f"members of the security group {self.groups.label(rule.group)}"
                via = f"security group {self.groups.label(group)}"
                public = rule.cidr in ("0.0.0.0/0", "::/0")
                yield Door(via, who, ports, (rule.cidr,) if rule.cidr else (), public)

    def between(self, source: Pod, target: Pod, wanted: Ports = EVERY) -> Connection:
        """Whether one pod reaches another on some ports."""
        peer: Peer = source if not source.host_network else Addresses(self.ranges)
        into = self._opened("ingress", target, peer, target)
        out = self._opened("egress", source, target if not target.host_network else Addresses(self.ranges), target)
        through, sure = self._by_groups(source, target)
        ports = into.ports & out.ports & through & wanted
        unknown = "; ".join(filter(None, (into.unknown, out.unknown, source.unknown, target.unknown)))
        if not sure:
            unknown = "; ".join(filter(None, (unknown, "rules of security groups that this stack does not make")))
        stopped = "" if ports else _stopped(into, out, through, wanted)
        return Connection(source, ports, into, out, stopped, unknown)

    def _outside(self, door: Door, target: Pod, wanted: Ports) -> Connection:
        into = self._opened("ingress", target, Addresses(door.ranges or self.ranges), target)
        ports = into.ports & door.ports & wanted
        stopped = "" if ports else _stopped(into, None, door.ports, wanted)
        return Connection(door, ports, into, None, stopped, into.unknown or door.unknown)

    def _opened(self, way: str, pod: Pod, peer: Peer, target: Pod) -> Opened:
        if not self.engine.name:
            return Opened(EVERY, selected=False)
        return opened(
            self.policies,
            "ingress" if way == "ingress" else "egress",
            pod,
            peer,
            target.ports,
            self.ranges,
            strict=self.engine.strict,
        )

    def _by_groups(self, source: Pod, target: Pod) -> tuple[Ports, bool]:
        ours, theirs = self.groups.of(source), self.groups.of(target)
        if not ours and not theirs:
            return EVERY, True
        return self.groups.allow(ours or (NODES,), theirs or (NODES,))

    def unknown(self) -> Iterator[str]:
        """What is not known of it, in words."""
        for each in self._objects:
            group = each.api_version.partition("/")[0]
            if f"{each.kind}:{group}" in _OTHER_KINDS:
                yield f"{each.kind} {each.name}: policies of this kind are not read"
        for chart in contents(self._stack):
            if chart.rendered is None:
                yield f"pods that the chart {chart.installed.chart} brings: {chart.how}"
            elif "networking.k8s.io/v1 NetworkPolicy" in chart.rendered.objects:
                yield f"NetworkPolicies that the chart {chart.installed.chart} brings"
        yield "pods of EKS add-ons, such as CoreDNS, and those made by hand"
        if any(each.type in WORKLOADS and "$unknown" in str(each.inputs.get("metadata")) for each in self._objects):
            yield "workloads in namespaces that are not known"


def networks(stack: Stack) -> list[Network]:
    """The network of each cluster of a stack; that of its objects where it makes none."""
    made: list[Resource | None] = [*clusters(stack)]
    return stack.once("networks", lambda: [Network(each, stack) for each in made or [None]])


def _engine(cluster: Resource | None, stack: Stack) -> Engine:
    if cluster is None:
        return Engine("what its cluster has")
    try:
        return network_engine(cluster, stack)
    except Undetermined as error:
        return Engine("", f"it is not known whether anything does: {error}")


def _ranges(cluster: Resource | None, stack: Stack) -> list[str]:
    """The addresses that nodes and pods have."""
    if cluster is None:
        return []
    try:
        return [each for each in ranges_of_vpc(cluster, stack) if "${" not in each]
    except Undetermined:
        return []


def _stopped(into: Opened, out: Opened | None, through: Ports, wanted: Ports) -> str:
    """What keeps a connection from being made."""
    if not into.ports & wanted:
        return "no policy of the target lets it in"
    if out is not None and not out.ports & wanted:
        return "no policy of the source lets it out"
    if not through & wanted:
        return "security groups do not let it through" if out is not None else "it does not lead to this port"
    return "policies let different ports in and out"
