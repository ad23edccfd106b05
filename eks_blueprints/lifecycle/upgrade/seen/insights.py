"""EKS's own upgrade insights: `aws eks list-insights` and `aws eks describe-insight`.

Source: EKS API reference, types Insight, InsightSummary, DeprecationDetail and AddonCompatibilityDetail (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from eks_blueprints.core.clock import now
from eks_blueprints.lifecycle.upgrade.model import Finding, Level, Situation
from eks_blueprints.lifecycle.upgrade.seen.answers import answer, rows, within

_LEVELS: dict[str, Level] = {"ERROR": "blocker", "WARNING": "warning", "UNKNOWN": "unknown"}
_OLD = timedelta(hours=24)
_SOURCE = "EKS cluster insights"


def with_insights(situation: Situation, files: Iterable[Path]) -> Situation:
    """The situation with what insights say; each file holds a list of them or one.

    Raises:
        InputError: if a file is no answer of EKS.
    """
    given: dict[str, tuple[dict[str, Any], Path]] = {}
    found: list[Finding] = []
    for file in files:
        read = _read(file)
        if not read:
            found.append(_none(file, situation))
        for each in read:
            name = str(each.get("id") or f"{file}#{len(given)}")
            # `describe-insight` says more of the same one than `list-insights`.
            if name not in given or "categorySpecificSummary" in each:
                given[name] = each, file
    for each, file in given.values():
        if each.get("category") in (None, "UPGRADE_READINESS"):
            found += _insight(each, file, situation.cluster)
    return replace(situation, findings=(*situation.findings, *found), looked_at=(*situation.looked_at, "insights"))


def _read(file: Path) -> list[dict[str, Any]]:
    data = answer(file, "insights", "insight", command="aws eks list-insights or describe-insight")
    return rows(data.get("insights")) if "insights" in data else rows([data["insight"]])


def _none(file: Path, situation: Situation) -> Finding:
    what = "EKS has no insights of this cluster: whether clients ask for removed APIs is not known"
    do = _refresh(situation.cluster)
    return Finding(level="unknown", code="insights", what=what, do=do, place=str(file), source=_SOURCE, gate=True)


def _refresh(cluster: str) -> str:
    return f"refresh them: aws eks start-insights-refresh --cluster-name {cluster}, and list them again"


def _insight(each: dict[str, Any], file: Path, cluster: str) -> Iterator[Finding]:
    status = str(within(each, "insightStatus", "status"))
    version, name = each.get("kubernetesVersion"), each.get("name") or each.get("id")
    if status != "PASSING":
        level = _LEVELS.get(status, "unknown")
        reason = within(each, "insightStatus", "reason") or each.get("description") or "EKS gives no reason"
        details = "; ".join(_details(each))
        yield Finding(
            level=level,
            code="insight",
            what=f"EKS says {status} for {version}: {name}: {reason}{f'; {details}' if details else ''}",
            do=str(
                each.get("recommendation") or f"aws eks describe-insight --id {each.get('id')} --cluster-name {cluster}"
            ),
            place=str(file),
            source=_SOURCE,
            gate=level == "unknown",
        )
    when = _time(each.get("lastRefreshTime"))
    if when is None or now() - when > _OLD:
        said = "does not say when it looked" if when is None else f"looked on {when:%Y-%m-%d %H:%M}, over 24 hours ago"
        what = f"EKS {said}: {name}"
        yield Finding(
            level="warning", code="insight-old", what=what, do=_refresh(cluster), place=str(file), source=_SOURCE
        )


def _details(each: dict[str, Any]) -> Iterator[str]:
    summary = each.get("categorySpecificSummary")
    for detail in rows(within(summary, "deprecationDetails")):
        clients = ", ".join(
            f"{client.get('userAgent')} ({client.get('numberOfRequestsLast30Days')} in 30 days)"
            for client in rows(detail.get("clientStats"))[:5]
        )
        asked = f", asked for by {clients}" if clients else ""
        yield (
            f"{detail.get('usage')} is not served from {detail.get('stopServingVersion')} on, use "
            f"{detail.get('replacedWith')}{asked}; a client that was mended is listed for up to 30 days"
        )
    for detail in rows(within(summary, "addonCompatibilityDetails")):
        versions = ", ".join(map(str, detail.get("compatibleVersions") or ()))
        yield f"add-on {detail.get('name')} runs there as {versions or 'none of its versions'}"
    names = [str(row.get("kubernetesResourceUri") or row.get("arn")) for row in rows(each.get("resources"))]
    if names:
        yield f"resources: {', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"


def _time(value: Any) -> datetime | None:
    """A time as the AWS CLI writes it: ISO 8601, or seconds since 1970."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
