"""The stages of a pipeline in order, and what is wrong with them together: what every engine renders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from eks_blueprints.core.errors import Path, Problem, unknown_name
from eks_blueprints.core.plain_secrets import found as plain_secrets
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._gates import problems as gates
from eks_blueprints.pipelines._job import Gate, Job, Output, Site
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import Source

_READ = ("files", "source")
"""Kinds of artifacts that any commands can read."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A pipeline as engines see it. Build it of stages without problems; see `problems`."""

    name: str
    stages: tuple[Stage, ...]
    """As they are declared."""
    environments: Mapping[str, Environment]

    @cached_property
    def makers(self) -> Mapping[str, Stage]:
        """The stage that makes each artifact."""
        return {artifact: stage for stage in self.stages for artifact in stage.outputs()}

    @cached_property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """The artifacts that each stage is given."""
        return {stage.name: _inputs(stage, self.stages[:index]) for index, stage in enumerate(self.stages)}

    @cached_property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """The stages that must have succeeded before each."""
        return {
            stage.name: _needs(stage, self.stages[:index], self.inputs[stage.name], self.makers)
            for index, stage in enumerate(self.stages)
        }

    @cached_property
    def nearest(self) -> Mapping[str, tuple[str, ...]]:
        """The same without those that another one of them waits for: what an engine has to be told."""
        return {
            name: tuple(each for each in needs if not any(each in self.before(other) for other in needs))
            for name, needs in self.needs.items()
        }

    @cached_property
    def levels(self) -> tuple[tuple[Stage, ...], ...]:
        """The stages in the order in which they run; those of one level run beside each other."""
        depth: dict[str, int] = {}
        for name in TopologicalSorter(self.needs).static_order():
            depth[name] = 1 + max((depth[need] for need in self.needs[name]), default=-1)
        count = 1 + max(depth.values(), default=-1)
        return tuple(tuple(each for each in self.stages if depth[each.name] == level) for level in range(count))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where its input comes from."""
        return tuple(stage for stage in self.stages if isinstance(stage, Source))

    def environment(self, stage: Stage) -> Environment | None:
        """The environment that a stage is for; None too where there is none of that name."""
        return self.environments.get(stage.environment) if stage.environment is not None else None

    def given(self, stage: Stage) -> Mapping[str, Output]:
        """The artifacts that a stage is given, as they are made."""
        return {name: self.makers[name].outputs()[name] for name in self.inputs[stage.name]}

    def work(self, stage: Stage, site: Site) -> Job | Gate:
        """What a stage runs, or whose decision it waits for."""
        work = stage.work(site, self.given(stage))
        return work.but(pinned=site.tools) if isinstance(work, Job) else work

    def before(self, name: str) -> frozenset[str]:
        """All stages that are over before a stage starts."""
        found: set[str] = set()
        waiting = list(self.needs[name])
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self.needs[each]
        return frozenset(found)


def problems(graph: Graph, *, approval: bool) -> Iterator[Problem]:
    """What is wrong with the stages together; paths begin with the name of a stage.

    Args:
        graph: The stages.
        approval: Whether production needs an approval; otherwise it needs verification before and after.
    """
    wrong = [*_names(graph), *_artifacts(graph)]
    yield from wrong
    if wrong:
        return
    try:
        _ = graph.levels
    except CycleError as error:
        circle = error.args[1]
        message = f"waits for itself; got {' after '.join(circle)}; remove one of these"
        yield Problem((circle[0], "after"), message)
        return
    yield from _reviews(graph)
    yield from _identities(graph)
    yield from gates(graph, approval=approval)
    yield from _secrets(graph.stages)
    for stage in graph.stages:
        for problem in stage.problems_in(graph.environment(stage), graph.given(stage)):
            yield problem.below(stage.name)


def _inputs(stage: Stage, before: Sequence[Stage]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys((*stage.inputs, *stage.named.values())))
    if stage.inputs or isinstance(stage, Source):
        return named
    made = [(name, output.kind, each) for each in before for name, output in each.outputs().items()]
    found = [*named]
    for kind in stage.takes:
        if kind == "image" and named:
            continue
        of_kind = [(name, maker) for name, each, maker in reversed(made) if each == kind]
        if kind == "rollout":
            # What ran elsewhere says nothing about this environment.
            of_kind = [(name, maker) for name, maker in of_kind if maker.environment == stage.environment]
        if of_kind:
            found.append(of_kind[0][0])
    return tuple(found)


def _needs(
    stage: Stage, before: Sequence[Stage], inputs: Sequence[str], makers: Mapping[str, Stage]
) -> tuple[str, ...]:
    if isinstance(stage, Source):
        return ()
    listed = [each.name for each in before if stage.reviews or not each.reviews]
    named = listed if stage.after is None else stage.after
    return tuple(dict.fromkeys((*(makers[name].name for name in inputs if name in makers), *named)))


def _names(graph: Graph) -> Iterator[Problem]:
    known = {stage.name for stage in graph.stages}
    if not graph.sources:
        message = "needs a source; got none; add one, such as source: {provider: github, repository: acme/web}"
        yield Problem((), message)
    for stage in graph.stages:
        for index, name in enumerate(stage.after or ()):
            if name not in known:
                yield Problem((stage.name, "after", index), unknown_name(name, known, "stage of this pipeline"))
        if stage.environment is not None and stage.environment not in graph.environments:
            message = unknown_name(stage.environment, graph.environments, "environment")
            yield Problem((stage.name, "environment"), message)


def _artifacts(graph: Graph) -> Iterator[Problem]:
    made: dict[str, str] = {}
    for stage in graph.stages:
        for artifact in stage.outputs():
            if artifact in made:
                do = "rename one of them"
                yield Problem((stage.name,), f"makes an artifact that {made[artifact]} makes; got {artifact}; {do}")
            made[artifact] = stage.name
    pushed: dict[str, str] = {}
    for stage in graph.stages:
        for output in stage.outputs().values():
            if (
                output.pushed_as is not None
                and (other := pushed.setdefault(output.pushed_as, stage.name)) != stage.name
            ):
                do = "build it into a repository of its own"
                message = f"is pushed under the name of what {other} builds; got {output.pushed_as}; {do}"
                yield Problem((stage.name, "image", "repository"), message)
    kinds: dict[str, str] = {name: output.kind for stage in graph.stages for name, output in stage.outputs().items()}
    for index, stage in enumerate(graph.stages):
        for path, fault in (*_unusable(stage, kinds), *_lacking(stage, graph.stages[:index], kinds)):
            yield Problem((stage.name, *path), fault)


def _unusable(stage: Stage, kinds: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Artifacts that a stage names and cannot use."""
    for at, artifact in enumerate(stage.inputs):
        if artifact not in kinds:
            yield ("inputs", at), unknown_name(artifact, kinds, "artifact of this pipeline")
        elif stage.takes and kinds[artifact] not in (*stage.takes, *_READ):
            what = f"is {_called(kinds[artifact])}, which this stage does not use"
            yield ("inputs", at), f"{what}; got {artifact}; name {' or '.join(map(_called, stage.takes))}"
        elif (twin := _twin(stage, at, kinds)) is not None:
            what = f"is a second one of a kind of which this stage uses one, beside {twin}"
            yield ("inputs", at), f"{what}; got {artifact}; name one of them, or say in images which is which"
    for place, artifact in stage.named.items():
        if artifact not in kinds:
            yield place, unknown_name(artifact, kinds, "artifact of this pipeline")
        elif kinds[artifact] != "image":
            yield place, f"is {_called(kinds[artifact])}; got {artifact}; name an image"


