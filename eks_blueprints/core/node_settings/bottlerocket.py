"""Settings of Bottlerocket: types by the models of its variants for Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from eks_blueprints.core.node_settings import credentials
from eks_blueprints.core.node_settings.shapes import Fault, Table, load

SHAPE = "Settings"


@cache
def table() -> Table:
    """Bottlerocket's settings."""
    return load("bottlerocket", "Bottlerocket's settings")


def problems(settings: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with what stands below `settings`."""
    if set(settings) == {"settings"}:
        yield (), "takes what stands below settings; got settings itself; write its content"
        return
    yield from table().problems(settings, SHAPE)
    yield from credentials.in_bottlerocket(settings)
    yield from credentials.in_texts(settings)
