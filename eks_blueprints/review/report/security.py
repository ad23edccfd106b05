"""The security delta: rights, ways in and ways out that come or go between two plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.core.address_ranges import opening
from eks_blueprints.core.iam_match import ADMINISTRATORS, all_of_kind, conditions_of, limits, limits_who
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.rbac import powerful
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.diff.imports import is_unchanged
from eks_blueprints.review.diff.renames import Rename
from eks_blueprints.review.diff.texts import document
from eks_blueprints.review.diff.words import value as worded
from eks_blueprints.review.effects import Level
from eks_blueprints.review.report.model import Security
from eks_blueprints.review.report.rights import power

_STRONG = frozenset(
    {
        "AmazonEKSAdminPolicy", "AmazonEKSClusterAdminPolicy", "AWSCloudFormationFullAccess", "SecretsManagerReadWrite",
        "cluster-admin",
    }
)  # fmt: skip
"""Managed policies and roles of high power."""

Facts = dict[tuple[str, str], Level]
"""Subject and text of what holds, with how bad it is to add it."""


def security(diff: PlanDiff, found: Sequence[Rename] = ()) -> Iterator[Security]:
    """What one side has and the other has not, what is worst first. What is only renamed comes and goes nowhere."""
    moved = {each.urn for rename in found for pair in rename.anew for each in pair}
    # What is taken over as it is has what it has already.
    changing = [each for each in diff.resources if each.urn not in moved and not is_unchanged(each)]
    listed = [item for each in changing for item in _of(each.type, each.old, each.new)]
    for rename in found:
        for old, new in rename.anew:
            listed += _of(old.type, old.old, new.new, rename.renamed)
    order: dict[Level, int] = {"danger": 0, "warning": 1, "note": 2}
    yield from sorted(dict.fromkeys(listed), key=lambda item: (order[item.level], not item.added, item.area))


def _of(
    type_: str, old: PlannedResource | None, new: PlannedResource | None, renamed: Callable[[str], str] = str
) -> Iterator[Security]:
    for area, read in _READERS.get(type_, ()):
        after: Facts = read(new) if new else {}
        before = {_renamed(fact, after, renamed) for fact in read(old)} if old else set()
        for fact, level in after.items():
            if fact not in before:
                yield Security(area, True, fact[0], fact[1], level)
        for fact in sorted(before):
            if fact not in after:
                yield Security(area, False, fact[0], fact[1])


def _renamed(fact: tuple[str, str], after: Facts, renamed: Callable[[str], str]) -> tuple[str, str]:
    """An old fact as it is told of the new name; a word in it may be the same as the name, and stay."""
    who, what = fact
    told = [fact, (renamed(who), what), (who, renamed(what)), (renamed(who), renamed(what))]
    return next((each for each in told if each in after), fact)


def _actions(key: str) -> Callable[[PlannedResource], Facts]:
    def read(resource: PlannedResource) -> Facts:
        return dict(_allowed(resource.inputs.get(key), _holder(resource)))

    return read


def _inline(resource: PlannedResource) -> Facts:
    """The policies that a role holds itself."""
    found: Facts = {}
    for each in _listed(resource.inputs.get("inlinePolicies")):
        if isinstance(each, Mapping):
            found |= dict(_allowed(each.get("policy"), resource.name))
    for arn in _listed(resource.inputs.get("managedPolicyArns")):
        found |= _managed(resource.name, arn)
    return found


def _holder(resource: PlannedResource) -> str:
    """Whom a policy is for: its role by name, where one is named."""
    role = next(
        (resource.inputs[key] for key in ("role", "roleName", "user", "group") if resource.inputs.get(key)), None
    )
    if isinstance(role, str) and (match := re.fullmatch(r"\$\{(.+)\.(?:id|name|arn)\}", role)):
        return match[1]
    return role if isinstance(role, str) else resource.name


def _allowed(policy: Any, holder: str) -> Iterator[tuple[tuple[str, str], Level]]:
    for statement in _statements(policy):
        if statement.get("Effect") != "Allow":
            continue
        asked = conditions_of(statement.get("Condition"))
        conditions = limits(asked)
        where = f"{_where(statement)}{', under conditions' if asked else ''}"
        public = "*" in _principals(statement) and not limits_who(asked)
        for action in _listed(statement.get("Action")):
            level = power(str(action), everything=_limitless(statement), conditions=conditions)
            yield (holder, f"`{action}`{where}"), "danger" if public else level
        for action in _listed(statement.get("NotAction")):
            yield (holder, f"everything but `{action}`{where}"), "danger"


def _where(statement: Mapping[str, Any]) -> str:
    if who := _principals(statement):
        return f" for {_some(who)}"
    if but := _listed(statement.get("NotResource")):
        return f" on everything but {_some(but)}"
    on = [str(each) for each in _listed(statement.get("Resource"))]
    return "" if not on else " on everything" if "*" in on else f" on {_some(on)}"


def _some(found: Sequence[Any]) -> str:
    """Two in full, the others by their number."""
    shown = [_bare_name(worded(each, 80)) for each in found[:2]]
    return ", ".join(shown) + (f" and {len(found) - 2} more" if len(found) > 2 else "")


def _limitless(statement: Mapping[str, Any]) -> bool:
    """Whether nothing but conditions limits what a statement is about; a policy of a resource is limited by that."""
    if _principals(statement):
        return False
    on = _listed(statement.get("Resource"))
    return bool(statement.get("NotResource")) or any(all_of_kind(str(each)) for each in on)


def _principals(statement: Mapping[str, Any]) -> list[str]:
    """Whom a statement of a resource's own policy is for."""
    principal = statement.get("Principal")
    listed = list(principal.values()) if isinstance(principal, Mapping) else _listed(principal)
    return [str(who) for each in listed for who in _listed(each)]


