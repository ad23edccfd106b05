"""Settings of Bottlerocket: types by the models of its variants for Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from eks_blueprints.core.errors import shown
from eks_blueprints.core.node_settings import credentials, kubelet_rules
from eks_blueprints.core.node_settings.shapes import Fault, Table, load

SHAPE = "Settings"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


@cache
def table() -> Table:
    """Bottlerocket's settings."""
    return load("bottlerocket", "Bottlerocket's settings")


def problems(settings: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with what stands below `settings`."""
    if set(settings) == {"settings"}:
        yield (), "accepts the content of settings; got settings itself; write its content"
        return
    formal = list(table().problems(settings, SHAPE))
    yield from formal
    told = {path for path, _ in formal}
    kubernetes = settings.get("kubernetes")
    if isinstance(kubernetes, Mapping):
        for path, message in (*kubelet_rules.in_bottlerocket(kubernetes), *_taints(kubernetes.get("node-taints"))):
            if (at := ("kubernetes", *path)) not in told:
                yield at, message
    yield from credentials.in_bottlerocket(settings)
    yield from credentials.in_texts(settings)


def _taints(taints: Any) -> Iterator[Fault]:
    """Taints that the kubelet, which gets them as they are, cannot read."""
    for key, said in taints.items() if isinstance(taints, Mapping) else ():
        for text in said if isinstance(said, list | tuple) else [said]:
            if not isinstance(text, str) or text.startswith("${"):
                continue
            _, colon, effect = text.rpartition(":")
            if not colon or effect not in _EFFECTS:
                do = f"write value:effect with {', '.join(_EFFECTS)}, such as gpu:NoSchedule"
                yield ("node-taints", key), f"has no effect that Kubernetes knows; got {shown(text)}; {do}"
