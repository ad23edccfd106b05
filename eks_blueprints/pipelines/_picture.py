"""Pictures of pipelines, drawn from the model: text for terminals, Mermaid for Markdown, a page for browsers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from eks_blueprints.pipelines._graph import Graph
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage

_ENGINES = {
    "codepipeline": "AWS CodePipeline",
    "github_actions": "GitHub Actions",
    "gitlab_ci": "GitLab CI",
    "bitbucket_pipelines": "Bitbucket Pipelines",
    "jenkins": "Jenkins",
}


def text(pipeline: Pipeline, graph: Graph) -> str:
    """Its stages in order, one a line; those that run beside each other have the same number."""
    rows = [
        (str(number), stage.name, _kind(stage), stage.environment or "", _said(stage, graph))
        for number, level in enumerate(graph.levels, 1)
        for stage in level
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"{pipeline.name}: {_about(pipeline, graph)}"]
    for row in rows:
        cells = [row[0].rjust(widths[0]), *(row[column].ljust(widths[column]) for column in (1, 2, 3)), row[4]]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def markdown(pipelines: Sequence[tuple[Pipeline, Graph]]) -> str:
    """Several flowcharts for Markdown, each in a block of its own."""
    return "\n".join(f"## {pipeline.name}\n\n```mermaid\n{mermaid(graph)}```\n" for pipeline, graph in pipelines)


def mermaid(graph: Graph) -> str:
    """A flowchart: arrows are what a stage waits for."""
    lines = ["flowchart TD"]
    for stage in graph.stages:
        label = f"<b>{_mermaid(stage.name)}</b>"
        if said := stage.summary_in(graph.environment(stage)):
            label += f"<br/>{_mermaid(said)}"
        shape = ("{{", "}}") if stage.approves else ("[", "]")
        lines.append(f'  {_id(stage.name)}{shape[0]}"{label}"{shape[1]}')
    lines += [f"  {_id(need)} --> {_id(name)}" for name, needs in graph.nearest.items() for need in needs]
    lines += [
        f"  class {_id(stage.name)} {name}" for stage in graph.stages for name in _classes(stage, graph).split()[:1]
    ]
    lines += [
        "  classDef deploys stroke:#1f6f54,stroke-width:3px",
        "  classDef approves stroke:#b47a12,stroke-dasharray:4",
        "  classDef production stroke:#b23a50,stroke-width:3px",
    ]
    return "\n".join(lines) + "\n"


def page(title: str, pipelines: Sequence[tuple[Pipeline, Graph]]) -> str:
    """A whole page of HTML, which needs nothing else."""
    css = Path(__file__).with_name("picture.css").read_text(encoding="utf-8")
    body = "\n".join(part for pipeline, graph in pipelines for part in _section(pipeline, graph))
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<meta charset="utf-8">\n{viewport}\n<title>{escape(title)}</title>\n<style>\n{css}</style>'
    start = f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>'
    return f"{start}\n{body}\n</main>\n</body>\n</html>\n"


def _section(pipeline: Pipeline, graph: Graph) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(pipeline.name)}</h2>"
    yield f"<p>{_about(pipeline, graph)}</p>\n<ol>"
    for number, level in enumerate(graph.levels):
        before = {stage.name for stage in graph.levels[number - 1]} if number else set()
        yield '<li><div class="level">'
        for stage in level:
            yield from _card(stage, graph, before)
        yield "</div></li>"
    yield "</ol>\n</section>"


def _card(stage: Stage, graph: Graph, before: set[str]) -> Iterator[str]:
    yield f'<article class="{_classes(stage, graph)}">'
    yield f"<h3>{escape(stage.name)} <span>{escape(_kind(stage))}</span></h3>"
    if stage.environment is not None:
        yield f'<p class="environment">{escape(stage.environment)}</p>'
    if said := _said(stage, graph):
        yield f"<p>{escape(said)}</p>"
    if (needs := graph.nearest[stage.name]) and {*needs} != before:
        yield f"<p>after {escape(', '.join(needs))}</p>"
    yield "</article>"


def _said(stage: Stage, graph: Graph) -> str:
    environment = graph.environment(stage)
    said = stage.summary_in(environment)
    if stage.approves and not said and environment is not None:
        said = ", ".join(environment.approvers)
    return f"{said}, rolls back" if said and getattr(stage, "rolls_back", False) else said


def _classes(stage: Stage, graph: Graph) -> str:
    environment = graph.environment(stage)
    found = [
        "approves" if stage.approves else "",
        "production" if stage.deploys and environment is not None and environment.production else "",
        "deploys" if stage.deploys else "",
    ]
    return " ".join(name for name in found if name)


def _kind(stage: Stage) -> str:
    return "" if stage.kind() == stage.name else stage.kind().replace("_", " ")


def _about(pipeline: Pipeline, graph: Graph) -> str:
    engine = _ENGINES[pipeline.engine]
    if any(stage.approves for stage in graph.stages):
        return f"{engine}, continuous delivery: a person approves"
    if any("production" in _classes(stage, graph) for stage in graph.stages):
        return f"{engine}, continuous deployment: nobody approves"
    return engine


def _id(name: str) -> str:
    return "s_" + name.replace("-", "_")


def _mermaid(said: str) -> str:
    # Mermaid reads entities with # in the place of &.
    return escape(said.replace("#", "no. ")).replace("&", "#").replace("`", "'")
