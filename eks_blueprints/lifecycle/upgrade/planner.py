"""From a situation and a target to a plan: the minors on the way, what is found for each, and their steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eks_blueprints.core import versions
from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.support import standing
from eks_blueprints.lifecycle.upgrade import estimate
from eks_blueprints.lifecycle.upgrade.checks.addons import addons
from eks_blueprints.lifecycle.upgrade.checks.apis import apis
from eks_blueprints.lifecycle.upgrade.checks.calendar import calendar, of_today
from eks_blueprints.lifecycle.upgrade.checks.fields import fields
from eks_blueprints.lifecycle.upgrade.checks.network import network
from eks_blueprints.lifecycle.upgrade.checks.nodes import nodes
from eks_blueprints.lifecycle.upgrade.checks.skew import skew
from eks_blueprints.lifecycle.upgrade.model import Finding, Situation
from eks_blueprints.lifecycle.upgrade.planned import Hop, UpgradePlan
from eks_blueprints.lifecycle.upgrade.rollback import rollback_findings, rollback_steps
from eks_blueprints.lifecycle.upgrade.steps import steps

_CHECKS = (calendar, skew, nodes, apis, fields, addons, network)


def plan(situation: Situation, to: str | None = None) -> UpgradePlan:
    """The way to a version; by default to the next minor.

    Raises:
        InputError: if that is no version, or lies so far back that it cannot be meant.
    """
    target = _target(situation, to)
    found = standing(f"1.{situation.minor}", situation.support_type)
    if target < situation.minor:
        hop = Hop(target, tuple(rollback_findings(situation, target)), tuple(rollback_steps(situation, target)))
        return UpgradePlan(situation, target, (hop,), (), found.sentence(), None, rollback=True)
    hops, here = [], situation
    for minor in range(_first(situation, target), target + 1):
        stood = replace(here, minor=min(here.minor, minor - 1)) if here.minor >= minor else here
        findings = tuple(finding for check in _CHECKS for finding in check(stood, minor))
        hops.append(Hop(minor, findings, tuple(steps(here, minor, findings))))
        here = _after(here, minor)
    whole = (*of_today(situation), *_declared(situation), *situation.findings)
    return UpgradePlan(situation, target, tuple(hops), whole, found.sentence(), estimate.waiting(situation))


def _target(situation: Situation, to: str | None) -> int:
    if to is None:
        return situation.minor + 1
    try:
        target = versions.minor(to)
    except ValueError as error:
        raise _refused(to, str(error).partition(";")[0].partition(" got ")[0].rstrip("; "), situation) from None
    newest = max(situation.minor, versions.minor(versions.latest()))
    if target > newest + _A_YEAR:
        do = f"EKS is known to offer up to {versions.latest()}; name one of those, or upgrade eks-blueprints"
        raise InputError([Problem(("--to",), f"is no version that EKS can offer by now; got {to}; {do}")])
    if target <= newest and f"1.{target}" not in versions.releases():
        raise _refused(to, "is no version that EKS has offered", situation)
    if target < situation.minor - 1:
        message = (
            f"is more than one minor below the cluster's 1.{situation.minor}, and EKS rolls back one at most; "
            f"got {to}; "
            "build a second cluster of that version beside it"
        )
        raise InputError([Problem(("--to",), message)])
    return target


def _refused(to: str, what: str, situation: Situation) -> InputError:
    """An error about a text that is no version, with those that may be meant."""
    ahead = [each for each in versions.meant(to) if versions.minor(each) >= situation.minor]
    do = f"did you mean {' or '.join(ahead)}?" if ahead else f"write one up to {versions.latest()}"
    return InputError([Problem(("--to",), f"{what}; got {shown(to)}; {do}")])


_A_YEAR = 3
"""Minors that Kubernetes brings out in a year: a table that is older than that plans nothing well."""


def _first(situation: Situation, target: int) -> int:
    """The first minor on the way: one that the control plane has already, where its nodes are not there yet."""
    return min(situation.minor + 1, target)


def _after(situation: Situation, minor: int) -> Situation:
    """What stands once a minor is done: nodes follow, as the steps say; what is pinned and unknown stays so."""
    moved = tuple(
        replace(each, minor=minor) if each.minor is not None and each.kind != "fargate" else each
        for each in situation.nodes
    )
    return replace(situation, minor=max(situation.minor, minor), declared=None, nodes=moved)


def _declared(situation: Situation) -> Iterator[Finding]:
    if situation.declared is not None and situation.declared != situation.minor:
        yield Finding(
            level="warning",
            code="not-deployed",
            what=f"the stack file says 1.{situation.declared}, and 1.{situation.minor} is deployed",
            do="deploy it, or take it back, before another upgrade is begun",
            place=situation.place,
        )
