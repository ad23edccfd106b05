"""The `spec` of a NodeConfig, which nodeadm reads on Amazon Linux 2023: types by its source, and what it cannot use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.core.node_settings import credentials, kubelet_rules
from eks_blueprints.core.node_settings.shapes import Fault, Table, load

SHAPE = "NodeConfigSpec"
API_VERSION = "node.eks.aws/v1alpha1"
_OF_A_DOCUMENT = ("apiVersion", "kind", "metadata", "spec", "status")


@cache
def table() -> Table:
    """nodeadm's fields, and those of the kubelet below `kubelet.config`."""
    kubelet = load("kubelet", "the kubelet's KubeletConfiguration")
    return load("nodeadm", "nodeadm's NodeConfig", {"KubeletConfiguration": kubelet})


def newest_kubelet() -> int:
    """The newest minor of Kubernetes whose kubelet is known here."""
    newest = table().others["KubeletConfiguration"].newest
    assert newest is not None  # noqa: S101 - the file says it
    return newest


def problems(spec: Mapping[str, Any], minor: int | None) -> Iterator[Fault]:
    """What is wrong with a spec on nodes of a minor version, or of any."""
    if whole := [key for key in _OF_A_DOCUMENT if key in spec]:
        yield (), f"accepts the content of spec of a NodeConfig; got {', '.join(whole)} too; write the content of spec"
        return
    formal = list(table().problems(spec, SHAPE, minor))
    yield from formal
    config = below(spec, "kubelet", "config")
    if isinstance(config, Mapping):
        told = {path for path, _ in formal}
        for path, message in kubelet_rules.problems(config):
            if (at := ("kubelet", "config", *path)) not in told:
                yield at, message
    yield from _flags(below(spec, "kubelet", "flags"), minor)
    yield from _taints(below(spec, "kubelet", "config", "registerWithTaints"))
    yield from _containerd(below(spec, "containerd", "config"))
    yield from credentials.in_texts(spec)


def below(tree: Any, *path: str) -> Any:
    """What stands at a path of nested mappings; None if nothing does."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


@cache
def _known_flags() -> Table:
    return load("kubelet_flags", "the kubelet's flags")


def _flags(flags: Any, minor: int | None) -> Iterator[Fault]:
    if not isinstance(flags, Sequence) or isinstance(flags, str):
        return
    bare = False  # `--name` alone may have its value in the next entry: nodeadm joins them with spaces
    for index, flag in enumerate(flags):
        if isinstance(flag, str):
            if not flag.startswith("-") and not bare:
                at: Path = ("kubelet", "flags", index)
                yield at, f"is not a flag of the kubelet; got {shown(flag)}; write it like --{flag or 'v=4'}"
            bare = flag.startswith("-") and "=" not in flag and len(flag.split()) == 1
            for word in flag.split():
                if word.startswith("--"):
                    yield from _flag(word, ("kubelet", "flags", index), minor)


def _flag(word: str, at: Path, minor: int | None) -> Iterator[Fault]:
    # The kubelet reads _ in a name as -.
    name = word[2:].partition("=")[0].replace("_", "-")
    for _, message in _known_flags().problems({name: word}, "Flags", minor):
        yield at, message


def _taints(taints: Any) -> Iterator[Fault]:
    for index, taint in enumerate(taints if isinstance(taints, list | tuple) else ()):
        for field in ("key", "effect"):
            if isinstance(taint, Mapping) and not taint.get(field):
                at: Path = ("kubelet", "config", "registerWithTaints", index, field)
                yield at, "is required of a taint; got nothing; add it"


def _containerd(text: Any) -> Iterator[Fault]:
    if not isinstance(text, str):
        return
    at: Path = ("containerd", "config")
    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)[:1].lower() + str(error)[1:]
        yield at, f"is not TOML, which containerd reads; got {reason}; write tables such as [plugins]"
        return
    for key in credentials.in_containerd(config):
        yield at, f"holds a credential in plain text; got {key}; {credentials.INSTEAD}"
