"""What judging a stack found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.core.errors import Path, dotted
from eks_blueprints.policies.definition import Enforcement, Profile, Rule, Severity

Verdict = Literal["fail", "waived", "undetermined"]

ORDER: tuple[Severity, ...] = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Finding:
    """One resource and what one rule says about it."""

    policy: str
    verdict: Verdict
    severity: Severity
    enforcement: Enforcement
    resource: str
    """Logical name."""
    type: str
    urn: str
    path: Path
    what: str
    got: str
    do: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    more: int = 0
    """Of how many more objects of one chart it says the same."""
    waiver: str = ""
    """Of a waived finding: the reason, the owner and until when."""

    @property
    def blocks(self) -> bool:
        """Whether the stack is refused because of it."""
        return self.verdict == "fail" and self.enforcement == "mandatory"

    @property
    def field(self) -> str:
        """The property, as a path."""
        return dotted(self.path)

    @property
    def message(self) -> str:
        """What; got; do: the form of every message of this project."""
        got = f"got {self.got}" if self.got else ""
        return "; ".join(part for part in (self.what, got, self.do) if part)

    @property
    def place(self) -> str:
        """File, line and column, as far as they are known."""
        parts = (self.file, self.line, self.column) if self.file else ()
        return ":".join(str(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart into which rules saw, and how far."""

    resource: str
    """Logical name of what installs it."""
    version: str
    """The version of the chart."""
    how: str
    """`from the table of 2026-11-29 in eks-blueprints`, or `as rendered by Helm v3.19.0`."""
    unfollowed: tuple[str, ...] = ()
    """Values of users, by their paths, of which nobody knows what they change."""
    lacking: tuple[str, ...] = ()
    """What else is not known, in words."""

    @property
    def in_part(self) -> bool:
        """Whether it may bring something that no rule saw."""
        return bool(self.unfollowed or self.lacking)


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding about a stack, the worst first, and how much was looked at."""

    project: str
    stack: str
    profile: Profile
    findings: tuple[Finding, ...]
    resources: int
    """How many resources there are."""
    verdicts: dict[str, int]
    """How often a rule and a resource met, by pass, fail, undetermined and not_applicable."""
    rules: tuple[Rule, ...]
    """The rules that were asked."""
    not_scanned: tuple[str, ...] = ()
    """Logical names of resources whose objects only a provider renders: no rule saw into them."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why something is not scanned, by its logical name, where more is to be said than that a provider renders it."""
    opened: tuple[Opened, ...] = ()
    """The charts that rules saw into."""
    exempt: tuple[str, ...] = ()
    """Logical names of workloads in namespaces of the system, which rules about tenants leave out."""
    seconds: float = 0.0

    @property
    def blocked(self) -> bool:
        """Whether a mandatory rule says no."""
        return any(finding.blocks for finding in self.findings)

    def failed(self, *policies: str) -> list[Finding]:
        """The findings that stand: neither waived nor undetermined; of some rules, or of all."""
        found = [each for each in self.findings if each.verdict == "fail"]
        return [each for each in found if not policies or each.policy in policies]

    @property
    def unseen(self) -> str:
        """How much no rule looked into, or not every one: the first line of every report says it; empty if nothing."""
        said = [f"{len(self.not_scanned)} not scanned"] if self.not_scanned else []
        said += [f"{len(self.in_part)} scanned in part"] if self.in_part else []
        said += [f"{len(self.exempt)} exempt"] if self.exempt else []
        return ", ".join(said)

    @property
    def in_part(self) -> list[Opened]:
        """The charts that may bring something that no rule saw."""
        return [each for each in self.opened if each.in_part]

    def counts(self) -> dict[str, int]:
        """How many findings there are: mandatory, advisory, waived, undetermined."""
        return dict(Counter(kind_of(each) for each in self.findings))


def kind_of(finding: Finding) -> str:
    """`mandatory` or `advisory` for a failure, else the verdict."""
    return finding.enforcement if finding.verdict == "fail" else finding.verdict


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that block first, then by severity, rule and resource."""
    verdicts = ("fail", "waived", "undetermined")

    def rank(finding: Finding) -> tuple[Any, ...]:
        worth = ORDER.index(finding.severity)
        where = (finding.policy, finding.urn, finding.field)
        return (not finding.blocks, verdicts.index(finding.verdict), worth, *where)

    return tuple(sorted(findings, key=rank))
