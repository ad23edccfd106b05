"""Scans of images for vulnerabilities, as a gate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from eks_blueprints.core.clock import today
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._environment import Environment
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Place, Report, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage

Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW"]
_ORDER: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
SOON = timedelta(days=30)


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"is not a valid date; got {shown(value)}; write it like 2027-03-31") from None
    if type(value) is not date:
        raise ValueError(f"is not a valid date; got {shown(value)}; write it like 2027-03-31")
    return value


class Waiver(Spec):
    """One vulnerability that is accepted for a while."""

    id: str = Field(pattern=r"^[A-Za-z0-9][\w.:/-]{2,99}$")
    """Its id, such as `CVE-2026-12345`."""

    reason: str = Field(min_length=10, max_length=500)
    """Why it can wait, for those who read the report."""

    expires: Annotated[date, BeforeValidator(_day)]
    """Last day on which it counts, such as `2027-03-31`."""


class Scan(BuiltInStage):
    """Let an image pass only if no vulnerability in it is too severe. Without a result of a scan it does not pass."""

    scanner: Literal["ecr", "trivy"] = "ecr"
    """`ecr` reads what ECR found, by basic scanning or by Inspector (enhanced scanning); `trivy` scans itself."""

    fail_on: Severity = "HIGH"
    """Severity from which on a vulnerability fails it. One whose severity nobody knows is reported and does not."""

    only_fixed: bool = False
    """Whether one without a fix passes. What basic scanning finds says nothing of fixes, and counts."""

    waivers: Many[Waiver] = ()
    """Vulnerabilities that are accepted until a day. One that is over does not count."""

    wait_minutes: int = Field(default=15, ge=1, le=120)
    """How long it waits for the result of ECR, 1 to 120 minutes."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        seen: set[str] = set()
        for index, waiver in enumerate(self.waivers):
            if waiver.id in seen:
                faults.add(("waivers", index, "id"), f"is waived twice; got {waiver.id}; remove one of them")
            seen.add(waiver.id)
        if self.wait_minutes >= (self.timeout_minutes or 60):
            got = f"{self.wait_minutes} of {self.timeout_minutes or 60} minutes"
            faults.add("wait_minutes", f"leaves no time for the job itself; got {got}; raise timeout_minutes")
        faults.raise_if_any()
        return self

    def problems_in(self, environment: Environment | None, inputs: Mapping[str, Output]) -> Iterator[Problem]:
        """Waivers that are over, or soon are."""
        for index, waiver in enumerate(self.waivers):
            left = (waiver.expires - today()).days
            if left > SOON.days:
                continue
            what = "counts no more" if left < 0 else f"counts for {left} more days"
            do = "fix the vulnerability, or renew the waiver with its reason"
            message = f"{what}; got {waiver.expires} for {waiver.id}; {do}"
            yield Problem(("waivers", index, "expires"), message, severity="warning")

    @property
    def artifact(self) -> str:
        """Name of its findings among the artifacts."""
        return f"{super().artifact}-findings"

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """What it works on."""
        return {"image": True}

    @property
    def uses_several(self) -> bool:
        """All images that it is given."""
        return True

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        waived = f", {len(self.waivers)} waived" if self.waivers else ""
        return f"{self.scanner}, fails from {self.fail_on} on{waived}"

    def outputs(self) -> Mapping[str, Output]:
        """Its findings, as JSON and SARIF, and files of its own."""
        return {**super().outputs(), self.artifact: Output(kind="files")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Fetch what is found, and judge it."""
        images = {name: output for name, output in inputs.items() if output.kind == "image"}
        places = [output.place or Place() for output in images.values()]
        fetch = script(
            f"scan_{self.scanner}", NAME=self.artifact, INPUTS=tuple(images), WAIT_SECONDS=self.wait_minutes * 60
        )
        severities = _ORDER[: _ORDER.index(self.fail_on) + 1]
        waived = [{"id": each.id, "reason": each.reason, "expires": each.expires.isoformat()} for each in self.waivers]
        judge = script(
            "judge_findings",
            NAME=self.artifact,
            SEVERITIES=json.dumps(severities),
            WAIVERS=json.dumps(waived),
            ONLY_FIXED=self.only_fixed,
        )
        found = Report(kind="sarif", paths=(f"artifacts/{self.artifact}/findings.sarif",))
        job = self.job(
            (_registry.log_in(site, places[0]), fetch, judge),
            allowed=(*_registry.pulls(site, *places), *self._reads(site, places)),
            tools=("jq", "trivy") if self.scanner == "trivy" else ("jq",),
            checkout=bool(self.commands),
        )
        return job.but(reports={**job.reports, "vulnerabilities": found})

    def _reads(self, site: Site, places: list[Place]) -> Iterator[Allow]:
        if self.scanner == "ecr":
            on = tuple(dict.fromkeys(_registry.arn(site, place) for place in places if place.repository is not None))
            yield Allow("ecr:DescribeImageScanFindings", "ecr:StartImageScan", on=on)
            # Inspector's findings cannot be limited to a repository.
            yield Allow("inspector2:ListCoverage", "inspector2:ListFindings")
