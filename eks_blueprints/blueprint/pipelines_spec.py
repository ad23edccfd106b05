"""A stack of pipelines, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from eks_blueprints.blueprint import account, pipelines_in_aws
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.elements import Group
from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.core.leaves import short_names
from eks_blueprints.network import zones
from eks_blueprints.pipelines._aws_spec import ArtifactsArgs, LogsArgs, NotificationsArgs
from eks_blueprints.pipelines._connection import Connection
from eks_blueprints.pipelines._engines import EnginesArgs, OidcEngineArgs
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._ref import PipelinesRef
from eks_blueprints.pipelines._state import StateStoreArgs
from eks_blueprints.pipelines._tools import ToolsArgs, known
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.engines import _names as names
from eks_blueprints.pipelines.engines._steps import ACCOUNT, has_roles
from eks_blueprints.pipelines.stages.source import HOSTS, Source
from eks_blueprints.registry.spec import EcrPublicRepository, EcrRepository

TEXTS = {
    "github_actions": "the repository",
    "gitlab_ci": "the project",
    "jenkins": "Jenkins",
    "bitbucket_pipelines": "the repository",
}
"""Engines that read a file of the repository, and what has variables for it."""


class PipelinesArgs(StackArgs):
    """Pipelines that deliver applications, charts and platforms, and the environments that they deploy to. A stack file
    of one says `blueprint: eks_blueprints.Pipelines`."""

    environments: Annotated[dict[str, Environment], AfterValidator(short_names)] = {}
    """The clusters that pipelines deploy to, by a name of your choice."""

    connections: Annotated[dict[str, Connection], AfterValidator(short_names)] = {}
    """Connections of AWS to hosts of code, by a name of your choice."""

    engines: EnginesArgs = EnginesArgs()
    """Settings of GitHub Actions, GitLab CI and Jenkins, for pipelines that they run."""

    repositories: Annotated[dict[str, EcrRepository], AfterValidator(short_names)] = {}
    """Private repositories of images and charts in Amazon ECR, by a name of your choice."""

    public_repositories: Annotated[dict[str, EcrPublicRepository], AfterValidator(short_names)] = {}
    """Public repositories of images in Amazon ECR, by a name of your choice."""

    artifacts: ArtifactsArgs = ArtifactsArgs()
    """Buckets and keys of the artifacts of CodePipeline."""

    logs: LogsArgs = LogsArgs()
    """Logs of the builds of CodeBuild."""

    notifications: NotificationsArgs | None = None
    """Who hears of the runs of CodePipeline. Default: nobody."""

    tools: ToolsArgs = ToolsArgs()
    """Where jobs get `kubectl`, `helm` and other programs, and in which versions."""

    state: StateStoreArgs | None = None
    """A bucket and a key for the state of Pulumi's stacks, as platform pipelines deploy them. Default: none is made."""

    pipelines: Group[Pipeline] = Field(default=())
    """Pipelines, by a name of your choice; `kind` sets the kind and defaults to the name."""

    def _problems(self) -> Iterator[Problem]:
        try:
            zones.partition(self.region)
        except ValueError as error:
            yield Problem(("region",), str(error))
        if self.account is not None:
            yield from account.check(self.account, self.region, self.kubeconfig)
        for name, environment in self.environments.items():
            yield from _elsewhere(self, name, environment)
        for pipeline in self.pipelines:
            at = ("pipelines", pipeline.name)
            found = list(pipeline.problems_among(self.environments))
            for problem in (*found, *_connections(self, pipeline), *_tools(self, pipeline)):
                yield problem.below(*at)
            if all(problem.severity != "error" for problem in found):
                yield from self._of_engine(pipeline)
        yield from pipelines_in_aws.check(self)

    def _of_engine(self, pipeline: Pipeline) -> Iterator[Problem]:
        graph = pipeline.graph(self.environments)
        try:
            ref = self.ref("stack")
        except ValueError:  # told at the region
            return
        try:
            found = [*pipeline.renderer.problems(pipeline, graph, ref), *names.problems(graph, ref)]
            says_account = pipeline.engine in TEXTS and has_roles(graph, ref)
        except InputError as error:
            found, says_account = list(error.problems), False
        for problem in found:
            yield pipeline.placed(problem, graph).below("pipelines", pipeline.name)
        if says_account and self.account_number is None:
            do = f"set account: {{id: ...}}, or make AWS_ACCOUNT_ID a variable of {TEXTS[pipeline.engine]}"
            message = f"is unknown, and part of the names of roles in what is rendered; got no account; {do}"
            yield Problem(("account",), message, severity="warning")

    def ref(self, name: str) -> PipelinesRef:
        """What a pipeline sees of a stack of this name before it is deployed."""
        return PipelinesRef(
            prefix=name,
            region=self.region,
            partition=zones.partition(self.region),
            account=self.account_number or ACCOUNT,
            environments=self.environments,
            connections=dict.fromkeys(self.connections, ""),
            tags=self.tags,
            iam=self.iam,
            engines=self.engines,
            tools=self.tools,
            artifacts=self.artifacts,
            logs=self.logs,
            notifications=self.notifications,
        )

    @property
    def account_number(self) -> str | None:
        """The account, where the stack says it."""
        return self.account.number if self.account is not None else None

    @property
    def oidc_engines(self) -> dict[str, OidcEngineArgs]:
        """Engines that run some of the pipelines, and whose jobs have tokens of OIDC."""
        used = {pipeline.engine for pipeline in self.pipelines}
        return {name: spec for name, spec in self.engines.by_oidc.items() if name in used}


def _elsewhere(args: PipelinesArgs, name: str, environment: Environment) -> Iterator[Problem]:
    own = args.account.number if args.account is not None else None
    theirs = environment.account_id
    if theirs is not None and theirs != own and environment.deploy_role_arn is None and environment.gitops is None:
        do = "name a role of that account that the pipelines' roles can assume"
        message = f"is required for a cluster in another account; got account {theirs} alone; {do}"
        yield Problem(("environments", name, "deploy_role_arn"), message)


def _connections(args: PipelinesArgs, pipeline: Pipeline) -> Iterator[Problem]:
    for stage in pipeline.staged():
        if not isinstance(stage, Source):
            continue
        at = (*pipeline.place(stage.name), "connection")
        if stage.connection is not None and stage.connection not in args.connections:
            yield Problem(at, unknown_name(stage.connection, args.connections, "connection"))
        if stage.connection is None and stage.provider in HOSTS and pipeline.engine == "codepipeline":
            do = "add one to connections and name it"
            yield Problem(at, f"is required for CodePipeline to read {stage.provider}; got none; {do}")


def _tools(args: PipelinesArgs, pipeline: Pipeline) -> Iterator[Problem]:
    for stage in pipeline.staged_for(args.environments):
        for index, name in enumerate(getattr(stage, "tools", ())):
            at = (*pipeline.place(stage.name), "tools", index)
            pinned = args.tools.pinned.get(name)
            if name not in known(args.tools):
                yield Problem(at, unknown_name(name, known(args.tools), "program"))
            elif pinned is not None and stage.runner.architecture not in pinned.sha256:  # type: ignore[attr-defined]
                architecture = stage.runner.architecture  # type: ignore[attr-defined]
                do = f"add it to tools.pinned.{name}.sha256"
                yield Problem(at, f"has no checksum for the machine of the stage; got {name} on {architecture}; {do}")
