"""What every pipeline has: an engine that runs it, and stages."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.elements import Element, left_open
from eks_blueprints.core.errors import Faults, Path, Problem
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.plain_secrets import found as plain_secrets
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._graph import Graph, problems
from eks_blueprints.pipelines._variables import RunVariable
from eks_blueprints.pipelines.stages._commands import variable_names
from eks_blueprints.pipelines.stages.roll_back import guard_problems, guarded

if TYPE_CHECKING:
    from eks_blueprints.pipelines._built import BuiltPipeline
    from eks_blueprints.pipelines._environment import Environment
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.stages.base import Stage

Engine = Literal["codepipeline", "github_actions", "gitlab_ci", "jenkins", "bitbucket_pipelines"]


class Pipeline(Element):
    """An ordered graph of stages, and the engine that runs it. Subclass it for stages of your own."""

    group: ClassVar[str] = "pipelines"

    engine: Engine = "codepipeline"
    """What runs it: AWS CodePipeline with CodeBuild, whose resources are created, or GitHub Actions, GitLab CI or
    Jenkins, for which `eks-blueprints pipeline render` writes the file and the stack creates the roles, or Bitbucket
    Pipelines, for stages that need nothing of AWS."""

    approval: Literal["required", "none"] = "required"
    """Whether a person approves before production: `required` is continuous delivery, `none` continuous deployment,
    which needs a verification in another environment before and one in production after."""

    pushers: Many[str] = ()
    """Who can push to its sources, as approvers are named. None of them can be an approver of it. Default: unknown;
    where the engine can refuse an approval by the author of the change, it does."""

    pre_commit: bool = False
    """Whether `eks-blueprints pipeline render` writes `.pre-commit-config.yaml`, by which each commit is tested on the
    machine of its author first: the commands of tests that need no artifact, environment or secret, and `helm lint`."""

    variables: dict[str, RunVariable] = Field(default={}, max_length=50)
    """Variables of a run, which every job has and whoever starts a run by hand can set."""

    execution_mode: Literal["QUEUED", "SUPERSEDED", "PARALLEL"] = "QUEUED"
    """What a run does while another one is under way: `QUEUED` waits for it stage by stage, `SUPERSEDED` takes the
    place of one that waits, `PARALLEL` runs beside it."""

    tags: Tags = {}
    """Tags of its resources, besides those of the stack."""

    @model_validator(mode="after")
    def _has_names_for_variables(self) -> Self:
        faults = Faults()
        variable_names(self.variables, faults, "variables")
        faults.raise_if_any()
        return self

    @left_open
    def staged(self) -> Sequence[Stage]:
        """Its stages, in order."""
        raise NotImplementedError

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, in order, where it can deploy to these environments: an approval stands before production."""
        return self.staged()

    def place(self, stage: str) -> Path:
        """Where in this spec a stage is said, by its name; problems are reported there."""
        return ("stages", stage)

    def graph(self, environments: Mapping[str, Environment]) -> Graph:
        """Its stages as engines see them."""
        stages = guarded(self.staged_for(environments))
        return Graph(name=self.name.replace("_", "-"), stages=stages, environments=environments)

    def build(self, ref: PipelinesRef) -> BuiltPipeline:
        """Make its resources: the whole pipeline in AWS, or the roles that another engine's jobs assume."""
        from eks_blueprints.pipelines._built import BuiltPipeline

        name = f"{ref.prefix}-{self.name.replace('_', '-')}"
        component = BuiltPipeline(name, self, ref.options(), spec_path=(self.group, self.name))
        component.made = self.renderer.build(component, self, self.graph(ref.environments), ref)
        component.register_outputs(dict(component.made))
        return component

    @property
    def renderer(self) -> Any:
        """The module of its engine."""
        return importlib.import_module(f"eks_blueprints.pipelines.engines.{self.engine}")

    def problems_among(self, environments: Mapping[str, Environment]) -> Iterator[Problem]:
        """What is wrong with it where it can deploy to these environments; paths count from the pipeline."""
        graph = self.graph(environments)
        found = [*guard_problems(self.staged_for(environments)), *problems(graph, approval=self.approval == "required")]
        yield from (self.placed(problem, graph) for problem in found)
        yield from self._self_approval(graph)
        for name, *_ in plain_secrets({name: each.default_value for name, each in self.variables.items()}):
            do = "put it into Secrets Manager and name its ARN in secrets of the stages that need it"
            yield Problem(("variables", name, "default_value"), f"holds a secret in plain text; got [secret]; {do}")

    def placed(self, problem: Problem, graph: Graph) -> Problem:
        """A problem of a stage where the stage is said in this spec; its path begins with the name of the stage."""
        stage, *rest = problem.path or (None,)
        place = () if stage is None else self.place(str(stage))
        if rest[:1] == ["inputs"] and place[:1] != ("stages",):
            rest = []  # which artifacts its stages have, such a pipeline says itself
        path = (*place, *rest)
        if rest == ["environment"] and (named := {each.environment for each in graph.stages}.intersection(place)):
            # A place that is named after the environment says all: that name is what is wrong.
            path = place[: place.index(str(named.pop())) + 1]
        return replace(problem, path=path)

    def _self_approval(self, graph: Graph) -> Iterator[Problem]:
        for stage in graph.stages:
            environment = graph.environment(stage)
            said = tuple(getattr(stage, "approvers", ())) or (environment.approvers if environment else ())
            if stage.approves and (both := sorted({*said} & {*self.pushers})):
                message = f"can push and would approve their own change; got {both[0]}; remove it from one of the lists"
                yield Problem((*self.place(stage.name), "approvers"), message)
