"""Which release of Karpenter runs on which Kubernetes version; the facts live in `releases.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.versions import minor

_VERSION = Form(r"1\.\d{1,3}\.\d{1,3}")
_FILE = Path(__file__).with_name("releases.toml")


def default_release() -> str:
    """The release that is installed where none is asked for: the newest that this library knows."""
    return str(_table()["default"])


def release(version: str) -> str:
    """A release of Karpenter, such as `1.15.2`.

    Raises:
        ValueError: if there can be none of that name, or it is known to be broken.
    """
    if not _VERSION.fullmatch(version):
        raise ValueError(
            f"is not a valid release of Karpenter; got {shown(version)}; write it like {default_release()}"
        )
    if version in _table()["broken"]:
        raise ValueError(f"is a broken release; got {shown(version)}; use {default_release()}")
    return version


def oldest_for(kubernetes_version: str) -> str | None:
    """The oldest release for a Kubernetes version; None for one that is newer than the table."""
    table: dict[str, str] = _table()["minimum"]
    if kubernetes_version in table:
        return table[kubernetes_version]
    return None if minor(kubernetes_version) > minor(next(reversed(table))) else next(iter(table.values()))


def check(version: str, kubernetes_version: str) -> Iterator[Problem]:
    """What is wrong or doubtful about a release on a Kubernetes version; the path is that of the version."""
    needed = oldest_for(kubernetes_version)
    path = ("version",)
    if parts(version) > parts(default_release()):
        message = f"is newer than {default_release()}, the newest release known on {_table()['as_of']}; got {version}"
        unchecked = "its new and changed fields, labels, settings, permissions and Kubernetes versions were not checked"
        yield Problem(path, f"{message}; {unchecked}: read its release notes", severity="warning")
    elif needed is None:
        message = f"is not known to run on Kubernetes {kubernetes_version}; got {version}"
        yield Problem(path, f"{message}; look at karpenter.sh/docs/upgrading/compatibility", severity="warning")
    if needed is not None and parts(version) < parts(needed):
        yield Problem(path, f"does not run on Kubernetes {kubernetes_version}; got {version}; use {needed} or newer")


def parts(version: str) -> tuple[int, ...]:
    """`1.15.2` as numbers, which compare as releases do."""
    return tuple(int(part) for part in version.split("."))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
