"""Names, labels and annotation keys that Kubernetes' API server refuses.

Where `metadata.name` is left out,
pulumi-kubernetes makes one: the resource's logical name, `-` and 8 hexadecimal digits
(provider/pkg/metadata/naming.go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.kubernetes.names import (
    LONGEST_VALUE,
    NAMESPACE,
    PART,
    SUBDOMAIN,
    UNCHECKED,
    NameRule,
    key_fault,
    rule_of,
)
from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.problems import InputProblem, join, shown

_AUTONAME = "-01234567"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_LONGEST_RELEASE = NameRule(SUBDOMAIN, 53)
"""https://helm.sh/docs/chart_template_guide/getting_started/: 63 less ten for what charts append."""


def check_kubernetes(
    type_token: str, inputs: Mapping[str, Any], name: str | None, is_unknown: wire.IsUnknown
) -> list[InputProblem]:
    """What the API server would refuse of one object's names, and Helm of a release's."""
    package, module, kind = (*type_token.split(":"), "", "")[:3]
    if package != "kubernetes":
        return []
    if type_token == _RELEASE:
        return list(_release(inputs, name, is_unknown))
    if kind.endswith(("List", "Patch")) or module.startswith(("helm.sh", "yaml", "kustomize")):
        return []
    metadata = wire.unwrap(inputs.get("metadata"))[0]
    if metadata is not None and not isinstance(metadata, Mapping):
        return []
    is_deep = "." not in module or module.partition("/")[0].endswith(".k8s.io")
    return [
        *_object_name(module, kind, metadata or {}, name, is_unknown),
        *_labels_within(inputs, "", is_unknown, is_deep=is_deep),
    ]


def _release(inputs: Mapping[str, Any], name: str | None, is_unknown: wire.IsUnknown) -> Iterator[InputProblem]:
    given = wire.unwrap(inputs.get("name"))[0] or None
    whole = given if given is not None else f"{name}{_AUTONAME}" if name else None
    if isinstance(whole, str) and not is_unknown(whole):
        yield from _check_name("name", whole, _LONGEST_RELEASE, automatic=given is None)


def _object_name(
    module: str, kind: str, metadata: Mapping[str, Any], name: str | None, is_unknown: wire.IsUnknown
) -> Iterator[InputProblem]:
    given = wire.unwrap(metadata.get("name"))[0] or None
    namespace = wire.unwrap(metadata.get("namespace"))[0]
    if isinstance(namespace, str) and namespace and not is_unknown(namespace):
        yield from _check_name("metadata.namespace", namespace, NAMESPACE, automatic=False)
    if kind in UNCHECKED or metadata.get("generateName") is not None:
        return
    whole = given if given is not None else f"{name}{_AUTONAME}" if name else None
    if isinstance(whole, str) and not is_unknown(whole):
        rule = rule_of(module.partition("/")[0], kind)
        yield from _check_name("metadata.name", whole, rule, automatic=given is None)


def _check_name(path: str, whole: str, rule: NameRule, *, automatic: bool) -> Iterator[InputProblem]:
    text = whole.removesuffix(_AUTONAME) if automatic else whole
    verb = "the automatic name can contain" if automatic else "can contain"
    if len(whole) > rule.longest:
        what = f"{verb} at most {rule.longest} characters"
        got = f"{shown(text)} and {len(_AUTONAME)} more" if automatic else f"{shown(text)} of {len(text)}"
        do = f"shorten {'the resource name' if automatic else 'it'} by {len(whole) - rule.longest}"
        yield InputProblem(path, "too-long", what, got, f"{do} or set {path}" if automatic else do)
    elif not rule.pattern.fullmatch(whole):
        do = f"rename the resource or set {path}" if automatic else "write it with those"
        yield InputProblem(path, "bad-name", f"{verb} only {rule.words}", shown(text), do)


def _labels_within(value: Any, path: str, is_unknown: wire.IsUnknown, *, is_deep: bool) -> Iterator[InputProblem]:
    """Labels and annotations of the object, and of the templates and selectors inside kinds that Kubernetes knows."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _labels_within(item, join(path, index), is_unknown, is_deep=is_deep)
    if not isinstance(value, Mapping) or wire.signature(value):
        return
    for key, item in value.items():
        here = join(path, key)
        if key == "metadata" and isinstance(item, Mapping):
            yield from _check_labels(item.get("labels"), f"{here}.labels", is_unknown, are_labels=True)
            yield from _check_labels(item.get("annotations"), f"{here}.annotations", is_unknown, are_labels=False)
        elif key == "matchLabels" and is_deep:
            yield from _check_labels(item, here, is_unknown, are_labels=True)
        elif is_deep and key not in ("data", "stringData", "binaryData", "openAPIV3Schema"):
            yield from _labels_within(item, here, is_unknown, is_deep=True)


def _check_labels(labels: Any, path: str, is_unknown: wire.IsUnknown, *, are_labels: bool) -> Iterator[InputProblem]:
    labels = wire.unwrap(labels)[0]
    if not isinstance(labels, Mapping) or wire.signature(labels):
        return
    for key, raw in labels.items():
        value, is_secret = wire.unwrap(raw)
        if not is_unknown(key) and not key.startswith("pulumi.com/") and (what := key_fault(key)):
            yield InputProblem(join(path, key), "bad-name", what, shown(key), "see kubernetes' rules of label keys")
        if not are_labels or not isinstance(value, str) or is_unknown(value) or value == "":
            continue
        if len(value) > LONGEST_VALUE:
            got, do = (
                f"{shown(value, is_secret=is_secret)} of {len(value)}",
                f"shorten it by {len(value) - LONGEST_VALUE}",
            )
            yield InputProblem(join(path, key), "too-long", "a label's value can have at most 63 characters", got, do)
        elif not PART.fullmatch(value):
            what = "a label's value can contain only letters, digits and inner -_."
            got = shown(value, is_secret=is_secret)
            yield InputProblem(join(path, key), "bad-name", what, got, "write it with those")
