"""The engine's previews as the report that a comparison of two plans gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.report import Finding, in_order
from eks_blueprints.review.cost import Prices
from eks_blueprints.review.diff.commits import head
from eks_blueprints.review.effects import effects
from eks_blueprints.review.engine.events import Violation
from eks_blueprints.review.engine.run import EnginePreview
from eks_blueprints.review.report.build import told
from eks_blueprints.review.report.fields import Fields
from eks_blueprints.review.report.model import Policies, Report, StackReport
from eks_blueprints.review.report.money import DEFAULT, Threshold
from eks_blueprints.review.report.policy import judge
from eks_blueprints.review.report.written import NO_EDITS, Edits, named_in
from eks_blueprints.stackfile.extends import read_stack


@dataclass(frozen=True, slots=True)
class EngineReport(Report):
    """A report that also tells of stacks in which nothing changes: a pack judges what stands as well."""

    @property
    def changed(self) -> list[StackReport]:
        """The stacks that there is something to say of."""
        return [each for each in self.stacks if _has_news(each)]

    @property
    def unchanged(self) -> list[str]:
        """Names of the others."""
        return [each.stack for each in self.stacks if not _has_news(each)]

    @property
    def verdict(self) -> str:
        """The one line that a busy reader reads."""
        said = Report.verdict.fget(self)  # type: ignore[attr-defined]
        still = not self.errors and not any(each.diff.changed for each in self.stacks)
        return "no changes" if still and said.startswith("changes, ") else str(said)


def _has_news(stack: StackReport) -> bool:
    return stack.diff.changed or bool(stack.refused) or bool(stack.policies and stack.policies.new)


def report_of(
    previews: Sequence[EnginePreview],
    *,
    errors: Mapping[str, str] | None = None,
    policies: bool = True,
    prices: Prices | None = None,
    command: str = "",
    threshold: Threshold = DEFAULT,
) -> Report:
    """The report of some stacks. `errors` are those of stacks that the engine could not be asked about."""
    failed = {each.target.stack: "\n".join(each.errors) for each in previews if each.errors}
    engines = sorted({each.engine for each in previews if each.engine})
    base = "what is deployed" + (f" (engine {', '.join(engines)})" if engines else "")
    many = len(previews) > 1
    notes = [f"{each.target.stack}: {note}" if many else note for each in previews for note in each.notes]
    return EngineReport(
        project=next((each.diff.project for each in previews), ""),
        base=base,
        stacks=tuple(stack_report(each, policies=policies, prices=prices, threshold=threshold) for each in previews),
        errors={**(errors or {}), **failed},
        notes=tuple(notes),
        commit=head(Path.cwd()),
        command=command,
    )


def stack_report(
    preview: EnginePreview, *, policies: bool = True, prices: Prices | None = None, threshold: Threshold = DEFAULT
) -> StackReport:
    """One stack. Where policy packs were asked they are the policies; else this package's own are, read offline."""
    diff = preview.diff
    if not preview.complete:
        # Half a plan has no cost, and judging it would call sound what was never looked at.
        return StackReport(diff=diff, attention=effects(diff), refused=preview.findings)
    return told(
        diff,
        findings=preview.findings,
        prices=prices,
        policies=_policies(preview) if policies else None,
        edits=_fields(preview),
        threshold=threshold,
    )


def _fields(preview: EnginePreview) -> Edits:
    """The fields of the stack file as it is now: what is deployed says nothing of the file that it came from."""
    file = preview.target.file
    if file is None:
        return NO_EDITS
    try:
        return Fields.of_file(read_stack(file, named_in(preview.diff.new, file)))
    except InputError:
        return NO_EDITS


def _policies(preview: EnginePreview) -> Policies:
    if not preview.packs:
        file, folder = preview.target.file, preview.target.project
        return judge(preview.diff.old, preview.diff.new, file.parent if file else folder)
    found = in_order(_findings(preview))
    broken = len({(each.pack, each.policy) for each in preview.violations})
    return Policies(new=found, fixed=(), standing=0, profile=", ".join(preview.packs), rules=broken)


def _findings(preview: EnginePreview) -> Iterator[Finding]:
    resources = {**(preview.diff.old.by_urn() if preview.diff.old else {}), **preview.diff.new.by_urn()}
    for each in dict.fromkeys(preview.violations):
        resource = resources.get(each.urn)
        place = (resource.source or resource.position) if resource else None
        policy, what = _named(each)
        rule = rules().get(policy)
        yield Finding(
            policy=policy,
            verdict="fail",
            severity=rule.severity if rule else "high" if each.mandatory else "medium",
            enforcement="mandatory" if each.mandatory else "advisory",
            resource=each.urn.rpartition("::")[2] or preview.target.stack,
            type=resource.type if resource else "",
            urn=each.urn,
            path=(),
            what=what,
            got="",
            do="",
            file=place.file if place else None,
            line=place.line if place else None,
        )


def _named(violation: Violation) -> tuple[str, str]:
    """The rule and what it says in one line: the engine has put the policy's description above it.

    This package's pack gives advice of rules that block otherwise under a name of its own, with the rule's in front.
    """
    lines = [line.strip() for line in violation.message.splitlines() if line.strip()]
    what = " ".join(lines[1:] or lines)
    rule, _, rest = what.partition(": ")
    return (rule, rest) if rest and rule in rules() else (violation.policy, what)
