"""The pipeline of a platform's own repository: stacks of Pulumi, in waves."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.pipelines import _review
from eks_blueprints.pipelines._kinds import production_among
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages._commands import ReportArgs, RunnerArgs
from eks_blueprints.pipelines.stages._stacks import PulumiArgs, StackName, StateArgs, slug
from eks_blueprints.pipelines.stages.approve import Approve
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.deploy import Deploy
from eks_blueprints.pipelines.stages.preview import Preview
from eks_blueprints.pipelines.stages.review import Review
from eks_blueprints.pipelines.stages.shard import Shard, Shards
from eks_blueprints.pipelines.stages.source import Source
from eks_blueprints.pipelines.stages.test import Test
from eks_blueprints.pipelines.stages.verify import Verify

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment

_SHARD = "check-shard"
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

    shards: Shards | None = None
    """How many machines look at a share of the stacks each, 2 to 100, in the check and in the review. Default: one
    looks at all."""

    review: Review | None = None
    """What pull requests show besides the check: what they change, without an account or a right, as the report that
    `comment_install` posts. `on` of the source lists `pull_request` then. Default: they run the check alone."""

    comment_install: Many[str] = ()
    """Commands that install this package for the comment of the review, from where you keep it, at a commit that you
    trust. Default: no comment; the report is an artifact alone."""

    waves: Waves
    """Waves of stacks, in order, by names of your choice."""

    @model_validator(mode="after")
    def _can_review(self) -> Self:
        faults = Faults()
        if self.review is not None and "pull_request" not in self.source.on:
            got, do = f"[{', '.join(self.source.on)}]", "add pull_request"
            faults.add(("source", "on"), f"starts no review, which is of pull requests; got {got}; {do}")
        if self.comment_install and self.review is None:
            got = self.comment_install[0]
            faults.add("comment_install", f"posts what a review found; got {got} without one; add review: {{}}")
        elif self.comment_install:
            _review.cannot_comment(self.engine, faults, "comment_install")
        faults.raise_if_any()
        return self

    def staged(self) -> Sequence[Stage]:
        """Its stages, without approvals."""
        return self.staged_for({})

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, with an approval before production."""
        return list(self._staged(production_among(environments)))

    def _staged(self, production: Sequence[str]) -> Iterator[Stage]:
        yield self.source.but(name="source")
        yield from self._checks()
        if self.review is not None:
            # What the check says need not be said twice.
            review = self.review.but(install=self.install, folder=self.folder, checks=False)
            yield from _review.staged(review, shards=self.shards, comment=self.comment_install, after=("source",))
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

    def _checks(self) -> Iterator[Stage]:
        reports = {"policies": ReportArgs(kind="junit", paths=("reports/policies.xml",))}
        begin = (*self.install, "mkdir -p reports")
        if self.shards is None:
            run = f"eks-blueprints check --policies --profile {self.profile} --format junit"
            yield Test(name="check", commands=(*begin, self._written(run)), reports=reports)
            return
        said: dict[str, Any] = {"shards": self.shards, "install": self.install, "folder": self.folder}
        shard = Shard(name=_SHARD, compares=False, profile=self.profile, runner=RunnerArgs(), **said)
        yield shard
        root = "" if self.folder == "." else '"$OLDPWD"/'
        run = f"eks-blueprints report merge {root}artifacts/{shard.artifact}/check-*.json --format junit"
        yield Test(name="check", inputs=(shard.artifact,), commands=(*begin, self._written(run)), reports=reports)

    def _written(self, run: str) -> str:
        inside = run if self.folder == "." else f"(cd {shlex.quote(self.folder)} && {run})"
        return f"{inside} > reports/policies.xml"

    def _preview(self, wave: Wave, stack: str, after: tuple[str, ...]) -> Stage:
        pulumi = PulumiArgs(stack=stack, folder=self.folder, state=self.state)
        name, environment = f"preview-{slug(stack)}", wave.environment
        return Preview(name=name, pulumi=pulumi, environment=environment, after=after, secrets=self.secrets)

    def _deploy(self, wave: Wave, stack: str, after: tuple[str, ...]) -> Stage:
        pulumi = PulumiArgs(stack=stack, folder=self.folder, state=self.state)
        return Deploy(
            name=f"deploy-{slug(stack)}",
            pulumi=pulumi,
            environment=wave.environment,
            inputs=(f"preview-{slug(stack)}",),
            after=after,
            secrets=self.secrets,
            timeout_minutes=120,
        )

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        said = {"check": "profile", _SHARD: "shards", _review.SHARDS: "shards", "comment": "comment_install"}
        if stage in said:
            return (said[stage],)
        start, _, name = stage.partition("-")
        if start in ("approve", "verify") and name in self.waves:
            return ("waves", name)
        for wave, args in self.waves.items():
            if name in map(slug, args.stacks):
                return ("waves", wave)
        return (stage,)
