"""API versions that the next control plane no longer serves, in all that is declared, rendered or asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from eks_blueprints.kubernetes.removed import Removed, table
from eks_blueprints.lifecycle.upgrade.model import Api, Finding, Situation
from eks_blueprints.lifecycle.upgrade.notes import custom_apis

_SOURCE = "Kubernetes deprecation guide and k8s.io/api (kubernetes/removed_apis.toml)"
_BUILT_IN = re.compile(r"v\d+\w*|(apps|batch|autoscaling|policy|extensions|[a-z.]+\.k8s\.io)/v\d+\w*")
_NAMED = 3


def apis(situation: Situation, target: int) -> Iterator[Finding]:
    """What a control plane 1.`target` refuses, and what it only warns of."""
    yield from scan(situation.apis, target)
    if situation.delivery and "cluster" not in situation.looked_at and "insights" not in situation.looked_at:
        agents = " and ".join(situation.delivery)
        yield Finding(
            level="unknown",
            code="api-delivered",
            what=f"{agents} brings objects from Git of which this program knows nothing",
            do="plan with --insights or --kubeconfig, or scan that repository too",
            source="EKS user guide, cluster insights",
        )


def scan(uses: Iterable[Api], target: int) -> Iterator[Finding]:
    """The removed and deprecated API versions among some uses; those alike are told once, with how many there are."""
    alike: defaultdict[tuple[str, str, str], list[Api]] = defaultdict(list)
    for each in uses:
        alike[each.api_version, each.kind, each.origin].append(each)
    for (version, kind, origin), found in alike.items():
        if origin == "requests":
            yield from _asked_for(found[0], target)
            continue
        removed = table().get((version, kind))
        if removed is not None:
            yield from _built_in(removed, found, target)
        elif (custom := custom_apis(version, kind)) is not None:
            yield Finding(
                level="blocker",
                code="api-custom-removed",
                what=f"{version} {kind} of {_names(found)} is no longer served by {custom.component} "
                f"{custom.removed_in or 'in its newer versions'}",
                do=_to(custom.replacement, custom.migration),
                place=found[0].place,
                source=f"release notes of {custom.component}",
            )
        elif origin == "declared" and "alpha" in version.rpartition("/")[2] and _BUILT_IN.fullmatch(version):
            yield Finding(
                level="unknown",
                code="api-alpha",
                what=f"{version} {kind} of {_names(found)} is an alpha API, which EKS does not serve",
                do="do without it",
                place=found[0].place,
                source="EKS user guide, Kubernetes versions",
            )


def _built_in(removed: Removed, found: list[Api], target: int) -> Iterator[Finding]:
    first, gone = found[0], removed.removed_in
    do = _to(removed.replacement, removed.migration)
    what = f"{first.api_version} {first.kind} of {_names(found)}"
    if gone is not None and gone <= target:
        yield Finding(
            level="blocker",
            code="api-removed",
            what=f"{what} is no longer served from 1.{gone} on",
            do=do,
            place=first.place,
            source=_SOURCE,
        )
    elif gone == target + 1 or (removed.deprecated_in is not None and removed.deprecated_in <= target):
        when = f"goes with 1.{gone}{' (planned)' if removed.planned else ''}" if gone else "has no day of removal yet"
        yield Finding(
            level="warning",
            code="api-deprecated",
            what=f"{what} is deprecated, and {when}",
            do=do,
            place=first.place,
            source=_SOURCE,
        )


def _asked_for(use: Api, target: int) -> Iterator[Finding]:
    """What clients asked a running API server for, with the minor that it names itself."""
    gone = use.removed_in
    when = f"which 1.{gone} no longer serves" if gone is not None else "which is deprecated"
    yield Finding(
        level="blocker" if gone is not None and gone <= target else "warning",
        code="api-requests",
        what=f"clients of this cluster ask for {use.api_version} {use.kind}, {when}",
        do="find them by user agent (aws eks describe-insight, or the audit log) and upgrade them",
        source="metric apiserver_requested_deprecated_apis",
    )


def _to(replacement: str, migration: str) -> str:
    do = f"use {replacement}" if replacement else "do without it"
    return f"{do}: {migration}" if migration else do


def _names(found: list[Api]) -> str:
    origin = found[0].origin
    names = list(dict.fromkeys(each.name for each in found if each.name))
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    if origin == "declared":
        return shown or "an object"
    return f"{origin} ({shown})" if shown else origin
