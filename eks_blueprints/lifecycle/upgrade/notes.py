"""What each Kubernetes version changes on EKS, and the custom resources that controllers stop serving: `notes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.versions import minor

_FILE = Path(__file__).with_name("notes.toml")
_UPSTREAM = "https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-{version}.md"
_EKS = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions-{support}.html"


@dataclass(frozen=True, slots=True)
class Notes:
    """What one version changes."""

    version: str
    before: tuple[str, ...] = ()
    """What has to be done before the control plane gets it."""
    breaking: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    notable: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    """What sources contradict each other about."""


@dataclass(frozen=True, slots=True)
class CustomApi:
    """An API version of a custom resource that a controller has dropped."""

    component: str
    removed_in: str
    """The component's version that no longer serves it; empty where that is not known."""
    replacement: str
    migration: str


@dataclass(frozen=True, slots=True)
class Ending:
    """A field, an annotation or a flag that Kubernetes stops honouring; minors, None where that is open."""

    where: str
    """`annotation`, `flag` (of the kubelet), `kube-proxy`, `service` or `volume`."""
    match: str
    """What it is called, or begins with."""
    deprecated: int | None
    ends: int | None
    fails: bool
    """Whether pods or nodes that have it do not start any more."""
    instead: str
    source: str


@cache
def endings(where: str | None = None) -> tuple[Ending, ...]:
    """What ends, in some place or everywhere."""
    return tuple(
        Ending(
            row["where"],
            row["match"],
            minor(row["deprecated"]) if "deprecated" in row else None,
            minor(row["ends"]) if "ends" in row else None,
            row.get("fails", False),
            row["instead"],
            row["source"],
        )
        for row in _table()["fields"]
        if where in (None, row["where"])
    )


def notes(version: str) -> Notes | None:
    """What a version changes; None for one that the table does not have."""
    row = next((each for each in _table()["versions"] if each["version"] == version), None)
    if row is None:
        return None
    return Notes(
        version,
        tuple(row.get("required_before", ())),
        (*row.get("breaking", ()), *row.get("eks_specific", ())),
        tuple(row.get("deprecated", ())),
        tuple(row.get("notable", ())),
        tuple(row.get("unsure", ())),
    )


def release_notes(version: str, *, standard: bool) -> tuple[str, str]:
    """Where the release notes of a version stand: those of EKS and those of Kubernetes."""
    return _EKS.format(support="standard" if standard else "extended"), _UPSTREAM.format(version=version)


def custom_apis(api_version: str, kind: str) -> CustomApi | None:
    """What became of an API version of a custom resource; None for one that the table does not have."""
    for row in _table()["crds"]:
        if row["api_version"] == api_version and row["kind"] in (kind, "*"):
            return CustomApi(row["component"], row.get("removed_in", ""), row["replacement"], row.get("migration", ""))
    return None


def as_of() -> str:
    """The date of the table."""
    line = next(each for each in _FILE.read_text(encoding="utf-8").splitlines() if each.startswith("# as_of:"))
    return line.rpartition(" ")[2]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