def _lacking(stage: Stage, before: Sequence[Stage], kinds: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Kinds of artifacts that a stage needs and has not."""
    given = {kinds.get(name) for name in _inputs(stage, before)}
    made = {kinds[name] for each in before for name in each.outputs()}
    for kind, needed in stage.takes.items():
        if needed and kind not in given:
            got, do = "none before it", "add a stage that makes one"
            if stage.inputs and kind in made:
                got, do = "none among its inputs", "name one there too"
            yield ("inputs",), f"needs {_called(kind)}; got {got}; {do}"


def _twin(stage: Stage, at: int, kinds: Mapping[str, str]) -> str | None:
    """An input before this one that takes its place: of each kind a stage uses one."""
    named = {*stage.named.values()}
    kind = kinds[stage.inputs[at]]
    if stage.uses_several or kind not in stage.takes or stage.inputs[at] in named:
        return None
    return next((name for name in stage.inputs[:at] if kinds.get(name) == kind and name not in named), None)


def _called(kind: str) -> str:
    return {"image": "an image", "files": "files", "manifests": "manifests"}.get(kind, f"a {kind}")


def _reviews(graph: Graph) -> Iterator[Problem]:
    """Stages that wait for what runs for pull requests alone would never run for others."""
    alone = {stage.name for stage in graph.stages if stage.reviews}
    if not any(set(source.on) - {"pull_request"} for source in graph.sources):
        return
    for stage in graph.stages:
        if not stage.reviews and (waited := [name for name in graph.needs[stage.name] if name in alone]):
            do = "name other stages in after and inputs"
            message = f"waits for a stage that runs for pull requests alone; got {waited[0]}; {do}"
            yield Problem((stage.name, "after"), message)


def _identities(graph: Graph) -> Iterator[Problem]:
    for stage in graph.stages:
        if (stage.deploys or stage.verifies) and stage.environment is None:
            message = "is required for a stage that works on a cluster; got none; name one of environments"
            yield Problem((stage.name, "environment"), message)


def _secrets(stages: Sequence[Stage]) -> Iterator[Problem]:
    do = "put it into Secrets Manager and name its ARN in secrets"
    for stage in stages:
        said = stage.model_dump(exclude={"secrets", "secret_keys"}, exclude_defaults=True)
        for path in plain_secrets(said):
            if _at(said, path) in getattr(stage, "secrets", ()):  # the name of one that is kept elsewhere
                continue
            yield Problem((stage.name, *path), f"holds a secret in plain text; got [secret]; {do}")


def _at(found: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        found = found[part]
    return found
