"""An exported state (`pulumi stack export`): which versions are deployed, whatever the stack file says by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Component, Finding, Nodes, Situation
from eks_blueprints.recording.exported import exported

_CLUSTER, _GROUP, _ADDON = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
_RELEASE = "kubernetes:helm.sh/v3:Release"


def with_state(situation: Situation, text: str, file: str) -> Situation:
    """The situation with what a state says of its cluster, its groups, add-ons and Helm releases.

    Raises:
        InputError: if the text is no exported state.
    """
    found = [each for each in exported(text, file, empty=False)["deployment"]["resources"] if not each.get("delete")]
    clusters = [each for each in found if each.get("type") == _CLUSTER]
    cluster = next((each for each in clusters if _outputs(each).get("name") == situation.cluster), None)
    cluster = clusters[0] if cluster is None and len(clusters) == 1 else cluster
    seen = replace(situation, looked_at=(*situation.looked_at, "state"))
    if cluster is None:
        what = f"the state holds no cluster {situation.cluster}: nothing in it says which version is deployed"
        gone = Finding(level="unknown", code="state", what=what, do="export the stack that makes it", gate=True)
        return replace(seen, findings=(*seen.findings, gone))
    outputs = _outputs(cluster)
    minor = minor_in(outputs.get("version"))
    groups = {_name(each): each for each in found if each.get("type") == _GROUP}
    addons = {str(_outputs(each).get("addonName")): each for each in found if each.get("type") == _ADDON}
    charts = {_chart(each): each for each in found if each.get("type") == _RELEASE}
    problems = [*_health(outputs, situation), *_pending(found, file)]
    return replace(
        seen,
        minor=minor or seen.minor,
        declared=seen.minor if minor is not None and minor != seen.minor else None,
        nodes=tuple(_group(each, groups, situation) for each in seen.nodes),
        components=tuple(_component(each, addons, charts) for each in seen.components),
        findings=(*seen.findings, *problems),
    )


def _group(each: Nodes, groups: Mapping[str, Mapping[str, Any]], situation: Situation) -> Nodes:
    if each.kind != "managed":
        return each
    found = next((row for name, row in groups.items() if _is(name, each.name)), None)
    if found is None:
        return each
    outputs = _outputs(found)
    minor = minor_in(outputs.get("releaseVersion")) or minor_in(outputs.get("version"))
    sizes = outputs.get("scalingConfig")
    count = sizes.get("desiredSize") if isinstance(sizes, dict) else None
    return replace(each, minor=minor or each.minor, count=int(count) if isinstance(count, int | float) else each.count)


def _is(logical: str, element: str) -> bool:
    """Whether a logical name is that of the group of an element: `shop-general-group` of `general`."""
    return logical == element or logical.endswith(f"-{element.replace('_', '-')}-group")


def _component(
    each: Component, addons: Mapping[str, Mapping[str, Any]], charts: Mapping[str, Mapping[str, Any]]
) -> Component:
    found = addons.get(each.name) if each.eks else charts.get(each.name)
    version = _outputs(found).get("addonVersion" if each.eks else "version") if found is not None else None
    return replace(each, version=version) if isinstance(version, str) else each


def _health(outputs: Mapping[str, Any], situation: Situation) -> list[Finding]:
    status = outputs.get("status")
    if status in (None, "ACTIVE"):
        return []
    what = f"the cluster is {status}, and EKS updates only one that is ACTIVE"
    do = "wait, or run pulumi refresh where this is old"
    return [Finding(level="blocker", code="cluster-status", what=what, do=do, place=situation.place)]


def _pending(found: list[Any], file: str) -> list[Finding]:
    names = [str(each["urn"]).rpartition("::")[2] for each in found if each.get("initErrors") or each.get("taint")]
    if not names:
        return []
    what = f"the last deployment left {', '.join(names[:5])} unfinished"
    return [Finding(level="blocker", code="state", what=what, do="run pulumi up to its end first", place=file)]


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("urn", "")).rpartition("::")[2]


def _chart(row: Mapping[str, Any]) -> str:
    inputs = row.get("inputs")
    return str(inputs.get("chart", "") if isinstance(inputs, dict) else "").rpartition("/")[2]


def _outputs(row: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found = row.get("outputs") if row is not None else None
    return found if isinstance(found, dict) else {}
