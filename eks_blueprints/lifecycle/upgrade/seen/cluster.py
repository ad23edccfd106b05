"""A cluster that can be reached: its kubelets, budgets and workloads right now, and APIs that clients still ask for.

Read with `kubectl`, and nothing is written: the same program and the same rights as the people who will upgrade it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.lifecycle.upgrade.declared_nodes import minor_in
from eks_blueprints.lifecycle.upgrade.model import Api, Finding, Nodes, Situation
from eks_blueprints.lifecycle.upgrade.seen.answers import rows, within
from eks_blueprints.lifecycle.upgrade.seen.workloads import workloads
from eks_blueprints.live.errors import LiveError
from eks_blueprints.live.kubectl import Kubectl, forbidding

_SECONDS = 60
_ASKED = re.compile(r"^apiserver_requested_deprecated_apis\{([^}]*)\} +([0-9.e+]+)", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_BY_LABEL = {
    "eks.amazonaws.com/nodegroup": "managed",
    "eks.amazonaws.com/fargate-profile": "fargate",
    "karpenter.sh/nodepool": "karpenter",
}
_MOST = 10


@dataclass(frozen=True, slots=True)
class Connection:
    """Which cluster `kubectl` talks to."""

    kubeconfig: Path | None = None
    context: str | None = None

    def get(self, *words: str) -> str:
        """What `kubectl` answers.

        Raises:
            InputError: if there is none on the PATH, or it cannot answer.
        """
        try:
            kubectl = Kubectl(file=self.kubeconfig, context=self.context)
            code, out, err = kubectl.answer(f"--request-timeout={_SECONDS}s", *words)
        except LiveError as error:
            do = "or plan without --kubeconfig and --context"
            raise InputError([Problem(("--kubeconfig",), f"{error}, {do}")]) from None
        if code:
            raise self._failed(words, err.strip().splitlines()[-1] if err.strip() else "no reason")
        return out

    def _failed(self, words: tuple[str, ...], why: str) -> InputError:
        do = "look at the kubeconfig, its context and your rights"
        return InputError([Problem(("--kubeconfig",), f"kubectl {' '.join(words)} failed; got {why}; {do}")])


def with_cluster(situation: Situation, connection: Connection) -> Situation:
    """The situation with what runs on the cluster.

    Raises:
        InputError: if it cannot be asked.
    """
    version = minor_in(str(within(json.loads(connection.get("version", "-o", "json")), "serverVersion", "gitVersion")))
    nodes = rows(json.loads(connection.get("get", "nodes", "-o", "json")).get("items"))
    budgets = rows(json.loads(connection.get("get", "pdb", "--all-namespaces", "-o", "json")).get("items"))
    kubelets = list(_kubelets(nodes))
    found = [*_drains(budgets), *_conditions(nodes), *_strangers(kubelets, situation)]
    found += _wrong_cluster(version, situation)
    found += workloads(connection.get)
    asked, unread = _requests(connection)
    return replace(
        situation,
        minor=version or situation.minor,
        declared=situation.minor if version is not None and version != situation.minor else situation.declared,
        nodes=tuple(_seen(each, kubelets, situation) for each in situation.nodes),
        apis=(*situation.apis, *asked),
        findings=(*situation.findings, *found, *unread),
        looked_at=(*situation.looked_at, "cluster"),
    )


def _kubelets(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str, int | None]]:
    """Kind, group and minor of each node."""
    for each in nodes:
        labels = within(each, "metadata", "labels") or {}
        minor = minor_in(within(each, "status", "nodeInfo", "kubeletVersion"))
        kind, name = next(((kind, str(labels[key])) for key, kind in _BY_LABEL.items() if key in labels), ("", ""))
        if labels.get("eks.amazonaws.com/compute-type") in ("auto", "hybrid"):
            kind = {"auto": "auto mode", "hybrid": "hybrid"}[labels["eks.amazonaws.com/compute-type"]]
        yield kind, name, minor


def _seen(each: Nodes, kubelets: list[tuple[str, str, int | None]], situation: Situation) -> Nodes:
    alone = len(situation.of_kind(each.kind)) == 1
    found = [
        minor
        for kind, name, minor in kubelets
        if kind == each.kind and minor is not None and (alone or _of_group(name, each.name))
    ]
    if not found and each.kind == "self-managed":
        found = [minor for kind, _, minor in kubelets if not kind and minor is not None]
    return replace(each, minor=min(found), count=len(found)) if found else each


def _of_group(name: str, element: str) -> bool:
    """Whether a group's name in AWS is that of an element: EKS adds a suffix to what this library calls it."""
    return name == element or f"-{element.replace('_', '-')}-" in f"-{name}-"


