"""Waivers: leave to break a rule. One that has expired, covers nothing or is not fit to be one is a finding itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Enforcement, Rule
from eks_blueprints.policies.objects import namespace_of, object_name
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.settings import PlacedWaiver, WaivedResource
from eks_blueprints.policies.stack import Resource, Stack

VALID = "waiver-valid"
"""The rule about waivers."""

WARN_DAYS = 14
"""A waiver that runs out within so many days is said to do so."""

EnforcementOf = Callable[[Rule], Enforcement]
ParamsOf = Callable[[Rule], dict[str, Any]]


def apply(
    findings: Sequence[Finding],
    waivers: Sequence[PlacedWaiver],
    stack: Stack,
    today: date,
    *,
    enforcement_of: EnforcementOf,
    params_of: ParamsOf,
) -> list[Finding]:
    """The findings with those marked that are waived, and what is wrong with the waivers."""
    rule = rules()[VALID]
    params = params_of(rule)
    result = list(findings)
    said: list[tuple[PlacedWaiver, str, str, bool]] = []
    for placed in waivers:
        covered = [index for index, each in enumerate(result) if _covers(placed, each, stack)]
        wrong = list(_wrong(placed, params, today))
        said += [(placed, what, do, False) for what, do in wrong]
        if not wrong:
            for index in covered:
                result[index] = _waived(result[index], placed, today)
            said += _doubts(placed, covered, today)
    enforcement = enforcement_of(rule)
    if enforcement == "disabled":
        return result
    return result + [_about(placed, what, do, "advisory" if low else enforcement) for placed, what, do, low in said]


def covers(selector: WaivedResource, resource: Resource, stack: Stack) -> bool:
    """Whether a waiver's selector fits a resource."""
    given = [(selector.type, resource.type), (selector.name, resource.name), (selector.urn, resource.urn)]
    if selector.object is not None:
        if not resource.is_object:
            return False
        found = f"{namespace_of(resource, stack)}/{resource.kind}/{object_name(resource, stack)}"
        given.append((selector.object, found))
    return all(wanted is None or fnmatchcase(found, wanted) for wanted, found in given)


def _covers(placed: PlacedWaiver, finding: Finding, stack: Stack) -> bool:
    # An undetermined verdict is never waived: nobody knows yet what would be allowed.
    if finding.policy != placed.waiver.policy or finding.verdict != "fail":
        return False
    resource = stack.by_urn.get(finding.urn)
    return resource is not None and covers(placed.waiver.resource, resource, stack)


def _wrong(placed: PlacedWaiver, params: dict[str, Any], today: date) -> Iterator[tuple[str, str]]:
    waiver = placed.waiver
    rule = rules()[waiver.policy]
    created, expires = date.fromisoformat(waiver.created), date.fromisoformat(waiver.expires)
    if waiver.policy in params["never_waived"]:
        yield f"{waiver.policy} cannot be waived", "fix what it finds"
    if expires <= today:
        yield f"expired on {waiver.expires}", "renew it with a new date of creation, or fix what it covers"
    most = params["max_days_critical"] if rule.severity == "critical" else params["max_days"]
    if (expires - created).days > most:
        yield f"holds for {(expires - created).days} days", f"let it expire within {most} days of {waiver.created}"
    if created > today:
        yield f"was created in the future; got {waiver.created}", "write the day it was given"
    if rule.severity == "critical" and not (waiver.ticket and waiver.approved_by):
        yield "waives a critical rule", "give a ticket and approved_by"
    if waiver.approved_by is not None and waiver.approved_by == waiver.owner:
        yield f"is approved by its owner; got {waiver.owner}", "let someone else approve it"


def _doubts(placed: PlacedWaiver, covered: list[int], today: date) -> list[tuple[PlacedWaiver, str, str, bool]]:
    if not covered:
        return [(placed, "covers no finding", "remove it", True)]
    left = (date.fromisoformat(placed.waiver.expires) - today).days
    if left <= WARN_DAYS:
        return [(placed, f"runs out in {left} days", "fix what it covers", True)]
    return []


def _waived(finding: Finding, placed: PlacedWaiver, today: date) -> Finding:
    waiver = placed.waiver
    left = (date.fromisoformat(waiver.expires) - today).days
    return replace(finding, verdict="waived", waiver=f"{waiver.reason} ({waiver.owner}, {left} days left)")


def _about(placed: PlacedWaiver, what: str, do: str, enforcement: Enforcement) -> Finding:
    waiver = placed.waiver
    fits = waiver.resource
    covered = fits.name or fits.object or fits.urn or fits.type or ""
    return Finding(
        policy=VALID,
        verdict="fail",
        severity=rules()[VALID].severity,
        enforcement=enforcement,
        resource=covered,
        type="waiver",
        urn=f"waiver:{waiver.policy}:{covered}",
        path=("waivers", waiver.policy),
        what=what,
        got="",
        do=do,
        file=placed.file,
        line=placed.place.line if placed.place else None,
        column=placed.place.column if placed.place else None,
    )
