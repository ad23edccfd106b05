"""A preview as JSON: the plan, versioned and deterministic, with its findings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.plain_secrets import PLAIN, hidden
from eks_blueprints.recording import Plan, Position
from eks_blueprints.review.preview.account import accounts
from eks_blueprints.review.preview.run import Finding, Preview
from eks_blueprints.review.preview.support import calendar
from eks_blueprints.review.preview.system_pods import system_pods

COMPARED = "EKS_BLUEPRINTS_COMPARED"
"""Environment variable by which `diff` asks for the plan of its old side, which it reads from a pipe and compares."""


def written(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a file or a screen: secrets that stand in plain text in inputs and outputs are masked.

    `diff` gets them as they are, since a secret that changes is a change; it masks what it shows of both sides.
    """
    if os.environ.get(COMPARED):
        return dict(data)
    resources = [{**each, "inputs": hidden(each["inputs"], "", PLAIN, PLAIN)} for each in data["resources"]]
    return {**data, "resources": resources, "outputs": hidden(data["outputs"], "", PLAIN, PLAIN)}


def to_data(preview: Preview) -> dict[str, Any]:
    """The plan's own data with accounts, findings and gaps beside it; nothing depends on the machine or the moment."""
    data = preview.plan.to_data()
    found = [account.to_data() for account in accounts(preview.plan)]
    findings = [finding.to_data() for finding in preview.findings]
    pods = system_pods(preview.plan)
    told: dict[str, Any] = {} if pods is None else {"systemPods": pods.to_data()}
    if days := calendar(preview.plan):
        told["calendar"] = days
    return {**data, "accounts": found, "findings": findings, "gaps": list(dict.fromkeys(preview.gaps)), **told}


def from_data(data: Mapping[str, Any]) -> tuple[Plan, tuple[Finding, ...], tuple[str, ...]]:
    """The plan, the findings and the gaps that `to_data` wrote."""
    plan = Plan.from_data(data)
    by_urn = plan.by_urn()
    found = tuple(_finding(each, by_urn) for each in data.get("findings", ()))
    return plan, found, tuple(data.get("gaps", ()))


def _finding(data: Mapping[str, Any], by_urn: Mapping[str, Any]) -> Finding:
    resource = by_urn[data["urn"]]
    place = data.get("position")
    file, _, line = place.rpartition(":") if place else ("", "", "")
    position = Position(file, int(line)) if place else None
    return Finding(data["urn"], resource.name, resource.type, data["message"], data["severity"], position)