def _strangers(kubelets: list[tuple[str, str, int | None]], situation: Situation) -> Iterator[Finding]:
    kinds = {each.kind for each in situation.nodes} | ({"auto mode"} if situation.auto_mode else set())
    strange = [kind or "self-managed" for kind, _, _ in kubelets if (kind or "self-managed") not in kinds]
    for kind in dict.fromkeys(strange):
        oldest = min((minor for k, _, minor in kubelets if (k or "self-managed") == kind and minor), default=None)
        what = (
            f"the cluster has {strange.count(kind)} nodes of kind {kind}, the oldest 1.{oldest}, which are "
            "not in this program"
        )
        do = "upgrade them by whoever keeps them; plan with the stack that makes them"
        yield Finding(level="warning", code="nodes-elsewhere", what=what, do=do)


def _drains(budgets: list[dict[str, Any]]) -> Iterator[Finding]:
    none = list(forbidding(budgets))
    if none:
        more = f" and {len(none) - _MOST} more" if len(none) > _MOST else ""
        what = f"these disruption budgets allow no eviction right now: {', '.join(none[:_MOST])}{more}"
        do = "give their workloads another pod, or their budget room; one whose pods are unhealthy may mend itself"
        yield Finding(level="blocker", code="pdb-now", what=what, do=do, source="policy/v1 status.disruptionsAllowed")


def _conditions(nodes: list[dict[str, Any]]) -> Iterator[Finding]:
    bad = [
        str(within(each, "metadata", "name"))
        for each in nodes
        if not any(
            row.get("type") == "Ready" and row.get("status") == "True"
            for row in rows(within(each, "status", "conditions"))
        )
    ]
    if bad:
        what = f"{len(bad)} nodes are not ready: {', '.join(bad[:_MOST])}"
        yield Finding(level="blocker", code="nodes-not-ready", what=what, do="mend or remove them first")


def _wrong_cluster(version: int | None, situation: Situation) -> Iterator[Finding]:
    if version is None or abs(version - situation.minor) > 1:
        known = f"runs 1.{version}" if version is not None else "does not say its version"
        what = (
            f"the cluster of this kubeconfig {known}, and the stack file says 1.{situation.minor}: is it the same one?"
        )
        do = "look at kubectl config current-context; name another by --context"
        yield Finding(level="unknown", code="other-cluster", what=what, do=do, place=situation.place, gate=True)


def _requests(connection: Connection) -> tuple[list[Api], list[Finding]]:
    """Deprecated APIs that clients asked for since the API servers began, and whether that could be read at all."""
    try:
        text = connection.get("get", "--raw", "/metrics")
    except InputError as error:
        what = f"whether clients ask for deprecated APIs could not be read: {error.problems[0].message}"
        do = "ask with the right to GET /metrics, or plan with --insights"
        return [], [Finding(level="unknown", code="api-requests", what=what, do=do, gate=True)]
    found = []
    for match in _ASKED.finditer(text):
        labels: Mapping[str, str] = dict(_LABEL.findall(match[1]))
        group = f"{labels.get('group')}/" if labels.get("group") else ""
        removed = minor_in(labels.get("removed_release"))
        found.append(
            Api(f"{group}{labels.get('version')}", str(labels.get("resource")), "", "requests", removed_in=removed)
        )
    return list(dict.fromkeys(found)), []
