"""Kubernetes objects that no class of the SDK types: by the schemas of their kinds, whatever minor a cluster runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.problems import InputProblem, Kind, join

_NO_OBJECTS = ("helm.sh/", "yaml", "kustomize")
_SDK = "pulumi_kubernetes."
_HOLDS_OTHERS = (*wire.MAPPING, list, tuple)


def is_written_down(type_token: str, resource_class: type | None) -> bool:
    """Whether a resource is a Kubernetes object whose fields no class of the SDK names."""
    package, _, rest = type_token.partition(":")
    if package != "kubernetes" or ":" not in rest or rest.startswith(_NO_OBJECTS) or rest.endswith("Patch"):
        return False
    if resource_class is None or resource_class.__name__ == "CustomResource":
        return True
    # A subclass of a typed class is as good as that.
    return not any(base.__module__.startswith(_SDK) for base in resource_class.__mro__)


def check_object(
    type_token: str, inputs: Mapping[str, Any], is_unknown: wire.IsUnknown
) -> tuple[InputProblem, ...] | None:
    """What an API server would refuse of an object; None where its kind is known to nothing here."""
    from eks_blueprints.kubernetes import check
    from eks_blueprints.kubernetes.custom import Definitions
    from eks_blueprints.kubernetes.shapes import of

    _, module, kind = type_token.split(":")
    manifest = _plain(inputs, is_unknown)
    # A token may name what the inputs leave out.
    manifest = {"apiVersion": module.removeprefix("core/"), "kind": kind, **manifest}
    found = check.Checked()
    # The provider makes a name where there is none.
    check.check(manifest, of(None), Definitions(()), found, may_be_nameless=True)
    return None if found.unknown else tuple(_as_input(problem) for problem in found.problems)


def _plain(value: Any, is_unknown: wire.IsUnknown) -> Any:
    """The value with a mark, which is not judged, in the place of what is secret or not known yet."""
    if not isinstance(value, _HOLDS_OTHERS):
        return wire.REDACTED if is_unknown(value) else value
    inner, is_secret = wire.unwrap(value)
    if is_secret or is_unknown(inner) or wire.signature(inner):
        return wire.REDACTED
    if isinstance(inner, wire.MAPPING):
        return {key: _plain(item, is_unknown) for key, item in inner.items() if not key.startswith("__")}
    if isinstance(inner, list | tuple):
        return [_plain(item, is_unknown) for item in inner]
    return inner


def _as_input(problem: Problem) -> InputProblem:
    path = ""
    for part in problem.path:
        path = join(path, part)
    what, _, rest = problem.message.partition("; got ")
    got, _, do = rest.partition("; ")
    kind: Kind = "wrong-type"
    if what.startswith("no such"):
        kind = "unknown-property"
    elif got == "nothing":
        kind = "missing"
    return InputProblem(path, kind, what, got, do, problem.severity)
