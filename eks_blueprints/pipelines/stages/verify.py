"""Verification: does what was deployed really run, and work?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _cluster
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage
from eks_blueprints.pipelines.stages._ways import Workload, namespace_in
from eks_blueprints.pipelines.stages.roll_back import Guarded

_URL = Form(
    r"https?://(?!.*@)[\x21-\x7e]+", what="is not an address", do="write https://host/path without a user or password"
)
_ALARM = Form(r"[\x20-\x7e]{1,255}", what="is not the name of an alarm", do="write its name in CloudWatch, not its ARN")


_POWERS = ("view", "edit", "admin", "cluster_admin")


class UrlCheck(Spec):
    """An address that has to answer."""

    url: Annotated[str, AfterValidator(_URL)]
    """The address, as the machine of the job reaches it."""

    status: int = Field(default=200, ge=100, le=599)
    """Status code of the answer, after redirections."""

    contains: str = Field(default="", max_length=500, pattern=r"^[^\r\n]*$")
    """Text that the answer contains, in one line. Default: any."""

    contains_commit: bool = False
    """Whether the answer contains the commit that the pipeline runs for, all 40 characters. What a commit deploys is
    not there at once: without this, the version before may be what answers."""


class Verify(Guarded, BuiltInStage):
    """Find out whether an environment works: what its workloads report, which images their pods really run, the tests
    of the chart, addresses, alarms, and commands of your own."""

    workloads: Many[Workload] = ()
    """Workloads that must be rolled out. Default: those of the deployment before it."""

    namespace: Namespace | None = None
    """Namespace of `workloads`. Default: that of its environment, if it has one."""

    helm_test: bool = False
    """Whether the tests of the release that was deployed run once more (`helm test`)."""

    policy: Literal["view", "edit", "admin"] | None = None
    """EKS access policy that its commands need in the cluster, such as `edit` for `kubectl exec`. Default: `view`, or
    that of the environment where it tests a release or rolls back."""

    urls: Many[UrlCheck] = ()
    """Addresses that must answer."""

    alarms: Many[Annotated[str, AfterValidator(_ALARM)]] = Field(default=(), max_length=100)
    """Names of CloudWatch alarms, in the region of the environment, that must not be in ALARM for `alarm_minutes`, and
    be OK then. One that is not there fails it."""

    alarm_minutes: int = Field(default=5, ge=0, le=120)
    """How long alarms are watched, 0 to 120 minutes."""

    wait_minutes: int = Field(default=10, ge=1, le=120)
    """How long it waits for workloads and addresses, 1 to 120 minutes."""

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        faults = Faults()
        need = self.wait_minutes + (self.alarm_minutes if self.alarms else 0)
        if need >= (self.timeout_minutes or 60):
            got = f"{need} of {self.timeout_minutes or 60} minutes"
            faults.add("wait_minutes", f"leaves no time for the job itself; got {got}; raise timeout_minutes")
        faults.raise_if_any()
        return self

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """What cannot be seen in its environment."""
        if environment is None:
            return
        blind, own = _blind(environment), self.urls or self.alarms or self.commands
        if not own and not self.workloads and (blind or not any(each.seen for each in inputs.values())):
            what = "a commit deploys" if environment.gitops is not None else "no cluster reports a rollout"
            do = "add urls, alarms or commands" if blind else "add workloads, urls, alarms or commands"
            yield Problem((), f"has nothing to look at where {what}; got {self.environment}; {do}")
        elif environment.gitops is not None and not (self.alarms or self.commands or self._asks_version):
            what = "may be answered by the version before, until the agent has applied the commit"
            do = "let one of them tell versions, by contains_commit or contains"
            yield Problem(("urls",), f"{what}; got {self.environment} with gitops; {do}", severity="warning")
        for field in ("workloads", "helm_test"):
            if blind and getattr(self, field):
                what = "a commit deploys" if environment.gitops is not None else "the environment names none"
                do = "remove it, and add urls or alarms"
                yield Problem((field,), f"needs rights in the cluster, where {what}; got {field}; {do}")
        if self.workloads and not blind and namespace_in(self.namespace, environment) is None:
            yield Problem(("namespace",), "is required for workloads; got none; name the one that they are in")

    def cluster_policy(self, environment: Environment) -> str | None:
        """It looks; tests of a chart, rolling back and some commands need more."""
        own = environment.policy if self.helm_test else super().cluster_policy(environment)
        return max(self.policy or "view", own or "view", key=_POWERS.index)

    @property
    def verifies(self) -> bool:
        """It does."""
        return True

    def tells_versions(self, environment: Environment) -> bool:
        """Where an agent applies a commit later, addresses whose answer holds the commit do, and commands can."""
        by_commit = any(each.contains_commit for each in self.urls)
        return super().tells_versions(environment) or by_commit or bool(self.commands)

    @property
    def _asks_version(self) -> bool:
        return any(each.contains_commit or each.contains for each in self.urls)

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """What notes the deployment before it."""
        return {"rollout": False}

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return self.summary_in(None)

    def summary_in(self, environment: Environment | None) -> str:
        """The same; where a commit deploys, or without a cluster, it sees no rollout."""
        said = ["rollout"] * (not _blind(environment)) + ["helm test"] * self.helm_test
        said += ["addresses"] * bool(self.urls) + ["alarms"] * bool(self.alarms)
        return ", ".join([*said, *self.commands[:1]])

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Look at the cluster, then at addresses, its own commands, and alarms."""
        rollout = next((name for name, output in inputs.items() if output.kind == "rollout"), None)
        blind = site.environment is None or _blind(site.environment)
        before: list[str] = []
        looks = not blind and bool(self.workloads or (rollout is not None and inputs[rollout].seen))
        if looks or self.helm_test or (self.commands and not blind):
            before += _cluster.enter(site)
        if looks:
            before.append(
                script(
                    "verify_rollout",
                    ROLLOUT=f"artifacts/{rollout}/rollout.json" if rollout is not None else "",
                    NAMESPACE=namespace_in(self.namespace, site.environment) or "",
                    WORKLOADS=tuple(self.workloads),
                    WAIT_SECONDS=self.wait_minutes * 60,
                )
            )
        if self.helm_test and rollout is not None:
            before.append(
                script("helm_test", ROLLOUT=f"artifacts/{rollout}/rollout.json", TIMEOUT=f"{self.wait_minutes}m")
            )
        if self.urls:
            asked = tuple(
                f"{each.status} {'commit' if each.contains_commit else 'any'} {each.url} {each.contains}".rstrip()
                for each in self.urls
            )
            before.append(script("verify_urls", URLS=asked, WAIT_SECONDS=self.wait_minutes * 60))
        told: dict[str, Any] = {"variables": _cluster.variables(site)} if not blind else {}
        if self.rolls_back:
            told["secrets"] = self.token(site.environment)
        job = self.job(tuple(before), allowed=self._reads(site), tools=("helm", "jq", "kubectl", "yq"), **told)
        watch = script(
            "verify_alarms",
            ALARMS=tuple(self.alarms),
            ALARM_SECONDS=self.alarm_minutes * 60,
            ALARM_REGION=site.cluster_region,
        )
        return job.but(
            commands=(*job.commands, watch) if self.alarms else job.commands,
            on_failure=self.put_back(site, rollout, self.wait_minutes),
        )

    def _reads(self, site: Site) -> tuple[Allow, ...]:
        # A list of alarms is asked for, whatever names it is narrowed by.
        alarms = site.arn("cloudwatch", "alarm:*", region=site.cluster_region)
        return (Allow("cloudwatch:DescribeAlarms", on=alarms),) if self.alarms else ()


def _blind(environment: Environment | None) -> bool:
    """Whether a job cannot ask the cluster of an environment: a commit deploys there, or it names none."""
    return environment is not None and (environment.gitops is not None or environment.cluster is None)
