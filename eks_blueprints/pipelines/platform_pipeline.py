"""The pipeline of a platform's own repository: stacks of Pulumi, in waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.pipelines._kinds import production_among
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages._commands import ReportArgs
from eks_blueprints.pipelines.stages.approve import Approve
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.deploy import Deploy
from eks_blueprints.pipelines.stages.preview import Preview, PulumiArgs, StackName, StateArgs
from eks_blueprints.pipelines.stages.source import Source
from eks_blueprints.pipelines.stages.test import Test
from eks_blueprints.pipelines.stages.verify import Verify

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment

_INSTALL = "python3 -m pip install --quiet --disable-pip-version-check -r requirements.txt"


class Wave(Spec):
    """Stacks that are deployed beside each other, after all of the wave before it have succeeded."""

    environment: str
    """The environment whose role deploys them, by its name in `environments`."""

    stacks: Annotated[Many[StackName], Field(min_length=1, max_length=50)]
    """Names of the stacks."""

    alarms: Many[str] = ()
    """Names of CloudWatch alarms that must stay OK after it, before the next wave begins."""

    alarm_minutes: int = Field(default=10, ge=0, le=120)
    """How long alarms are watched, 0 to 120 minutes."""

    approvers: Many[str] = ()
    """Who can approve. Default: those of the environment."""


def _stacks_once(waves: dict[str, Wave]) -> dict[str, Wave]:
    faults = Faults()
    if not waves:
        faults.add((), "needs at least one wave; got {}; name one, such as canary: {environment: …, stacks: [dev]}")
    seen: dict[str, str] = {}
    for name, wave in waves.items():
        for index, stack in enumerate(wave.stacks):
            if stack in seen:
                do = "remove it from one of them"
                faults.add((name, "stacks", index), f"is in a wave already; got {stack}, of {seen[stack]}; {do}")
            seen[stack] = name
    faults.raise_if_any()
    return waves


Waves = Annotated[dict[str, Wave], AfterValidator(short_names), AfterValidator(_stacks_once)]


class PlatformPipeline(Pipeline):
    """Deploy the stacks of a platform repository: check them and their policies offline, and then wave by wave preview
    each stack, wait for an approval before production, and deploy exactly the plan that was previewed. A wave begins
    when all of the one before it has succeeded: a canary first, then region by region."""

    source: Source
    """The repository, and which change starts it."""

    state: StateArgs | None = None
    """Where Pulumi keeps its state. Default: Pulumi Cloud, whose token is the secret `PULUMI_ACCESS_TOKEN`."""

    folder: RepositoryPath = "."
    """Folder of Pulumi.yaml."""

    secrets: dict[str, In[str]] = {}
    """Secrets that the program needs: variables with the ARN of each in Secrets Manager."""

    install: Many[str] = (_INSTALL,)
    """Commands that install what the program needs, for the check."""

    profile: Literal["baseline", "production", "regulated"] = "baseline"
    """How strict the policies are."""

    waves: Waves
    """Waves of stacks, in order, by names of your choice."""

    def staged(self) -> Sequence[Stage]:
        """Its stages, without approvals."""
        return self.staged_for({})

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, with an approval before production."""
        return list(self._staged(production_among(environments)))

    def _staged(self, production: Sequence[str]) -> Iterator[Stage]:
        yield self.source.but(name="source")
        yield self._check()
        before: tuple[str, ...] = ("check",)
        for name, wave in self.waves.items():
            previews = [self._preview(wave, stack, before) for stack in wave.stacks]
            yield from previews
            before = tuple(each.name for each in previews)
            if self.approval == "required" and wave.environment in production:
                message = f"Deploy the plans of {name}: {', '.join(wave.stacks)}?"[:1000]
                asked: dict[str, Any] = {
                    "environment": wave.environment,
                    "approvers": wave.approvers,
                    "message": message,
                }
                yield Approve(name=f"approve-{name}", after=before, **asked)
                before = (f"approve-{name}",)
            deploys = [self._deploy(wave, stack, before) for stack in wave.stacks]
            yield from deploys
            before = tuple(each.name for each in deploys)
            if wave.alarms:
                minutes = wave.alarm_minutes
                told: dict[str, Any] = {
                    "environment": wave.environment,
                    "alarms": wave.alarms,
                    "alarm_minutes": minutes,
                }
                yield Verify(name=f"verify-{name}", after=before, timeout_minutes=minutes + 60, **told)
                before = (f"verify-{name}",)

    def _check(self) -> Stage:
        run = f"eks-blueprints check --policies --profile {self.profile} --format junit > reports/policies.xml"
        lines = (*self.install, "mkdir -p reports", f"cd {self.folder}" if self.folder != "." else "", run)
        commands = tuple(line for line in lines if line)
        reports = {"policies": ReportArgs(kind="junit", paths=("reports/policies.xml",))}
        return Test(name="check", commands=commands, reports=reports)

    def _preview(self, wave: Wave, stack: str, after: tuple[str, ...]) -> Stage:
        pulumi = PulumiArgs(stack=stack, folder=self.folder, state=self.state)
        name, environment = f"preview-{_short(stack)}", wave.environment
        return Preview(name=name, pulumi=pulumi, environment=environment, after=after, secrets=self.secrets)

    def _deploy(self, wave: Wave, stack: str, after: tuple[str, ...]) -> Stage:
        pulumi = PulumiArgs(stack=stack, folder=self.folder, state=self.state)
        return Deploy(
            name=f"deploy-{_short(stack)}",
            pulumi=pulumi,
            environment=wave.environment,
            inputs=(f"preview-{_short(stack)}",),
            after=after,
            secrets=self.secrets,
            timeout_minutes=120,
        )

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        start, _, name = stage.partition("-")
        if start in ("approve", "verify") and name in self.waves:
            return ("waves", name)
        for wave, args in self.waves.items():
            if name in map(_short, args.stacks):
                return ("waves", wave)
        return ("profile",) if stage == "check" else (stage,)


def _short(stack: str) -> str:
    return stack.rpartition("/")[2].lower().replace(".", "-").replace("_", "-")[:28]
