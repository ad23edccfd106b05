"""A stack's situation: from its recorded plan, with everything else that was given laid over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from eks_blueprints.core import versions
from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.lifecycle.teardown.cluster import clusters
from eks_blueprints.lifecycle.upgrade.model import Situation
from eks_blueprints.lifecycle.upgrade.seen.aws_lists import with_addon_versions, with_subnets
from eks_blueprints.lifecycle.upgrade.seen.cluster import Connection, with_cluster
from eks_blueprints.lifecycle.upgrade.seen.insights import with_insights
from eks_blueprints.lifecycle.upgrade.seen.state import with_state
from eks_blueprints.lifecycle.upgrade.situation import situations
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.stackfile.extends import read_stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is read besides the plan."""

    state: Path | None = None
    """What `pulumi stack export` wrote."""
    connection: Connection | None = None
    insights: tuple[Path, ...] = ()
    subnets: Path | None = None
    addon_versions: tuple[Path, ...] = ()
    upgraded_on: date | None = None


def situation_of(target: Target, sources: Sources | None = None, *, cluster: str | None = None) -> Situation:
    """The situation of one cluster of a stack.

    Raises:
        InputError: if its stack file or program is invalid, it makes no cluster or several and none is named, or a
            source cannot be read.
    """
    with versions.what_stands():
        plan = preview(target).plan
        document = _document(target)
    folder = target.project if target.project is not None else (target.file.parent if target.file else None)
    regions = {each.name: each.region for each in clusters(plan)}
    found = [
        replace(each, region=regions.get(each.cluster) or plan.region)
        for each in situations(Stack.of_plan(plan, folder), document)
    ]
    return with_sources(_one(found, cluster, plan.stack), sources or Sources())


def with_sources(situation: Situation, sources: Sources) -> Situation:
    """The situation with all that some sources say.

    Raises:
        InputError: if one cannot be read.
    """
    if sources.state is not None:
        try:
            text = sources.state.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            message = "is not UTF-8 text; got something else; write it with pulumi stack export"
            raise InputError([Problem((), message, str(sources.state))]) from None
        situation = with_state(situation, text, str(sources.state))
    if sources.connection is not None:
        situation = with_cluster(situation, sources.connection)
    if sources.subnets is not None:
        situation = with_subnets(situation, sources.subnets)
    if sources.insights:
        situation = with_insights(situation, sources.insights)
    if sources.addon_versions:
        situation = with_addon_versions(situation, sources.addon_versions)
    return replace(situation, upgraded_on=sources.upgraded_on)


def _document(target: Target) -> Document | None:
    return None if target.file is None else read_stack(target.file, str(target.file))


def _one(found: list[Situation], cluster: str | None, stack: str) -> Situation:
    named = [each for each in found if cluster in (None, each.cluster)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(each.cluster for each in found)
    got = "no name" if cluster is None else cluster
    raise InputError([Problem(("--cluster",), f"makes the clusters {names}; got {got}; name one of them", stack)])
