"""Whether an API server knows the kind and the API version of an object, and what was meant where it does not."""

from __future__ import annotations

import difflib

from eks_blueprints.core.errors import Problem, nearest, shown
from eks_blueprints.kubernetes import removed
from eks_blueprints.kubernetes.shapes import Kind, Shapes, group_of, groups

_LIKE = 0.85
"""How much a group resembles one of Kubernetes' own that is a slip of it."""


def fault(shapes: Shapes, api_version: str, kind: str) -> Problem | None:
    """What is wrong with an API version and a kind that are not known; None where they may be a custom resource's."""
    gone = removed.table().get((api_version, kind))
    if gone is not None and gone.removed_in is not None and gone.removed_in <= (shapes.minor or gone.removed_in):
        do = f"use {gone.replacement}" if gone.replacement else "do without it"
        what = f"was removed in Kubernetes 1.{gone.removed_in}"
        return Problem(("apiVersion",), f"{what}; got {api_version} {kind}; {do}")
    group, known = group_of(api_version), groups()
    if group not in known:
        return _slip(shapes, api_version, kind) if "." in group else _no_group(shapes, api_version, kind)
    if not shapes.complete:
        return None
    if others := shapes.api_versions(kind):
        return _version(api_version, kind, others)
    kinds = sorted({name for version, name in shapes.kinds() if version == api_version})
    near = nearest(kind, kinds) or nearest(kind, sorted({name for _, name in shapes.kinds()}))
    if near is None:
        what = f"no such kind in {api_version}; got {shown(kind)}"
        listed = ", ".join(kinds[:8]) + (", …" if len(kinds) > 8 else "")
        return Problem(("kind",), f"{what}; {f'known are {listed}' if kinds else 'write another'}")
    version = "" if near in kinds or not kinds else f" of {shapes.api_versions(near)[0]}"
    return Problem(("kind",), f"no such kind; got {shown(kind)}; did you mean {near}{version}?")


def meant(shapes: Shapes, api_version: str, kind: str) -> Kind | None:
    """The kind whose name was misspelt, so that its fields can be told of at once."""
    near = nearest(kind, sorted({name for version, name in shapes.kinds() if version == api_version}))
    return None if near is None else shapes.kind(api_version, near)


def _version(api_version: str, kind: str, others: list[str]) -> Problem:
    same = [version for version in others if group_of(version) == group_of(api_version)]
    offer = (same or others)[0]
    return Problem(("apiVersion",), f"has no kind {kind}; got {shown(api_version)}; did you mean {offer}?")


def _no_group(shapes: Shapes, api_version: str, kind: str) -> Problem:
    """A group without a dot: of Kubernetes' own, or of none."""
    if others := shapes.api_versions(kind):
        return _version(api_version, kind, others)
    near = nearest(api_version, sorted({version for version, _ in shapes.kinds()}))
    do = f"did you mean {near}?" if near else "write the group and its version, such as apps/v1"
    return Problem(("apiVersion",), f"is not an API version; got {shown(api_version)}; {do}")


def _slip(shapes: Shapes, api_version: str, kind: str) -> Problem | None:
    """A kind of Kubernetes itself under a group that is nearly its own."""
    for version in shapes.api_versions(kind):
        if difflib.SequenceMatcher(None, group_of(version), group_of(api_version)).ratio() >= _LIKE:
            return _version(api_version, kind, [version])
    return None
