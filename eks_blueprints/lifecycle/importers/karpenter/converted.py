"""Objects of v1beta1 as those of v1, with what changes on the way.

Source: Karpenter, "v1 Migration" (website, v1.0), and the CRDs of both versions.
"""

from __future__ import annotations

from typing import Any

from eks_blueprints.lifecycle.importers.karpenter.objects import Object

_ALIASES = {
    "AL2": "al2",
    "AL2023": "al2023",
    "Bottlerocket": "bottlerocket",
    "Windows2019": "windows2019",
    "Windows2022": "windows2022",
}
_POLICIES = {"WhenUnderutilized": "WhenEmptyOrUnderutilized"}
_HOPS = 2
"""Hops of the instance metadata service by default in v1beta1; 1 in v1."""
_KUBELET = ("spec", "template", "spec", "kubelet")


def convert(objects: list[Object]) -> None:
    """Bring all objects to v1, in place."""
    classes = {each.name: each for each in objects if each.kind == "EC2NodeClass"}
    for each in objects:
        if each.version != "v1beta1":
            continue
        if each.kind == "NodePool":
            _pool(each, classes)
        else:
            _node_class(each)
        each.version = "v1"


def _pool(pool: Object, classes: dict[str, Object]) -> None:
    node = _inside(pool.spec, "template", "spec")
    reference = node.get("nodeClassRef")
    if isinstance(reference, dict):
        version = reference.pop("apiVersion", None)
        reference.setdefault("group", str(version or "karpenter.k8s.aws/v1").rpartition("/")[0])
        reference.setdefault("kind", "EC2NodeClass")
        if version is not None:
            pool.note(("spec", "template", "spec", "nodeClassRef", "apiVersion"), "is group in v1")
    _disruption(pool, node)
    if (kubelet := node.pop("kubelet", None)) is not None:
        owner = classes.get(str((reference or {}).get("name", "")))
        if owner is None:
            pool.note(_KUBELET, "belongs to the class of nodes in v1, which is not among the files: write it there")
        elif owner.spec.get("kubelet", kubelet) != kubelet:
            pool.note(
                _KUBELET,
                f"belongs to the class {owner.name} in v1, where another pool's settings stand: use two classes",
            )
        else:
            owner.spec["kubelet"] = kubelet
            pool.note(_KUBELET, f"belongs to the class {owner.name} in v1, and is written there")


def _disruption(pool: Object, node: dict[str, Any]) -> None:
    disruption = pool.spec.get("disruption")
    if not isinstance(disruption, dict):
        return
    at = ("spec", "disruption")
    if "expireAfter" in disruption:
        node.setdefault("expireAfter", disruption.pop("expireAfter"))
        pool.note((*at, "expireAfter"), "is a field of the template in v1, and drains nodes whatever budgets say")
    policy = disruption.get("consolidationPolicy")
    if policy in _POLICIES:
        disruption["consolidationPolicy"] = _POLICIES[policy]
        pool.note((*at, "consolidationPolicy"), f"is {_POLICIES[policy]} in v1")
    if disruption and "consolidateAfter" not in disruption:
        disruption["consolidateAfter"] = "0s"
        pool.note(at, "says no consolidateAfter, which v1 requires: 0s is written, as v1beta1 did")
    if not disruption:
        del pool.spec["disruption"]


def _node_class(found: Object) -> None:
    spec = found.spec
    family = spec.get("amiFamily")
    if not spec.get("amiSelectorTerms"):
        alias = _ALIASES.get(str(family))
        if alias is None:
            found.note(("spec", "amiFamily"), "has no alias in v1: write ami_selector_terms with ids, names or tags")
        else:
            spec["amiSelectorTerms"] = [{"alias": f"{alias}@latest"}]
            spec.pop("amiFamily")
            found.note(("spec", "amiFamily"), f"is amiSelectorTerms with the alias {alias}@latest in v1; pin a version")
    elif family == "Ubuntu":
        found.note(("spec", "amiFamily"), "is gone in v1: write ami_family AL2 with terms that select Ubuntu's images")
    options = spec.setdefault("metadataOptions", {})
    if isinstance(options, dict) and "httpPutResponseHopLimit" not in options:
        options["httpPutResponseHopLimit"] = _HOPS
        found.note(("spec",), "had 2 hops to instance metadata by default, and 1 in v1: 2 is written")


def _inside(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.setdefault(key, {})
    return data