def _trusted(resource: PlannedResource) -> Facts:
    found: Facts = {}
    for statement in _statements(resource.inputs.get("assumeRolePolicy")):
        if statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        asked = conditions_of(statement.get("Condition"))
        pairs = principal.items() if isinstance(principal, Mapping) else [("AWS", principal)]
        for kind, who in pairs:
            for each in _listed(who):
                # A provider of identities speaks for all that it knows: of GitHub's, for every repository there is.
                anyone = (each == "*" and not limits_who(asked)) or (kind == "Federated" and not limits(asked))
                level: Level = "danger" if anyone else "warning" if kind == "AWS" else "note"
                found[resource.name, f"may be assumed by {kind} `{each}`"] = level
    return found


def _attached(resource: PlannedResource) -> Facts:
    return _managed(_holder(resource), resource.inputs.get("policyArn", ""))


def _attached_to_many(resource: PlannedResource) -> Facts:
    holders = [each for key in ("roles", "users", "groups") for each in _listed(resource.inputs.get(key))]
    found: Facts = {}
    for holder in holders:
        found |= _managed(_bare_name(str(holder)), resource.inputs.get("policyArn", ""))
    return found


def _managed(holder: str, arn: Any) -> Facts:
    name = str(arn).rpartition("/")[2] or "a policy"
    return {(holder, f"managed policy `{_bare_name(name)}`"): _of_policy(name)}


def _of_policy(name: str) -> Level:
    if name in ADMINISTRATORS:
        return "danger"
    return "warning" if name in _STRONG or name.endswith("FullAccess") else "note"


def _endpoint(resource: PlannedResource) -> Facts:
    config = resource.inputs.get("vpcConfig")
    if not isinstance(config, Mapping) or config.get("endpointPublicAccess") is False:
        return {}
    cidrs = [str(each) for each in _listed(config.get("publicAccessCidrs"))] or ["0.0.0.0/0"]
    name = resource.name
    world = opening(cidrs)
    return {
        (name, f"Kubernetes API reachable from `{cidr}`"): "danger" if cidr in world else "warning" for cidr in cidrs
    }


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
    ports, world = _ports(values), opening(str(each) for each in peers)
    for peer in peers:
        if peer is None:
            continue
        level: Level = "danger" if inbound and peer in world else "note"
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
            wide: Level = "warning" if "*" in verbs or "*" in kinds or powerful(Props(rule)) else "note"
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


def _identity_provider(resource: PlannedResource) -> Facts:
    oidc = resource.inputs.get("oidc")
    if not isinstance(oidc, Mapping):
        return {}
    issuer, client = (worded(oidc.get(key), 80) for key in ("issuerUrl", "clientId"))
    return {(f"`{issuer}`", f"lets its users sign in with tokens for `{client}`"): "warning"}


_POLICY = (("policy", _actions("policy")),)
_READERS: dict[str, tuple[tuple[Any, Callable[[PlannedResource], Facts]], ...]] = {
    "aws:ec2/securityGroup:SecurityGroup": (("network", _group_rules),),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (("network", _rule),),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _POLICY,
    "aws:eks/accessEntry:AccessEntry": (("access", _entry),),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (("access", _association),),
    "aws:eks/cluster:Cluster": (("network", _endpoint),),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": (("access", _identity_provider),),
    "aws:iam/policy:Policy": (("iam", _actions("policy")),),
    "aws:iam/groupPolicy:GroupPolicy": (("iam", _actions("policy")),),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": (("iam", _attached),),
    "aws:iam/role:Role": (("trust", _trusted), ("iam", _inline)),
    "aws:iam/policyAttachment:PolicyAttachment": (("iam", _attached_to_many),),
    "aws:iam/rolePolicy:RolePolicy": (("iam", _actions("policy")),),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (("iam", _attached),),
    "aws:iam/userPolicy:UserPolicy": (("iam", _actions("policy")),),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": (("iam", _attached),),
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
