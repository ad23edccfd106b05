"""A ClusterConfig as the text of a stack file, with all that is to be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.importers.eksctl import defaults, judged, remarks, rules, steps
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.remarks import Remark
from eks_blueprints.lifecycle.importers.eksctl.source import read
from eks_blueprints.lifecycle.importers.writing import as_yaml

_ORDER = (
    "region",
    "tags",
    "network",
    "cluster",
    "access",
    "namespaces",
    "pod_identity_associations",
    "compute",
    "core_addons",
    "addons",
    "gitops",
)
_FIRST = ("kind", "role", "namespace", "name", "version")


@dataclass(slots=True)
class Imported:
    """What an import made."""

    build: Build
    text: str = ""
    lost: list[Remark] = field(default_factory=list)
    """Comments that are about nothing that was taken over."""
    refused: list[Problem] = field(default_factory=list)
    """What is still wrong with the stack file."""


def imported(file: str, region: str | None = None) -> Imported:
    """The stack file of a ClusterConfig; `-` reads standard input, and `region` is that of a file that names none.

    Raises:
        InputError: with all that is wrong with the file, each with its line and column.
    """
    source, text = read(file, region)
    build = Build(source)
    steps.load()
    rules.apply(build, source, ())
    defaults.write(build)
    part = Imported(build)
    part.refused = judged.judge(build, lambda data: _text(data, file))
    if any("is needed by" in each.message and each.path == ("compute",) for each in part.refused):
        # No group of nodes was left that could run them.
        defaults.without_nodes(build)
        part.refused = judged.judge(build, lambda data: _text(data, file))
    build.finish()
    part.text, part.lost = remarks.written(_text(build.data, file), remarks.remarks(source.document, text), build)
    return part


def _text(data: Mapping[str, Any], file: str) -> str:
    about = f"# Imported from {file}, a ClusterConfig of eksctl." if file != "-" else "# Imported from eksctl."
    blocks = [as_yaml({key: _ordered(data[key])}) for key in _ORDER if key in data]
    return "\n".join([about, "", *blocks]).replace("\n\n\n", "\n\n")


def _ordered(value: Any) -> Any:
    """Fields in an order in which they are read: what kind it is comes first."""
    if not isinstance(value, Mapping):
        return value
    keys = [*(key for key in _FIRST if key in value), *(key for key in value if key not in _FIRST)]
    return {key: _ordered(value[key]) for key in keys}
