"""The preparation that only people can do: a form with questions, kept beside the stack file, which blocks while blank.

The questions are those of the EKS best practices guide (cluster upgrades) and of AWS's EKS upgrade workshop: who does
it, by which procedure, tested where, what depends on it, and what the service level allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.lifecycle.upgrade.model import Finding, Situation

PREPARATION: dict[str, str] = {
    "release_notes_read_by": "who read the release notes of EKS and Kubernetes, and those of what is installed",
    "responsible_team": "which team carries the upgrade out, and who decides to stop",
    "procedure": "where the procedure is written down, and in which cluster it was tested",
    "effect_on_workloads": "what workloads notice: restarts, interruptions, longer latencies",
    "downstream_dependencies": "what depends on the cluster and has to know: pipelines, other clusters, teams",
    "api_changes": "who changes what uses removed APIs, and until when",
}
QUESTIONS: dict[str, str] = {
    "benefit": "what the new version brings, or which end of support it avoids",
    "order": "the order in which nodes, CNI, Cluster Autoscaler or Karpenter and other parts are upgraded",
    "callers_of_the_api": "which applications of the ecosystem call the Kubernetes API: operators, GitOps, scanners",
    "test_method": "how it is seen that everything works afterwards",
    "rollout_strategy": "in place, or blue/green: of node groups or of clusters",
    "automation": "what is done by pipelines, and what by hand",
    "service_level": "what the service level allows while it goes on, and at which hours",
    "spare_addresses": "how many IP addresses are free for new API servers and new nodes",
}


def form(situation: Situation, target: int) -> str:
    """The form for an upgrade to 1.`target`, to be filled in."""
    title = f"Preparation of the upgrade of {situation.stack} to 1.{target}"
    lines = [f"# {title}. What is blank blocks `upgrade plan --record`."]
    lines += [f'target: "1.{target}"']
    for title, fields in (("preparation", PREPARATION), ("questions", QUESTIONS)):
        lines.append(f"{title}:")
        for key, asked in fields.items():
            lines += [f"  # {asked[:1].upper()}{asked[1:]}.", f'  {key}: ""']
    return "\n".join(lines) + "\n"


def with_record(situation: Situation, file: Path, target: int) -> Situation:
    """The situation with what a filled form leaves blank.

    Raises:
        InputError: if the file is no such form.
    """
    document = read(file)
    problems = []
    for part, fields in (("preparation", PREPARATION), ("questions", QUESTIONS)):
        given = document.data.get(part)
        if not isinstance(given, dict):
            message = "needs a mapping with the answers; got none; write the form with upgrade record"
            problems.append(Problem((part,), message, str(file)))
            continue
        for key in given:
            if key not in fields:
                place = document.place((part, key), of_key=True)
                message = f"no such question; got {key}; the questions are {', '.join(fields)}"
                problems.append(Problem((part, key), message, str(file), place.line if place else 1))
    if problems:
        raise InputError(problems)
    found = [
        *_blank("preparation", PREPARATION, document.data, file),
        *_blank("questions", QUESTIONS, document.data, file),
        *_other(document.data.get("target"), file, target),
    ]
    return replace(
        situation,
        record=tuple(_answers(document.data)),
        findings=(*situation.findings, *found),
        looked_at=(*situation.looked_at, "record"),
    )


def _answers(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for part, fields in (("preparation", PREPARATION), ("questions", QUESTIONS)):
        for key in fields:
            if answer := str(data[part].get(key) or "").strip():
                yield key.replace("_", " "), answer


def _blank(part: str, fields: dict[str, str], data: dict[str, object], file: Path) -> Iterator[Finding]:
    given = data[part]
    for key, asked in fields.items():
        answer = given.get(key) if isinstance(given, dict) else None
        if not str(answer or "").strip():
            yield Finding(
                level="blocker",
                code="record-blank",
                what=f"nobody has said {asked}",
                do=f"fill in {part}.{key}",
                place=str(file),
                source="EKS best practices guide, cluster upgrades",
            )


def _other(target: object, file: Path, wanted: int) -> Iterator[Finding]:
    if target != f"1.{wanted}":
        what = f"the record is of an upgrade to {target}, and this is one to 1.{wanted}"
        yield Finding(level="blocker", code="record-other", what=what, do="write a new one", place=str(file))
