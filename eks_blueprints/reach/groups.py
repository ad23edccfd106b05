"""Security groups of pods: their own by SecurityGroupPolicies, or else those of the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.address_ranges import network_of
from eks_blueprints.policies.network_engine import PodGroups
from eks_blueprints.policies.objects import namespace_of, object_name, selects
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reach.pods import Pod
from eks_blueprints.reach.ports import EVERY, NONE, PROTOCOLS, Ports

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
POLICY = "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy"
NODES = "the cluster's group"
"""Stands for the group that EKS makes for a cluster, which lets in what is in it, and lets out everything."""

_ALL = ("-1", "all")
_LAST = 65535


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a security group."""

    ports: Ports
    group: str = ""
    """The other end, where that is a group."""
    cidr: str = ""


class Groups:
    """The security groups of a stack."""

    def __init__(self, stack: Stack, cluster: Resource | None, pod_ranges: Sequence[str], pods: PodGroups) -> None:
        self._stack = stack
        self._cluster = cluster
        self._ranges = pod_ranges
        self.pods = pods
        self._policies = stack.of(POLICY)
        self._rules: dict[tuple[str, bool], list[Rule]] = {}
        self._made = {each.urn for each in stack.of(GROUP)}
        for each in stack.of(INGRESS_RULE, EGRESS_RULE, OLD_RULE):
            inbound = each.type == INGRESS_RULE or each.inputs.get("type") == "ingress"
            for rule in _rules(each.inputs, self):
                self._rules.setdefault((self.name(each.inputs.get("securityGroupId")), inbound), []).append(rule)
        for each in stack.of(GROUP):
            for key, inbound in (("ingress", True), ("egress", False)):
                given = each.inputs.get(key)
                for said in given if isinstance(given, list) else ():
                    if isinstance(said, Mapping):
                        self._rules.setdefault((each.urn, inbound), []).extend(_rules(said, self, own=each.urn))

    def name(self, value: Any) -> str:
        """What a group goes by here: its URN where the stack makes it, else its id."""
        if isinstance(value, str) and "clusterSecurityGroupId" in value:
            return NODES
        found = self._stack.resolve(value, GROUP)
        return found.urn if found is not None else str(value)

    def label(self, group: str) -> str:
        """A group as people know it."""
        found = self._stack.by_urn.get(group)
        return found.name if found is not None else group

    def of(self, pod: Pod) -> tuple[str, ...]:
        """The groups of a pod's own; none where it has those of its node."""
        found: list[str] = []
        for each in self._policies:
            if not self.pods.on or pod.host_network or namespace_of(each, self._stack) != pod.namespace:
                continue
            try:
                if _is_for(each, pod):
                    ids = each.inputs.get("spec", {}).get("securityGroups", {}).get("groupIds") or ()
                    found += map(self.name, ids)
            except Undetermined:
                continue
        return tuple(dict.fromkeys(found))

    def allow(self, source: Sequence[str], target: Sequence[str]) -> tuple[Ports, bool]:
        """The ports that groups let through from pods of some groups to pods of others, and whether that is certain."""
        out, sure = self._open(source, target, inbound=False)
        into, known = self._open(target, source, inbound=True)
        return out & into, sure and known

    def lets_in(self, groups: Sequence[str]) -> list[tuple[str, Rule]]:
        """The rules that let something into some groups, with the group of each."""
        return [(group, rule) for group in groups for rule in self._rules.get((group, True), ())]

    def _open(self, of: Sequence[str], other: Sequence[str], *, inbound: bool) -> tuple[Ports, bool]:
        found, sure = NONE, True
        for group in of:
            if group == NODES:
                found |= EVERY if not inbound or NODES in other else NONE
            elif group not in self._made:
                sure = False
            for rule in self._rules.get((group, inbound), ()):
                if rule.group in other or (rule.cidr and self._holds(rule.cidr)):
                    found |= rule.ports
        return found, sure

    def _holds(self, cidr: str) -> bool:
        whole = network_of(cidr)
        if whole is None:
            return False
        parts = [found for each in self._ranges if (found := network_of(each)) is not None]
        alike = [each for each in parts if each.version == whole.version]
        return whole.prefixlen == 0 or (bool(alike) and all(whole.supernet_of(each) for each in alike))  # type: ignore[arg-type]

    def without_effect(self) -> list[str]:
        """SecurityGroupPolicies that nothing carries out."""
        if self.pods.on:
            return []
        return [f"{namespace_of(each, self._stack)}/{object_name(each, self._stack)}" for each in self._policies]


def _is_for(policy: Resource, pod: Pod) -> bool:
    """Whether a SecurityGroupPolicy is for a pod, by its labels and those of its service account."""
    spec = policy.props.at("spec")
    by_pod, by_account = spec.get("podSelector"), spec.get("serviceAccountSelector")
    if by_pod is None and by_account is None:
        return False
    return (by_pod is None or selects(by_pod, pod.labels)) and (
        by_account is None or selects(by_account, pod.account_labels)
    )


def _rules(said: Mapping[str, Any], groups: Groups, own: str = "") -> Iterator[Rule]:
    ports = _ports(said)
    for key in ("cidrIpv4", "cidrIpv6"):
        if isinstance(said.get(key), str):
            yield Rule(ports, cidr=said[key])
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from (Rule(ports, cidr=str(each)) for each in _listed(said.get(key)))
    for key in ("referencedSecurityGroupId", "sourceSecurityGroupId"):
        if said.get(key) is not None:
            yield Rule(ports, group=groups.name(said[key]))
    yield from (Rule(ports, group=groups.name(each)) for each in _listed(said.get("securityGroups")))
    if said.get("self") is True:
        yield Rule(ports, group=own or groups.name(said.get("securityGroupId")))


def _ports(said: Mapping[str, Any]) -> Ports:
    protocol = str(said.get("ipProtocol") or said.get("protocol") or "-1").upper()
    if protocol.lower() in _ALL:
        return EVERY
    first, last = said.get("fromPort"), said.get("toPort")
    protocol = {"6": "TCP", "17": "UDP", "132": "SCTP"}.get(protocol, protocol)
    if protocol not in PROTOCOLS or not isinstance(first, int | float) or not isinstance(last, int | float):
        return NONE
    return Ports({protocol: ((max(1, int(first)), min(_LAST, int(last))),)})


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()
