"""Stages that run commands of yours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import RegionalKeyArn, repeated
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.pipelines._job import GIVEN, Architecture, Job, Output, Report, ReportKind, Runner, Site, Size
from eks_blueprints.pipelines._secrets import SecretArn
from eks_blueprints.pipelines.stages.base import Artifact, Stage

_VARIABLE = Form(
    r"[A-Za-z_][A-Za-z0-9_]{0,127}", what="is not a valid name of a variable", do="use letters, digits and _"
)
# What programs are found by, and whom they act as: a value of a user's would give the job to others.
_POWERFUL = (
    *("AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "BASH_ENV", "DEPLOYS_AS", "HOME", "IFS"),
    *("LD_LIBRARY_PATH", "LD_PRELOAD", "PATH", "SHELLOPTS"),
)
# CodeBuild keeps this beginning for itself, GitHub and GitLab keep theirs.
_TAKEN = ("CODEBUILD_", "GITHUB_", "CI_", "GITLAB_", "RUNNER_", "ACTIONS_", "JENKINS_")
_OWN = Form(
    r"(?![/~])(?!.*(^|/)\.\.(/|$))[^\x00-\x1f]{1,512}",
    what="is not below the root of the checkout",
    do="write it from there, such as dist/**",
)
_IMAGE = Form(
    r"[A-Za-z0-9][\w.-]*(:\d+)?(/[\w.-]+)*(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?",
    what="is not an image of a container",
    do="write it like public.ecr.aws/acme/tools:1",
)
OwnPath = Annotated[str, AfterValidator(_OWN)]
Paths = Annotated[Many[OwnPath], Field(min_length=1, max_length=50)]


def variable_names(found: Mapping[str, Any], faults: Faults, field: str) -> None:
    """Note names of variables that a job cannot have, or that every job has already."""
    for name in found:
        if fault := _VARIABLE.fault(name):
            faults.add((field, name), fault)
        elif name in _POWERFUL:
            what = "decides which programs a job runs, or as whom"
            faults.add((field, name), f"{what}; got {shown(name)}; set it in commands instead, if you need it")
        elif name in GIVEN or name.upper().startswith(_TAKEN):
            faults.add((field, name), f"is a variable that every job has already; got {shown(name)}; rename it")


class ReportArgs(Spec):
    """Results that the engine shows."""

    kind: ReportKind = "junit"
    """Format of the files."""

    paths: Paths
    """The files, with `*` and `**` for any text, such as `reports/*.xml`."""


class RunnerArgs(Spec):
    """The machine that it runs on."""

    image: Annotated[str, Field(max_length=255), AfterValidator(_IMAGE)] | None = None
    """Image of the container. Default: the engine's own for builds."""

    size: Size = "small"
    """`small` has 2 processors and 4 GB of memory or more, `medium` 4 and 8, `large` 8 and 16."""

    architecture: Architecture = "x86_64"
    """Architecture of its processor."""

    docker: bool = False
    """Whether it builds images, for which it needs more rights on its machine."""

    def runner(self) -> Runner:
        """It as a job has it."""
        return Runner(image=self.image, size=self.size, architecture=self.architecture, docker=self.docker)


class CommandStage(Stage):
    """A stage that runs commands."""

    commands: Many[str] = ()
    """Lines of bash, run in the root of the checkout; the first that fails ends the stage. Inputs are in
    `artifacts/<name>`."""

    tools: Many[str] = ()
    """Programs that they need besides bash, git and the AWS CLI, such as `kubectl`, `helm` or `kustomize`."""

    artifacts: dict[Artifact, Paths] = {}
    """Artifacts that it makes: their names, and the files that each contains."""

    variables: dict[str, In[str]] = {}
    """Further variables of the environment. A secret is not a variable: see `secrets`."""

    secrets: dict[str, In[SecretArn]] = {}
    """Variables whose values are secrets, with the ARN of each in Secrets Manager or in Parameter Store. Its role can
    read them."""

    secret_keys: Many[In[RegionalKeyArn]] = ()
    """ARNs of the KMS keys that encrypt the secrets. Default: the service's own key, which needs no permission."""

    reports: dict[Artifact, ReportArgs] = {}
    """Results that the engine shows, by a name of your choice."""

    cache: Many[str] = ()
    """Folders kept from one run to the next, such as `.cache/pip`."""

    matrix: dict[str, Annotated[Many[str], Field(min_length=1, max_length=100)]] = {}
    """Values of variables, such as `{PYTHON: ["3.12", "3.13"]}`: the stage runs once for each combination, all beside
    each other. Such a stage makes no artifacts."""

    runner: RunnerArgs = RunnerArgs()
    """The machine that it runs on."""

    @model_validator(mode="after")
    def _can_run(self) -> Self:
        faults = Faults()
        for index, line in enumerate(self.commands):
            if not line.strip():
                faults.add(("commands", index), "is empty; got nothing; write a command, or remove it")
        variable_names(self.variables, faults, "variables")
        variable_names(self.secrets, faults, "secrets")
        variable_names(self.matrix, faults, "matrix")
        if both := sorted(self.matrix.keys() & (self.variables.keys() | self.secrets.keys())):
            faults.add(("matrix", both[0]), f"is a variable too; got {both[0]} in both; remove one of them")
        if self.matrix and self.outputs():
            made = ", ".join(self.outputs())
            do = "make it in a stage without a matrix"
            faults.add("matrix", f"is for stages that make no artifact, as each run would; got {made}; {do}")
        for name, values in self.matrix.items():
            if twice := repeated(values):
                faults.add(("matrix", name), f"lists one value twice; got {twice}; remove one of them")
        if both := sorted(self.variables.keys() & self.secrets.keys()):
            faults.add(("secrets", both[0]), f"is a variable too; got {both[0]} in both; remove one of them")
        if self.needs_commands and not self.commands:
            faults.add("commands", "needs at least one; got []; write what it runs")
        faults.raise_if_any()
        return self

    @property
    def needs_commands(self) -> bool:
        """Whether it does nothing without commands of yours."""
        return True

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return self.commands[0].splitlines()[0] if self.commands else ""

    def outputs(self) -> Mapping[str, Output]:
        """The artifacts that it makes."""
        return {name: Output(kind="files", paths=tuple(paths)) for name, paths in self.artifacts.items()}

    def job(self, commands: Many[str] = (), *, allowed: tuple[Allow, ...] = (), **more: Any) -> Job:
        """A job of commands that go before its own, with what its fields say; `more` are further parts of a job."""
        reports = {name: Report(kind=each.kind, paths=tuple(each.paths)) for name, each in self.reports.items()}
        tools = tuple(dict.fromkeys((*more.pop("tools", ()), *self.tools)))
        fields: dict[str, Any] = {"variables": {**more.pop("variables", {}), **self.variables}}
        fields |= {"secrets": {**more.pop("secrets", {}), **self.secrets}}
        return Job(
            commands=(*commands, *self.commands),
            tools=tools,
            allowed=(*allowed, *(each.statement() for each in self.allow)),
            secret_keys=tuple(self.secret_keys),
            reports=reports,
            cache=tuple(self.cache),
            matrix={name: tuple(values) for name, values in self.matrix.items()},
            timeout_minutes=self.timeout_minutes or 60,
            **{"runner": self.runner.runner(), **fields, **more},
        )

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Its commands."""
        return self.job()


class BuiltInStage(CommandStage):
    """A stage that has work of its own, which commands of yours add to."""

    @property
    def needs_commands(self) -> bool:
        """It does its work without."""
        return False
