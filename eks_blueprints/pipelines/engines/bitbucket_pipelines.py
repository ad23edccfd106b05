"""Bitbucket Pipelines: one file, for stages that need nothing of AWS and nobody's decision.

A role for a step would be bound to the numbers of the workspace, the repository and the environment, which nothing here
knows, and nobody but those who can deploy to an environment could be kept from a manual step: such stages are refused.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.pipelines._job import Gate, Job
from eks_blueprints.pipelines.engines._script import as_file, script
from eks_blueprints.pipelines.engines._steps import MARK, Step, code, problems_of_sources, steps
from eks_blueprints.pipelines.engines._text import default_image
from eks_blueprints.pipelines.engines._yaml import text

if TYPE_CHECKING:
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.stages.source import Source

FILE = "bitbucket-pipelines.yml"
_SIZES = {"small": "1x", "medium": "2x", "large": "4x"}
# Source: Bitbucket Cloud documentation, "Step options" and "Configure bitbucket-pipelines.yml", read 2026-11-30.
_RUN = "https://bitbucket.org/$BITBUCKET_REPO_FULL_NAME/pipelines/results/$BITBUCKET_BUILD_NUMBER"
_FAILED = "failed"
"""File beside a report that says that its step failed."""


def render(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, str]:
    """The file of a pipeline."""
    return {FILE: _file(pipeline, graph, steps(graph, ref))}


def build(component: Any, pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, Any]:
    """Make nothing: its steps need nothing of AWS."""
    return {}


def problems(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """What Bitbucket Pipelines cannot do of it; paths begin with the name of a stage."""
    yield from problems_of_sources(graph, "Bitbucket Pipelines", ("bitbucket",))
    do = "use codepipeline, which takes sources of Bitbucket too"
    for step in steps(graph, ref):
        if isinstance(step.work, Gate):
            message = "waits for a decision, for which Bitbucket cannot name approvers; got an approval"
            yield Problem((step.name,), f"{message}; {do}")
        elif step.role_arn is not None or step.work.identity_tokens:
            what = "rights in AWS" if step.role_arn is not None else "a token that says who its job is"
            yield Problem((step.name,), f"needs {what}, which steps of Bitbucket have not here; got {step.name}; {do}")


def _file(pipeline: Pipeline, graph: Graph, found: tuple[Step, ...]) -> str:
    source = code(graph)
    ways: dict[str, Any] = {}
    reviews = "pull_request" in source.on
    if reviews:
        ways["pull-requests"] = {"**": _items(pipeline, graph, [step for step in found if step.reviewed])}
    pushed = [step for step in found if not step.stage.reviews]
    if "push" in source.on:
        refs = ("tags", source.tags) if source.tags else ("branches", (source.branch,))
        ways[refs[0]] = {name: _items(pipeline, graph, pushed) for name in refs[1]}
    if by_hand := _items(pipeline, graph, pushed):
        asked = [
            {"name": name, "default": each.default_value, "description": each.description or name}
            for name, each in pipeline.variables.items()
        ]
        ways["custom"] = {graph.name: [*([{"variables": asked}] if asked else []), *by_hand]}
    data: dict[str, Any] = {}
    caches = {name: path for step in found for name, path in _caches(graph, step).items()}
    if caches:
        data["definitions"] = {"caches": caches}
    data["pipelines"] = ways
    head = [f"Written by {MARK}: change the stack file, not this file."]
    if source.schedule is not None:
        head.append(f"Its schedule, {source.schedule} in UTC, is one of custom: {graph.name} (Pipelines, Schedules).")
    for step in found:
        if isinstance(step.work, Job) and step.work.comments and reviews:
            head.append(
                "BITBUCKET_TOKEN, a repository access token that can write pull requests, is a secured variable of the"
            )
            head.append(f"deployment environment {_environment(graph, step)}: {step.name} alone has it.")
    return text(data, head)


def _items(pipeline: Pipeline, graph: Graph, found: list[Step]) -> list[dict[str, Any]]:
    by_name = {step.name: step for step in found}
    items: list[dict[str, Any]] = []
    for level in graph.levels:
        beside = [
            {"step": made}
            for stage in level
            if (step := by_name.get(stage.name)) is not None and isinstance(step.work, Job)
            for made in _steps(pipeline, graph, step, step.work, found)
        ]
        items += beside if len(beside) < 2 else [{"parallel": {"steps": beside}}]
    return items


def _steps(pipeline: Pipeline, graph: Graph, step: Step, job: Job, others: list[Step]) -> Iterator[dict[str, Any]]:
    """A step, or one for each run of its matrix, which Bitbucket does not know."""
    for run in job.runs:
        name = f"{step.name} {' '.join(run.values())}".rstrip()
        data: dict[str, Any] = {"name": name, "image": default_image(job, None), "size": _SIZES[job.runner.size]}
        if job.runner.architecture == "arm64":
            data["runtime"] = {"cloud": {"arch": "arm"}}
        data["max-time"] = job.timeout_minutes
        if changes := _changes(code(graph)):
            data["condition"] = {"changesets": changes}
        if not job.checkout:
            data["clone"] = {"enabled": False}
        elif job.history:
            data["clone"] = {"depth": "full"}
        if job.runner.docker:
            data["services"] = ["docker"]
        if caches := _caches(graph, step):
            data["caches"] = list(caches)
        if job.comments:
            yield {**data, **_comment(graph, step, job)}
            continue
        told = {name for each in others if _comments(each) for name in each.inputs}
        data["script"] = [
            _given(pipeline, graph, step, {**{name: str(item) for name, item in job.variables.items()}, **run}),
            _run(step, job, [name for name in step.deferred if name in told]),
        ]
        if kept := [*_kept(step, job, "-".join(run.values()))]:
            data["artifacts"] = {"upload": kept}
        yield data


def _comments(step: Step) -> bool:
    return isinstance(step.work, Job) and step.work.comments


def _run(step: Step, job: Job, told: list[str]) -> str:
    """What it runs; `told` are those of its outputs that a comment posts."""
    run = as_file(script(job, step.outputs))
    if not told:
        return run
    # A step after one that failed does not run, and the last step alone, which always does, has no environment whose
    # token it could have: the comment fails in the place of the review.
    marks = " && ".join(f"mkdir -p artifacts/{name} && touch artifacts/{name}/{_FAILED}" for name in told)
    return f"{run.rstrip()} || {{ {marks}; }}\n"


def _comment(graph: Graph, step: Step, job: Job) -> dict[str, Any]:
    *install, post = job.commands
    failed = [f"if [ -f artifacts/{name}/{_FAILED} ]; then exit 1; fi" for name in step.inputs]
    return {
        "deployment": _environment(graph, step),
        "script": [*install, f'if [ -n "$BITBUCKET_TOKEN" ]; then {post}; fi', *failed],
    }


def _environment(graph: Graph, step: Step) -> str:
    return f"{graph.name}-{step.name}"


def _given(pipeline: Pipeline, graph: Graph, step: Step, variables: Mapping[str, str]) -> str:
    """The command that sets what every job has, and what this one has besides."""
    said = {
        "COMMIT": "$BITBUCKET_COMMIT",
        "BRANCH": "${BITBUCKET_BRANCH:-$BITBUCKET_TAG}",
        "RUN": "$BITBUCKET_BUILD_NUMBER",
        "RUN_URL": _RUN,
    }
    lines = [f'export {name}="{value}"' for name, value in said.items()]
    own = {"PIPELINE": graph.name, "AWS_REGION": step.region, **variables}
    lines += [f"export {name}={shlex.quote(value)}" for name, value in own.items()]
    if step.stage.reviews:
        lines.append('export BASE_BRANCH="$BITBUCKET_PR_DESTINATION_BRANCH"')
    for name, each in pipeline.variables.items():
        lines.append(f'export {name}="${{{name}:-$(printf %s {shlex.quote(each.default_value)})}}"')
    return "\n".join(lines) + "\n"


def _kept(step: Step, job: Job, run: str) -> Iterator[dict[str, Any]]:
    for name in step.outputs:
        yield {"name": f"{name}.{run}" if name in step.parts else name, "paths": [f"artifacts/{name}/**"]}
    for name, report in job.reports.items():
        of_tests = {"type": "test-reports"} if report.kind == "junit" else {}
        label = f"{step.name}-report-{name}" + (f".{run}" if run else "")
        yield {"name": label, **of_tests, "paths": list(report.paths), "capture-on": "always"}


def _caches(graph: Graph, step: Step) -> dict[str, str]:
    paths = step.work.cache if isinstance(step.work, Job) else ()
    return {f"{graph.name}-{step.name}-{number}": path for number, path in enumerate(paths)}


def _changes(source: Source) -> dict[str, list[str]]:
    if source.paths:
        return {"includePaths": list(source.paths)}
    return {"excludePaths": list(source.ignore_paths)} if source.ignore_paths else {}
