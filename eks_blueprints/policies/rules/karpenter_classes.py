"""Karpenter's and Auto Mode's node classes, and the forms that both kinds of object must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eks_blueprints.policies.addresses import is_public
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.karpenter import TEMPLATE, matching, selected_subnets
from eks_blueprints.policies.objects import canonical, object_name
from eks_blueprints.policies.platform import EC2_NODE_CLASS, NODE_CLASS, NODE_POOL, SUBNET, cluster_of, version_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_OLD = (
    "kubernetes:karpenter.sh/v1alpha5:Provisioner",
    "kubernetes:karpenter.k8s.aws/v1alpha1:AWSNodeTemplate",
    "kubernetes:karpenter.sh/v1beta1:NodePool",
    "kubernetes:karpenter.k8s.aws/v1beta1:EC2NodeClass",
)
_GROUPS = {"EC2NodeClass": "karpenter.k8s.aws", "NodeClass": "eks.amazonaws.com"}
_PINNED = re.compile(r"(al2|al2023|bottlerocket)@v[0-9.]+")
_SELECTORS = ("subnetSelectorTerms", "securityGroupSelectorTerms")
_RESTRICTED = re.compile(
    r"karpenter\.sh/(nodepool|nodeclaim)|karpenter\.k8s\.aws/ec2nodeclass|kubernetes\.io/cluster.*|eks:eks-cluster-name"
)
_NUMBERS = ("Gt", "Lt", "Gte", "Lte")
_FOREIGN_LABELS = re.compile(r"karpenter\.k8s\.aws/.*|kubernetes\.io/os|node\.kubernetes\.io/windows-build")


@rule(
    "karpenter-api-v1-only",
    *_OLD,
    NODE_POOL,
    EC2_NODE_CLASS,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    patches=True,
)
def api_v1(_: Props, context: Context) -> Faults:
    """Karpenter objects use the v1 API."""
    if context.resource.type in _OLD:
        yield context.resource.props.fault(
            "is not read by Karpenter any more", "apiVersion", got=context.resource.api_version
        )


@rule(
    "karpenter-ami-alias-pinned",
    EC2_NODE_CLASS,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    wave=1,
    production_only=True,
)
def ami_pinned(found: Props) -> Faults:
    """In production node images are pinned."""
    for term in found.items("spec", "amiSelectorTerms"):
        alias = term.get("alias")
        if alias is not None:
            if not str(alias).startswith("windows") and not _PINNED.fullmatch(str(alias)):
                yield term.fault("replaces every node when AWS has a new image", "alias", got=alias)
        elif term.has("tags") or "*" in str(term.get("name")):
            yield term.fault("replaces every node when an image fits that is newer", "tags")


@rule(
    "karpenter-nodeclassref-valid",
    NODE_POOL,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"external": ["default"]},
)
def class_ref(pool: Props, context: Context) -> Faults:
    """The node class of a node pool exists."""
    ref = pool.at(*TEMPLATE, "nodeClassRef")
    missing = [key for key in ("group", "kind", "name") if not ref.has(key)]
    if missing:
        yield ref.fault(f"does not name its node class in full: {', '.join(missing)}", *missing[:1], got=ref.value)
        return
    kind, group = ref.get("kind"), ref.get("group")
    if _GROUPS.get(str(kind)) != group:
        yield ref.fault(f"is not a kind of {group}", "kind", got=kind)
        return
    stack = context.stack
    name = canonical(ref.text("name") or "", stack)
    known = {object_name(each, stack) for each in stack.of(EC2_NODE_CLASS, NODE_CLASS) if each.kind == kind}
    if name not in known and name not in context.params["external"] and known:
        yield ref.fault("names a node class that does not exist", "name", got=name)


@rule("karpenter-nodepool-schema-valid", NODE_POOL, EC2_NODE_CLASS, severity="high", enforcement="mandatory", wave=1)
def schema(found: Props, context: Context) -> Faults:
    """Karpenter objects match their schema."""
    yield from _pool_schema(found) if context.resource.type == NODE_POOL else _class_schema(found)


@rule("karpenter-nodeclass-imds", EC2_NODE_CLASS, severity="high", enforcement="mandatory", wave=1)
def imds(found: Props) -> Faults:
    """A node class keeps the safe defaults for instance metadata."""
    options = found.at("spec", "metadataOptions")
    if options.get("httpTokens") not in (None, "required"):
        yield options.fault("serves instance metadata without a token", "httpTokens", got=options.get("httpTokens"))
    if options.get("httpPutResponseHopLimit") not in (None, 1):
        yield options.fault(
            "allows pods to reach the metadata of their node",
            "httpPutResponseHopLimit",
            got=options.get("httpPutResponseHopLimit"),
        )
    if options.get("httpEndpoint") == "disabled":
        yield options.fault("blocks nodes from their own metadata", "httpEndpoint", got="disabled")


@rule("karpenter-nodeclass-volumes-encrypted", EC2_NODE_CLASS, severity="high", enforcement="mandatory", wave=1)
def encrypted(found: Props) -> Faults:
    """Volumes of nodes are encrypted."""
    for device in found.items("spec", "blockDeviceMappings"):
        if device.has("ebs") and device.flag("ebs", "encrypted") is not True:
            yield device.fault("is not encrypted", "ebs", "encrypted", got=device.raw("ebs", "encrypted"))


@rule(
    "karpenter-nodeclass-no-public-ip",
    EC2_NODE_CLASS,
    NODE_CLASS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def no_public_ip(found: Props, context: Context) -> Faults:
    """Nodes have no public IP address."""
    for keys in (("spec", "associatePublicIPAddress"), ("spec", "advancedNetworking", "associatePublicIPAddress")):
        if found.flag(*keys):
            yield found.fault("gives nodes public addresses", *keys, got=True)
    for subnet in selected_subnets(context.resource, context.stack):
        if why := is_public(subnet, context.stack):
            yield found.fault(f"selects {subnet.name}, which {why}", "spec", "subnetSelectorTerms")


@rule(
    "karpenter-nodeclass-selectors-scoped", EC2_NODE_CLASS, NODE_CLASS, severity="high", enforcement="mandatory", wave=1
)
def scoped(found: Props) -> Faults:
    """A node class selects only resources of its cluster."""
    for key in _SELECTORS:
        for term in found.items("spec", key):
            tags = term.pairs("tags")
            if tags and all(value.text() == "*" for _, value in tags):
                yield term.fault("selects resources of other clusters", "tags", got=[name for name, _ in tags])


@rule(
    "karpenter-discovery-tags-exist",
    EC2_NODE_CLASS,
    NODE_CLASS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def tags_exist(found: Props, context: Context) -> Faults:
    """The tags that a node class selects by exist.

    Where the stack makes subnets (security groups), one of them at least carries the tags of a term that selects by
    tags; a stack that makes none selects what others made, and is not judged.
    """
    stack, asked = context.stack, False
    for key, type_ in zip(_SELECTORS, (SUBNET, SECURITY_GROUP), strict=True):
        terms = found.items("spec", key)
        by_tags = [term for term in terms if term.has("tags")]
        if not by_tags or not stack.of(type_) or (type_ == SECURITY_GROUP and _tags_elsewhere(by_tags, context)):
            continue
        asked = True
        if not matching(by_tags, type_, stack):
            yield found.fault("selects nothing", "spec", key, got=by_tags[0].get("tags"))
    if not asked:
        raise NotApplicable


@rule("karpenter-nodeclass-not-al2", EC2_NODE_CLASS, severity="high", enforcement="mandatory", wave=1, across=True)
def not_al2(found: Props, context: Context) -> Faults:
    """Nodes do not run Amazon Linux 2.

    An alias al2@ or amiFamily AL2 fails for clusters of 1.33 or newer, which have no such image, and is advisory
    before and where the version is not known.
    """
    aliases = [str(term.get("alias")) for term in found.items("spec", "amiSelectorTerms")]
    if found.get("spec", "amiFamily") != "AL2" and not any(alias.startswith("al2@") for alias in aliases):
        return
    minor = version_of(cluster_of(context.resource, context.stack))
    old = minor is None or minor < 33
    yield found.fault(
        "runs Amazon Linux 2, for which EKS no longer builds images", "spec", "amiSelectorTerms", advisory=old
    )


@rule("automode-nodepool-labels-supported", NODE_POOL, severity="high", enforcement="mandatory", wave=1)
def labels_supported(pool: Props) -> Faults:
    """A node pool uses only labels that its nodes have."""
    group = pool.get(*TEMPLATE, "nodeClassRef", "group")
    for requirement in pool.items(*TEMPLATE, "requirements"):
        key = str(requirement.get("key"))
        if group == "eks.amazonaws.com" and _FOREIGN_LABELS.fullmatch(key):
            yield requirement.fault("is not a label of Auto Mode's nodes", "key", got=key)
        elif group == "karpenter.k8s.aws" and key.startswith("eks.amazonaws.com/instance-"):
            yield requirement.fault("is a label of Auto Mode's nodes alone", "key", got=key)


@rule("automode-nodeclass-network-policy", NODE_CLASS, severity="low", enforcement="advisory", wave=3)
def network_policy(found: Props, context: Context) -> Faults:
    """The network policy settings of Auto Mode nodes are explicit, and denied connections are logged."""
    if not context.stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy"):
        raise NotApplicable
    if found.get("spec", "networkPolicy") not in ("DefaultAllow", "DefaultDeny"):
        yield found.fault("relies on a default for what is allowed", "spec", "networkPolicy")
    if found.get("spec", "networkPolicyEventLogs") != "Enabled":
        yield found.fault("logs nothing that it refuses", "spec", "networkPolicyEventLogs")


def _pool_schema(pool: Props) -> Faults:
    requirements = pool.items(*TEMPLATE, "requirements")
    if not pool.has(*TEMPLATE, "requirements"):
        yield pool.fault("has no requirements, which may be empty and not absent", *TEMPLATE, "requirements")
    if len(requirements) > 100:
        yield pool.fault("has more than 100 requirements", *TEMPLATE, "requirements", got=len(requirements))
    for requirement in requirements:
        yield from _requirement(requirement)
    if pool.has("spec", "disruption") and not pool.has("spec", "disruption", "consolidateAfter"):
        yield pool.fault("needs consolidateAfter once disruption is written", "spec", "disruption", "consolidateAfter")
    for budget in pool.items("spec", "disruption", "budgets"):
        if budget.has("schedule") != budget.has("duration"):
            yield budget.fault("has a schedule without a duration, or the other way round", "schedule")
    if pool.has("spec", "replicas"):
        if pool.has("spec", "weight"):
            yield pool.fault("has a fixed size, and therefore no weight", "spec", "weight")
        if strange := [key for key, _ in pool.pairs("spec", "limits") if key != "nodes"]:
            yield pool.fault("has a fixed size, and therefore a limit of nodes alone", "spec", "limits", got=strange)
    weight = pool.get("spec", "weight")
    if weight is not None and (isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= 100):
        yield pool.fault("is not a whole number from 1 to 100", "spec", "weight", got=weight)


def _requirement(requirement: Props) -> Faults:
    operator, given = requirement.get("operator"), requirement.items("values")
    if operator == "In" and not given:
        yield requirement.fault("needs values", "values", got=[])
    least = requirement.number("minValues")
    if least is not None and operator == "In" and least > len(given):
        yield requirement.fault("requires more values than it lists", "minValues", got=least)
    if operator in _NUMBERS:
        values = [each.get() for each in given]
        if len(values) != 1 or not isinstance(values[0], str) or not re.fullmatch(r"\d+", values[0]):
            yield requirement.fault("needs one whole number, written as text", "values", got=values)


def _class_schema(found: Props) -> Faults:
    spec = found.at("spec")
    if spec.has("role") == spec.has("instanceProfile"):
        yield spec.fault("needs exactly one of role and instanceProfile", "role")
    for key in (*_SELECTORS, "amiSelectorTerms"):
        if not spec.items(key):
            yield spec.fault("needs a term", key, got=[])
    terms = spec.items("amiSelectorTerms")
    aliases = [term for term in terms if term.has("alias")]
    if aliases and (len(terms) > 1 or any(aliases[0].has(key) for key in ("id", "tags", "name", "owner"))):
        yield aliases[0].fault("must be alone, without other terms or keys", "alias")
    if terms and not aliases and not spec.has("amiFamily"):
        yield spec.fault("is needed where no alias names the image", "amiFamily")
    for key, _ in spec.pairs("tags"):
        if _RESTRICTED.fullmatch(key):
            yield spec.fault("is a tag that Karpenter reserves", "tags", key)


def _tags_elsewhere(terms: list[Props], context: Context) -> bool:
    """Whether the group may be the one that EKS makes for a cluster, which carries tags that no program sets."""
    marks = ("aws:eks:cluster-name", "kubernetes.io/cluster/")
    keys: Iterator[Any] = (key for term in terms for key, _ in term.pairs("tags"))
    if any(str(key).startswith(marks) for key in keys):
        return True
    # A tag that is put on that group by a resource of its own.
    wanted = {key for term in terms for key, _ in term.pairs("tags")}
    return any(each.inputs.get("key") in wanted for each in context.stack.of("aws:ec2/tag:Tag"))
