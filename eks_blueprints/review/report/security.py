"""The security delta: rights, ways in and ways out that come or go between two plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.texts import document
from eks_blueprints.review.diff.words import value as worded
from eks_blueprints.review.effects import Level
from eks_blueprints.review.report.model import Security

_ANYWHERE = ("0.0.0.0/0", "::/0")
_STRONG = ("AmazonEKSClusterAdminPolicy", "AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "cluster-admin")

Facts = dict[tuple[str, str], Level]
"""Subject and text of what holds, with how bad it is to add it."""


def security(diff: PlanDiff) -> Iterator[Security]:
    """What one side has and the other has not, what is worst first."""
    found = [item for each in diff.resources for item in _of(each)]
    order: dict[Level, int] = {"danger": 0, "warning": 1, "note": 2}
    yield from sorted(dict.fromkeys(found), key=lambda item: (order[item.level], not item.added, item.area))


def _of(each: ResourceDiff) -> Iterator[Security]:
    for area, read in _READERS.get(each.type, ()):
        before: Facts = read(each.old) if each.old else {}
        after: Facts = read(each.new) if each.new else {}
        for fact, level in after.items():
            if fact not in before:
                yield Security(area, True, fact[0], fact[1], level)
        for fact in before:
            if fact not in after:
                yield Security(area, False, fact[0], fact[1])


def _actions(key: str) -> Callable[[PlannedResource], Facts]:
    def read(resource: PlannedResource) -> Facts:
        return dict(_allowed(resource.inputs.get(key), _holder(resource)))

    return read


def _holder(resource: PlannedResource) -> str:
    """Whom a policy is for: its role by name, where one is named."""
    role = resource.inputs.get("role") or resource.inputs.get("roleName")
    if isinstance(role, str) and (match := re.fullmatch(r"\$\{(.+)\.(?:id|name|arn)\}", role)):
        return match[1]
    return role if isinstance(role, str) else resource.name


def _allowed(policy: Any, holder: str) -> Iterator[tuple[tuple[str, str], Level]]:
    for statement in _statements(policy):
        if statement.get("Effect") != "Allow":
            continue
        on = [str(each) for each in _listed(statement.get("Resource"))]
        where = "" if not on else " on everything" if "*" in on else f" on {worded(on if len(on) > 1 else on[0], 60)}"
        condition = ", under conditions" if statement.get("Condition") else ""
        for action in _listed(statement.get("Action")):
            bad: Level = (
                "warning" if str(action).endswith("*") and (action == "*" or str(action).endswith(":*")) else "note"
            )
            yield (holder, f"`{action}`{where}{condition}"), "danger" if action == "*" else bad
        for action in _listed(statement.get("NotAction")):
            yield (holder, f"everything but `{action}`{where}{condition}"), "danger"


def _trusted(resource: PlannedResource) -> Facts:
    found: Facts = {}
    for statement in _statements(resource.inputs.get("assumeRolePolicy")):
        principal = statement.get("Principal")
        pairs = principal.items() if isinstance(principal, Mapping) else [("AWS", principal)]
        for kind, who in pairs:
            for each in _listed(who):
                level: Level = "danger" if each == "*" else "note"
                found[resource.name, f"may be assumed by {kind} `{each}`"] = level
    return found


def _attached(resource: PlannedResource) -> Facts:
    name = str(resource.inputs.get("policyArn", "")).rpartition("/")[2] or "a policy"
    return {(_holder(resource), f"managed policy `{name}`"): "warning" if name in _STRONG else "note"}


def _endpoint(resource: PlannedResource) -> Facts:
    config = resource.inputs.get("vpcConfig")
    if not isinstance(config, Mapping) or config.get("endpointPublicAccess") is False:
        return {}
    cidrs = [str(each) for each in _listed(config.get("publicAccessCidrs"))] or [_ANYWHERE[0]]
    name = resource.name
    levels: Mapping[str, Level] = dict.fromkeys(_ANYWHERE, "danger")
    return {(name, f"Kubernetes API reachable from `{cidr}`"): levels.get(cidr, "warning") for cidr in cidrs}


def _entry(resource: PlannedResource) -> Facts:
    who = str(resource.inputs.get("principalArn", ""))
    groups = [str(each) for each in _listed(resource.inputs.get("kubernetesGroups"))]
    found: Facts = {(resource.name, f"access entry for `{who}`"): "note"}
    for group in groups:
        found[resource.name, f"`{who}` in Kubernetes group `{group}`"] = (
            "warning" if group == "system:masters" else "note"
        )
    return found


def _association(resource: PlannedResource) -> Facts:
    name = str(resource.inputs.get("policyArn", "")).rpartition("/")[2]
    who = str(resource.inputs.get("principalArn", "")).rpartition("/")[2]
    scope = resource.inputs.get("accessScope")
    spaces = _listed(scope.get("namespaces")) if isinstance(scope, Mapping) else []
    where = f"in {', '.join(map(str, spaces))}" if spaces else "in the whole cluster"
    return {(who, f"`{name}` {where}"): "warning" if name in _STRONG else "note"}


def _rule(resource: PlannedResource) -> Facts:
    values = resource.inputs
    inbound = resource.type.endswith("IngressRule") or values.get("type") == "ingress"
    group = worded(values.get("securityGroupId", "a security group"))
    return dict(_open(values, _bare_name(group), inbound=inbound))


def _group_rules(resource: PlannedResource) -> Facts:
    found: Facts = {}
    for key, inbound in (("ingress", True), ("egress", False)):
        for rule in _listed(resource.inputs.get(key)):
            if isinstance(rule, Mapping):
                found |= dict(_open(rule, resource.name, inbound=inbound))
    return found


def _open(values: Mapping[str, Any], group: str, *, inbound: bool) -> Iterator[tuple[tuple[str, str], Level]]:
    peers = [values.get(key) for key in ("cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "sourceSecurityGroupId")]
    for key in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"):
        peers += _listed(values.get(key))
    ports = _ports(values)
    for peer in peers:
        if peer is None:
            continue
        anywhere = peer in _ANYWHERE
        level: Level = "danger" if anywhere and inbound else "note"
        side = "from" if inbound else "to"
        yield (group, f"{ports} {side} `{_bare_name(worded(peer))}`"), level


def _ports(values: Mapping[str, Any]) -> str:
    protocol = values.get("ipProtocol") or values.get("protocol")
    if protocol in ("-1", "all"):
        return "all traffic"
    first, last = values.get("fromPort"), values.get("toPort")
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def _bare_name(text: str) -> str:
    match = re.fullmatch(r"\$\{(.+?)\.[a-zA-Z.]+\}", text)
    return match[1] if match else text


def _binding(resource: PlannedResource) -> Facts:
    role = resource.inputs.get("roleRef")
    name = str(role.get("name")) if isinstance(role, Mapping) else "?"
    level: Level = "warning" if name in _STRONG else "note"
    found: Facts = {}
    for subject in _listed(resource.inputs.get("subjects")):
        if isinstance(subject, Mapping):
            found[resource.name, f"{subject.get('kind')} `{subject.get('name')}` has role `{name}`"] = level
    return found


def _role_rules(resource: PlannedResource) -> Facts:
    found: Facts = {}
    for rule in _listed(resource.inputs.get("rules")):
        if isinstance(rule, Mapping):
            verbs, kinds = (_listed(rule.get(key)) for key in ("verbs", "resources"))
            wide: Level = "warning" if "*" in verbs or "*" in kinds else "note"
            found[resource.name, f"may {', '.join(map(str, verbs))} `{', '.join(map(str, kinds))}`"] = wide
    return found


def _statements(policy: Any) -> list[Mapping[str, Any]]:
    found = document(policy) if isinstance(policy, str) else policy
    if not isinstance(found, Mapping):
        return []
    return [each for each in _listed(found.get("Statement")) if isinstance(each, Mapping)]


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


_POLICY = (("policy", _actions("policy")),)
_READERS: dict[str, tuple[tuple[Any, Callable[[PlannedResource], Facts]], ...]] = {
    "aws:ec2/securityGroup:SecurityGroup": (("network", _group_rules),),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (("network", _rule),),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _POLICY,
    "aws:eks/accessEntry:AccessEntry": (("access", _entry),),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (("access", _association),),
    "aws:eks/cluster:Cluster": (("network", _endpoint),),
    "aws:iam/policy:Policy": (("iam", _actions("policy")),),
    "aws:iam/role:Role": (("trust", _trusted),),
    "aws:iam/rolePolicy:RolePolicy": (("iam", _actions("policy")),),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (("iam", _attached),),
    "aws:kms/key:Key": _POLICY,
    "aws:kms/keyPolicy:KeyPolicy": _POLICY,
    "aws:s3/bucketPolicy:BucketPolicy": _POLICY,
    "aws:sqs/queuePolicy:QueuePolicy": _POLICY,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (("network", _rule),),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (("network", _rule),),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": (("rbac", _role_rules),),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": (("rbac", _binding),),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": (("rbac", _role_rules),),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": (("rbac", _binding),),
}
