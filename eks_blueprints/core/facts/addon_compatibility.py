"""Which versions of add-ons and controllers fit which Kubernetes versions; the facts: `addon_compatibility.toml`.

What the table does not know is unknown, and said to be: nothing is taken for fine because no row speaks of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from eks_blueprints.core.versions import minor

_FILE = Path(__file__).with_name("addon_compatibility.toml")
_PART = re.compile(r"(>=|<=|>|<|=|\^|~|)\s*(v?\d+\.\d+[-.0-9A-Za-z+]*)")
_NUMBERS = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Fit:
    """What the table says of one version of a component on one Kubernetes minor."""

    verdict: Literal["fits", "too_old", "too_new", "untested", "unknown"]
    """`untested`: outside of what its makers test."""
    why: str
    wanted: str = ""
    """The oldest version that fits, where the one asked about is too old."""


def as_of() -> date:
    """The date of the table."""
    found: date = date.fromisoformat(re.search(r"as_of: +(\S+)", _FILE.read_text(encoding="utf-8"))[1])  # type: ignore[index]
    return found


def fit(component: str, version: str | None, kubernetes: int, chart: str | None = None) -> Fit:
    """Whether a version of a component (its chart's or EKS add-on's name) fits Kubernetes 1.`kubernetes`.

    Args:
        component: such as `cert-manager`.
        version: of the component, such as `1.21.0`; of a chart whose own version is another one, that of the app.
        kubernetes: the minor version.
        chart: version of the chart that installs it, where it comes by one.
    """
    if version is None:
        return Fit("unknown", f"the version of {component} is not known")
    given = numbers(version)
    if given is None:
        return Fit("unknown", f"{version} of {component} is no version that can be compared")
    found = [
        each
        for each in (
            _minimum(component, given, kubernetes),
            _lowest(component, given, kubernetes),
            _tested(component, given, kubernetes),
            _taken(component, chart, kubernetes),
        )
        if each is not None
    ]
    worst = next((each for each in found if each.verdict != "fits"), None)
    return worst or (found[0] if found else Fit("unknown", f"the table of {as_of()} has no row for {component}"))


def numbers(version: str) -> tuple[int, int, int] | None:
    """`v1.20.1-eksbuild.3` as (1, 20, 1); None for what begins with no numbers."""
    match = _NUMBERS.match(version)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3] or 0))


def oldest_kubelet(control_plane: int) -> int:
    """The oldest kubelet minor that a control plane 1.`control_plane` takes: three minors back, and of kubelets before
    1.25 two. Source: Kubernetes version skew policy."""
    skew = _table()["kubelet_skew"]
    oldest = control_plane - int(skew["minors"])
    return oldest if oldest >= 25 else min(control_plane - int(skew["minors_before_1_25"]), 25)


def kubelet_fits(kubelet: int, control_plane: int) -> bool:
    """Whether a node of 1.`kubelet` may be registered with a control plane of 1.`control_plane`."""
    return oldest_kubelet(control_plane) <= kubelet <= control_plane


def follows(component: str) -> str:
    """How a component has to follow the control plane; empty for one that need not."""
    return str(_table()["follows"].get(component, ""))


def _minimum(component: str, given: tuple[int, ...], kubernetes: int) -> Fit | None:
    row: Mapping[str, str] = _table()["minimum"].get(component, {})
    applying = [wanted for since, wanted in row.items() if minor(since) <= kubernetes]
    if not applying:
        return None
    wanted = applying[-1]
    if given < (numbers(wanted) or ()):
        return Fit("too_old", f"Kubernetes 1.{kubernetes} needs {component} {wanted} or newer", wanted)
    return Fit("unknown", f"Kubernetes 1.{kubernetes} needs {component} {wanted} or newer; no other limit is known")


def _lowest(component: str, given: tuple[int, ...], kubernetes: int) -> Fit | None:
    lowest = _series(_table()["lowest_kubernetes"].get(component, {}), given)
    if lowest is None:
        return None
    if kubernetes < minor(lowest):
        return Fit("too_new", f"this series of {component} needs Kubernetes {lowest} or newer")
    return Fit("fits", f"this series of {component} needs Kubernetes {lowest} or newer")


def _tested(component: str, given: tuple[int, ...], kubernetes: int) -> Fit | None:
    row = _table()["tested"].get(component)
    if row is None:
        return None
    span = _series(row, given)
    if span is None:
        return Fit("unknown", f"the table of {as_of()} does not know this series of {component}")
    first, last = span
    if minor(first) <= kubernetes <= minor(last):
        return Fit("fits", f"its makers test this series of {component} on Kubernetes {first} to {last}")
    return Fit("untested", f"its makers test this series of {component} on Kubernetes {first} to {last} only")


def _taken(component: str, chart: str | None, kubernetes: int) -> Fit | None:
    """What `kubeVersion` of a chart says. That Helm would install it does not say that it works there."""
    row = _table()["charts"].get(component)
    if row is None or row["version"] != chart:
        return None
    takes = str(row["takes"])
    if accepts(takes, kubernetes) is False:
        lower = accepts(takes, kubernetes + 30)
        return Fit("too_new" if lower else "too_old", f"Helm refuses this chart there: it takes Kubernetes {takes}")
    return Fit("unknown", f"its chart takes Kubernetes {takes}, which does not say that it was tried on 1.{kubernetes}")


def accepts(constraint: str, kubernetes: int) -> bool | None:
    """Whether a constraint of versions, as Helm's kubeVersion, takes 1.`kubernetes`; None where it cannot be read."""
    found = [_all_of(part, kubernetes) for part in constraint.split("||")]
    return True if True in found else None if None in found else False


def _all_of(constraint: str, kubernetes: int) -> bool | None:
    parts = _PART.findall(constraint)
    if "".join("".join(part) for part in parts) != re.sub(r"[\s,]", "", constraint):
        return None
    # Any patch of a minor counts: the highest one against what is above, the lowest one against what is below.
    highest, lowest = (1, kubernetes, 10**6), (1, kubernetes, 0)
    checks = {
        ">": lambda limit: highest > limit,
        ">=": lambda limit: highest >= limit,
        "<": lambda limit: lowest < limit,
        "<=": lambda limit: lowest <= limit,
        "=": lambda limit: limit[:2] == lowest[:2],
        "": lambda limit: limit[:2] == lowest[:2],
        "^": lambda limit: highest >= limit and limit[0] == 1,
        "~": lambda limit: limit[:2] == lowest[:2],
    }
    return all(checks[sign](numbers(version) or (1, 0, 0)) for sign, version in parts)


def _series(row: Mapping[str, Any], given: tuple[int, ...]) -> Any:
    return row.get(f"{given[0]}.{given[1]}")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
