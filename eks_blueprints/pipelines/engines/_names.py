"""Variables that the lines of a stage give values of their own: those of a user would be lost there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Problem
from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines.engines._steps import site_of, work_of
from eks_blueprints.pipelines.stages._commands import CommandStage

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef

_OF_EVERY_SCRIPT = ("CODE", "FILES", "LINE", "ROOT", "TOOLS")
_GIVEN = re.compile(r"^\s*(?:export |local )?([A-Za-z_]\w*)\+?=", re.MULTILINE)
_LISTED = re.compile(r"\b(?:for (\w+) in|mapfile [^\n<]*?(\w+) <)")
_READ = re.compile(r"\bread -r ([\w ]+)")


def given(lines: Iterable[str]) -> frozenset[str]:
    """Names of the variables that lines of bash give values."""
    text = "\n".join(lines)
    found = set(_GIVEN.findall(text)) | {name for names in _LISTED.findall(text) for name in names if name}
    return frozenset(found | {name for names in _READ.findall(text) for name in names.split()})


def problems(graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """Variables and secrets of stages that the stage's own lines would replace; paths begin with a stage's name."""
    for stage in graph.stages:
        if not isinstance(stage, CommandStage):
            continue
        work = work_of(graph, stage, site_of(graph, ref, stage))
        if not isinstance(work, Job):
            continue
        own = [line for line in (*work.commands, *work.on_failure) if line not in stage.commands]
        taken = given(own).union(_OF_EVERY_SCRIPT)
        for field in ("variables", "secrets", "matrix"):
            for name in getattr(stage, field):
                if name in taken:
                    what = "is a variable of the lines that this stage runs, which would replace it"
                    yield Problem((stage.name, field, name), f"{what}; got {name}; rename it")
