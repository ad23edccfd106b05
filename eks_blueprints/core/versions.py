"""When EKS offers which Kubernetes version; the facts live in `versions.toml`, with their date and source.

Whether a version is supported is judged by today's date (`clock`): a table that nobody has renewed is no reason to call
a version supported whose day has passed.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from eks_blueprints.core.clock import today
from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form

Support = Literal["standard", "extended", "ended", "unknown"]

_VERSION = Form(r"1\.([1-9]\d?)")
_FILE = Path(__file__).with_name("versions.toml")
_STANDING: ContextVar[bool] = ContextVar("standing", default=False)


@dataclass(frozen=True, slots=True)
class Release:
    """One Kubernetes minor version on EKS; a date that is not known is None."""

    version: str
    eks_release: date | None
    end_standard_support: date | None
    end_extended_support: date | None


def as_of() -> date:
    """The date of the table."""
    found: date = _table()["as_of"]
    return found


def releases() -> dict[str, Release]:
    """Every version that EKS has offered, oldest first."""
    return _releases()


def latest() -> str:
    """The newest version in the table."""
    return next(reversed(_releases()))


def supported() -> tuple[str, ...]:
    """The versions in standard or extended support, oldest first."""
    return tuple(version for version in _releases() if support(version) in ("standard", "extended"))


def minor(version: str) -> int:
    """The minor part: 34 for `"1.34"`.

    Raises:
        ValueError: if the text is not two numbers with a dot between them.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(
            f'is not a valid Kubernetes version; got {shown(version)}; write major.minor, such as "{latest()}"'
        )
    return int(match.group(1))


def support(version: str) -> Support:
    """How EKS supports a version today; `unknown` for one that is newer than the table.

    Raises:
        ValueError: if the text is not a valid version.
    """
    release = _releases().get(version)
    if release is None:
        return "unknown" if minor(version) > minor(latest()) else "ended"
    if release.end_extended_support is not None and release.end_extended_support <= today():
        return "ended"
    if release.end_standard_support is not None and release.end_standard_support <= today():
        return "extended"
    return "standard"


def offered(version: str) -> str:
    """A version, if EKS offers it or may do so by now; inside of `what_stands` also one that it once offered.

    Raises:
        ValueError: if it is not a version, or its support has ended.
    """
    minor(version)
    if support(version) == "ended" and not (_STANDING.get() and version in _releases()):
        choice = ", ".join(supported())
        raise ValueError(f"is no longer offered by EKS; got {shown(version)}; use one of {choice}")
    return version


@contextmanager
def what_stands() -> Iterator[None]:
    """Take versions whose support has ended: a cluster may still run one, and its upgrade has to be planned."""
    token = _STANDING.set(True)
    try:
        yield
    finally:
        _STANDING.reset(token)


def standing_taken() -> bool:
    """Whether what runs is taken as it is, as inside of `what_stands`: also what EKS would no longer let be made so."""
    return _STANDING.get()


def meant(text: str) -> tuple[str, ...]:
    """The versions of the table that a text which is none of them may stand for, oldest first."""
    numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", text))
    if len(numbers) > 1 and numbers[0].lstrip("0") == "1":
        del numbers[0]
    start = numbers[0].lstrip("0") if numbers else ""
    return tuple(version for version in _releases() if start and version.startswith(f"1.{start}"))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _releases() -> dict[str, Release]:
    return {
        row["version"]: Release(
            row["version"],
            row.get("eks_release"),
            row.get("end_standard_support"),
            row.get("end_extended_support"),
        )
        for row in _table()["versions"]
    }


HPA_TOLERANCE = 35
"""Minor version from which on `behavior` of a HorizontalPodAutoscaler says the tolerance: the feature gate
HPAConfigurableTolerance is off in 1.33 and 1.34, and EKS lets no gate be changed.

Source: pkg/features/kube_features.go of Kubernetes 1.36, 2026-11."""
