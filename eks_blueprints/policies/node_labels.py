"""Which labels the nodes of each source carry: managed groups, and pools of Karpenter and of EKS Auto Mode.

Sources: Kubernetes' "Well-Known Labels, Annotations and Taints"; EKS user guide, "Customize managed nodes with launch
templates" (labels that EKS sets); Karpenter's documentation, "Scheduling", and `karpenter/labels.toml`.
"""

from __future__ import annotations

from eks_blueprints.core.facts.ami_types import ami_types
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    KARPENTER,
    known_labels,
    normal,
)
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.platform import NODE_GROUP
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.stack import Resource, Stack

_OF_KUBERNETES = ("kubernetes.io", "k8s.io", "k8s.aws")
"""Ends of the domains whose labels every node gets by itself."""
_OF_GROUPS = "eks.amazonaws.com/"
_OF_GROUPS_ANY = ("nodegroup", "nodegroup-image", "sourceLaunchTemplateId", "sourceLaunchTemplateVersion")
_CAPACITY_OF_GROUPS = "eks.amazonaws.com/capacityType"


def lacks(kind: Resource, key: str, value: str, stack: Stack) -> str:
    """Why no node of a kind carries a label with some value, in words; empty if one may."""
    has = _group(kind.props, key, value) if kind.type == NODE_GROUP else _pool(kind, key, value, stack)
    if has:
        return ""
    hint = ""
    if kind.type == NODE_GROUP and normal(key) == CAPACITY_TYPE:
        hint = f" (a managed group's nodes have {_CAPACITY_OF_GROUPS}={_capacity(kind.props)})"
    return f"has no {key}={value}{hint}"


def _capacity(group: Props) -> str:
    return str(group.get("capacityType") or "ON_DEMAND")


def _group(group: Props, key: str, value: str) -> bool:
    labels, word = group.at("labels"), normal(key)
    if labels.value is not None and labels.has(key):
        return str(labels.get(key)) == value
    if word == ARCHITECTURE and (ami := ami_types().get(str(group.get("amiType")))):
        return value == ("arm64" if ami.architecture == "arm64" else "amd64")
    if word == INSTANCE_TYPE and (types := group.words("instanceTypes")):
        return value in types
    if word == _CAPACITY_OF_GROUPS:
        return value == _capacity(group)
    if word.startswith(_OF_GROUPS):
        return word.removeprefix(_OF_GROUPS) in _OF_GROUPS_ANY
    return word not in known_labels(KARPENTER) and _of_kubernetes(word)


def _pool(pool: Resource, key: str, value: str, stack: Stack) -> bool:
    template, word = pool.props.at("spec", "template"), normal(key)
    if template.has("metadata", "labels", key):
        return str(template.get("metadata", "labels", key)) == value
    if word == "karpenter.sh/nodepool":
        return object_name(pool, stack) == value
    flavor = AUTO_MODE if template.get("spec", "nodeClassRef", "group") == AUTO_MODE.group else KARPENTER
    asked = allowed(_requirements(template))
    if word in asked and value not in asked[word]:
        return False
    if instances.carriers(flavor, word) is not None:
        return bool(instances.left(flavor, {**asked, word: Allowed(values=frozenset({value}), required=True)}))
    if word == "eks.amazonaws.com/compute-type":
        return flavor is AUTO_MODE and value == "auto"
    return word in asked or word in known_labels(flavor) or _is_karpenters(word) or _of_kubernetes(word)


def _requirements(template: Props) -> list[Requirement]:
    return [
        Requirement.model_construct(
            key=str(item.get("key")), operator=str(item.get("operator")), values=tuple(item.words("values"))
        )
        for item in template.items("spec", "requirements")
    ]


def _is_karpenters(key: str) -> bool:
    return key.partition("/")[0] == "karpenter.sh"


def _of_kubernetes(key: str) -> bool:
    domain = key.partition("/")[0] if "/" in key else ""
    return domain.endswith(_OF_KUBERNETES) and not domain.endswith(KARPENTER.group)
