"""What a pull request's reader is told of each stack, worked out once and shown in any format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from eks_blueprints.capacity.changes import Change as CapacityChange
from eks_blueprints.policies.report import Finding as PolicyFinding
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.cost.estimate import Difference, Estimate
from eks_blueprints.review.diff.changes import KINDS, Kind, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.insides import Inside
from eks_blueprints.review.diff.renames import Rename
from eks_blueprints.review.effects import Attention, Level
from eks_blueprints.review.preview.account import Account, account_line, accounts
from eks_blueprints.review.preview.run import Finding
from eks_blueprints.review.preview.system_pods import SystemPods
from eks_blueprints.review.report.verdict import count, verdict

_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Security:
    """A right, a way in, or a way out that comes or goes."""

    area: Literal["iam", "trust", "access", "network", "rbac", "policy"]
    added: bool
    subject: str
    text: str
    level: Level = "note"


@dataclass(frozen=True, slots=True)
class Version:
    """A version that changes, or the cluster's own."""

    subject: str
    old: str | None
    new: str | None
    note: str = ""
    level: Level = "note"


@dataclass(frozen=True, slots=True)
class Policies:
    """What the policies say, and what of it this change brings about."""

    new: tuple[PolicyFinding, ...]
    """Findings that were not there before."""
    fixed: tuple[PolicyFinding, ...]
    standing: int
    """Findings that were there before and still are."""
    profile: str
    rules: int
    unseen: str = ""
    """How much no rule looked into, or not every one, as `check --policies` says it; empty if nothing."""
    not_scanned: tuple[str, ...] = ()
    """Logical names of resources into which no rule sees."""
    exempt: tuple[str, ...] = ()
    """Logical names of workloads in namespaces of the system, which rules about tenants leave out."""

    @property
    def blocked(self) -> bool:
        """Whether a mandatory rule says no to what is new."""
        return any(finding.blocks for finding in self.new)


@dataclass(frozen=True, slots=True)
class StackReport:
    """One stack."""

    diff: PlanDiff
    attention: tuple[Attention, ...] = ()
    security: tuple[Security, ...] = ()
    versions: tuple[Version, ...] = ()
    pods: SystemPods | None = None
    """The pods that its add-ons bring."""
    pods_before: SystemPods | None = None
    insides: tuple[Inside, ...] = ()
    """What changes inside charts."""
    cost: Estimate | None = None
    cost_before: Estimate | None = None
    cost_change: Difference | None = None
    capacity: tuple[CapacityChange, ...] = ()
    """What changes about nodes and pods, cluster by cluster; empty where nothing changes that decides about them."""
    refused: tuple[Finding, ...] = ()
    """Inputs that a provider would refuse, and warnings."""
    policies: Policies | None = None
    renames: tuple[Rename, ...] = ()
    gaps: tuple[str, ...] = ()
    """What of the program could not be followed, so that resources may be missing or differ."""
    alike: tuple[str, ...] = ()
    """Names of other stacks of which the same is to be said."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to say: a change, a rename that an alias makes harmless, an edit without effect."""
        return self.diff.changed or bool(self.renames) or bool(self.attention)

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.diff.stack

    @property
    def title(self) -> str:
        """Its name, and those of the stacks that are alike."""
        if not self.alike:
            return self.stack
        names = [self.stack, *self.alike]
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        return f"{', '.join(names[:_MOST_NAMES])}{more} ({len(names)} stacks alike)"

    @property
    def account(self) -> str:
        """The AWS account that it means, in words."""
        return account_line(self.diff.new)

    @property
    def system_pods(self) -> str:
        """The pods that its add-ons bring, and how many they were, in words; empty where there are none."""
        if self.pods is None:
            return ""
        before = f"; before {self.pods_before}" if self.pods_before not in (None, self.pods) else ""
        return f"system pods: {self.pods}{before}"

    @property
    def accounts(self) -> list[Account]:
        """The AWS accounts that it means; none where nothing says it."""
        return accounts(self.diff.new)

    @property
    def invalid(self) -> bool:
        """Whether a provider would refuse an input, or AWS the change."""
        return any(finding.severity == "error" for finding in self.refused) or bool(self.refusals)

    @property
    def refusals(self) -> list[Attention]:
        """Changes that AWS or Kubernetes will refuse for certain."""
        return [item for item in self.attention if item.harm == "refused" and item.level == "danger"]

    def areas(self) -> Mapping[str, Sequence[ResourceDiff]]:
        """The changed resources by the component that they belong to, in the plan's order."""
        found: dict[str, list[ResourceDiff]] = {}
        before, after = self.diff.old.by_urn() if self.diff.old else {}, self.diff.new.by_urn()
        for each in self.diff.resources:
            found.setdefault(self._area(each, after if each.new is not None else before), []).append(each)
        return found

    def _area(self, diff: ResourceDiff, parents: Mapping[str, PlannedResource]) -> str:
        parent = parents.get(diff.resource.parent or "")
        if parent is None or parent.type == "pulumi:pulumi:Stack":
            return "stack"
        return f"{parent.type.rpartition(':')[2]} {parent.name}"


@dataclass(frozen=True, slots=True)
class Report:
    """All stacks of one comparison."""

    project: str
    base: str
    """What was compared with, such as `origin/main (3f2c1ab)`."""
    stacks: tuple[StackReport, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    """Stacks that could not be rendered, with what is wrong."""
    notes: tuple[str, ...] = ()
    """What limits the comparison as a whole."""
    stack_notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What limits it for one stack."""
    gone: tuple[str, ...] = ()
    """Stacks that only the base has, in all shards."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Stacks of which it cannot be told what happens to them, as their base cannot be rendered, with the reason."""
    commit: str = ""
    """Short hash of what was looked at, where it is a commit."""
    command: str = ""
    """How to get the same report on one's own machine."""

    @property
    def changed(self) -> list[StackReport]:
        """The stacks of which there is anything to say."""
        return [each for each in self.stacks if each.changed]

    @property
    def unchanged(self) -> list[str]:
        """Names of the stacks to which nothing happens."""
        return [each.stack for each in self.stacks if not each.changed]

    @property
    def limits(self) -> list[str]:
        """All that limits the comparison."""
        return [*self.notes, *(note for notes in self.stack_notes.values() for note in notes)]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """Resources of all stacks by what happens to them."""
        return {kind: sum(each.diff.counts[kind] for each in self.stacks) for kind in KINDS}

    @property
    def level(self) -> Literal["danger", "warning", "note", "clean"]:
        """The worst that there is to say."""
        if self.errors or any(each.invalid or (each.policies and each.policies.blocked) for each in self.stacks):
            return "danger"
        levels: set[Level] = {item.level for each in self.stacks for item in each.attention}
        levels |= {item.level for each in self.stacks for item in each.security if item.added}
        if "danger" in levels:
            return "danger"
        if "warning" in levels:
            return "warning"
        return "note" if self.changed else "clean"

    @property
    def verdict(self) -> str:
        """The one line that a busy reader reads."""
        quiet = "no changes" if not self.changed else "changes, none of which needs a second look"
        said = verdict(self) or (quiet if self.level in ("note", "clean") else "changes that need a second look")
        missed = sum(len(each.gaps) for each in self.stacks)
        return f"{said}; {count(missed, 'thing')} of the program not followed" if missed else said
