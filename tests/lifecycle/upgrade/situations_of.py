"""Situations for tests: a platform of one group of nodes, and what a stack file of a few lines makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eks_blueprints.lifecycle.upgrade.model import Nodes, Situation
from eks_blueprints.lifecycle.upgrade.planned import UpgradePlan
from eks_blueprints.lifecycle.upgrade.read import Sources, situation_of
from eks_blueprints.review.preview.targets import Target

PLATFORM = """\
# The shop's platform.
region: eu-west-1

network:
  cidr: 10.0.0.0/16

cluster:
  version: "1.34"  # raised by hand only

compute:
  system:
    kind: managed_nodes
    instance_types: [m7g.large]  # small ones
    min_size: 2
    max_size: 4
  batch: {kind: managed_nodes, instance_types: [m7i.large], min_size: 1, max_size: 3}
"""


def group(name: str = "system", minor: int | None = 34, **fields: Any) -> Nodes:
    """A managed group."""
    given: dict[str, Any] = {"kind": "managed", "place": "stacks/prod.yaml:12", **fields}
    return Nodes(name=name, minor=minor, **given)


def situation(minor: int = 34, **fields: Any) -> Situation:
    """A cluster of a version, with one group of the same."""
    given: dict[str, Any] = {
        "nodes": (group(minor=minor),),
        "place": "stacks/prod.yaml:8",
        "region": "eu-west-1",
        **fields,
    }
    return Situation(stack="prod", cluster="shop", minor=minor, **given)


def of_file(folder: Path, text: str = PLATFORM, sources: Sources | None = None) -> Situation:
    """What a stack file makes; it is written as prod.yaml."""
    file = folder / "prod.yaml"
    file.write_text(text, encoding="utf-8")
    if sources is not None:
        return situation_of(Target("prod", None, file), sources)
    # A step that is done again finds the same file: it is previewed once.
    if (file, text) not in _SEEN:
        _SEEN[file, text] = situation_of(Target("prod", None, file), None)
    return _SEEN[file, text]


_SEEN: dict[tuple[Path, str], Situation] = {}


def told(plan: UpgradePlan, code: str) -> list[tuple[str, str]]:
    """Level and text of all findings with a code."""
    return [(each.level, each.what) for each in plan.every() if each.code == code]
