"""CODEOWNERS: who has to agree to changes of the files of a pipeline, and of the pipeline itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.pipelines.engines._steps import code

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines.base import Pipeline

_PLACES = {"github": ".github/CODEOWNERS", "gitlab": "CODEOWNERS"}
BEGIN, END = "# begin of eks-blueprints pipeline render: {}", "# end of eks-blueprints pipeline render: {}"
"""Lines around the part of a file that is ours, where the rest belongs to others."""


def files(pipeline: Pipeline, graph: Graph, written: Sequence[str]) -> dict[str, str]:
    """The part of CODEOWNERS for a pipeline, whose last lines win: those who push own what starts it, and those who
    approve own what is rendered, so that nobody changes the pipeline past them. `written` are the rendered files."""
    source = code(graph)
    place = _PLACES.get(source.provider)
    approvers, pushers = _people(approvers_of(graph)), _people(pipeline.pushers)
    if place is None or not (pushers or approvers):
        return {}
    lines = [f"{_line(path)} {_names(pushers)}" for path in source.paths or ("*",) if pushers]
    if keepers := approvers or pushers:
        lines += [f"/{path} {_names(keepers)}" for path in sorted((*written, place))]
    text = "\n".join((BEGIN.format(graph.name), *lines, END.format(graph.name)))
    return {place: text + "\n"}


def _people(names: Sequence[str]) -> tuple[str, ...]:
    """Those whom the host of the code knows: CodePipeline's approvers are roles of AWS."""
    return tuple(name for name in names if not name.startswith("arn:"))


def approvers_of(graph: Graph) -> tuple[str, ...]:
    """All who approve something in a pipeline."""
    found: dict[str, None] = {}
    for stage in graph.stages:
        if stage.approves:
            environment = graph.environment(stage)
            own = tuple(getattr(stage, "approvers", ()))
            found |= dict.fromkeys(own or (environment.approvers if environment else ()))
    return tuple(found)


def merged(there: str, part: str) -> str:
    """A file with a part of ours in it, in the place of the one that was there, or at its end."""
    begin, *_, end = part.rstrip("\n").split("\n")
    if begin in there and end in there:
        before, _, rest = there.partition(begin)
        return before + part.rstrip("\n") + rest.partition(end)[2]
    return f"{there.rstrip()}\n\n{part}" if there.strip() else part


def is_part(text: str) -> bool:
    """Whether a rendered text is a part of a file that belongs to others too."""
    return text.startswith(BEGIN.format(""))


def _line(path: str) -> str:
    if path == "*":
        return path
    return "/" + path.removesuffix("**").replace(" ", "\\ ")


def _names(names: Iterable[str]) -> str:
    return " ".join(name if "@" in name else f"@{name}" for name in names)
