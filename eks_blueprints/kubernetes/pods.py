"""What the API server checks of pods and their containers beyond the types of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, shown
from eks_blueprints.core.spec import is_known
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes import names

Above = tuple[Mapping[str, Any], ...]
"""The mappings that enclose one, outermost first."""
Rule = Callable[[Mapping[str, Any], Path, Above], Iterator[Problem]]
"""What is wrong with a mapping of one type, which stands at a path below others."""

_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
"""What containers ask of Kubernetes itself, besides huge pages."""
_LARGEST = 2**31 - 1
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def pod(value: Mapping[str, Any], path: Path, above: Above) -> Iterator[Problem]:
    """The containers of a pod, its volumes and what mounts them."""
    volumes, whole = _named(value.get("volumes"))
    for mapping in above:  # a StatefulSet's claims are volumes of its pods
        for _, claim in items(mapping.get("volumeClaimTemplates")):
            metadata = claim.get("metadata")
            volumes.append(metadata.get("name") if isinstance(metadata, Mapping) else None)
    yield from _unique(value.get("volumes"), (*path, "volumes"), "volume")
    if isinstance(containers := value.get("containers"), list) and not containers:
        yield Problem((*path, "containers"), "needs at least one container; got []; add one")
    seen: set[str] = set()
    for field in _CONTAINERS:
        for index, container in items(value.get(field)):
            at = (*path, field, index)
            name = container.get("name")
            if isinstance(name, str):
                if name in seen:
                    yield Problem((*at, "name"), f"is already used by another container; got {shown(name)}; rename one")
                elif message := names.fault(names.NAMESPACE, name):
                    yield Problem((*at, "name"), message)
                seen.add(name)
            if container.get("image") in (None, ""):
                yield Problem((*at, "image"), "is required; got nothing; name an image")
            yield from _ports(container.get("ports"), (*at, "ports"))
            yield from _probed(container, at)
            if whole and all(isinstance(volume, str) for volume in volumes):
                yield from _mounts(container, volumes, at)


def _mounts(container: Mapping[str, Any], volumes: list[Any], path: Path) -> Iterator[Problem]:
    for field in ("volumeMounts", "volumeDevices"):
        for index, mount in items(container.get(field)):
            name = mount.get("name")
            if isinstance(name, str) and name not in volumes:
                do = f"known are {', '.join(sorted(volumes)[:8])}" if volumes else "add it to volumes"
                yield Problem((*path, field, index, "name"), f"names no volume of the pod; got {shown(name)}; {do}")


def _probed(container: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Probes of ports by a name that the container does not declare: the API server accepts them; they fail."""
    names_known, whole = _named(container.get("ports"))
    for probe in ("startupProbe", "readinessProbe", "livenessProbe") if whole else ():
        asked = container.get(probe)
        for kind in ("httpGet", "tcpSocket"):
            way = asked.get(kind) if isinstance(asked, Mapping) else None
            found = way.get("port") if isinstance(way, Mapping) else None
            if isinstance(found, str) and _PORT_NAME.fullmatch(found) and found not in names_known:
                known = sorted(each for each in names_known if isinstance(each, str))
                do = f"name one of {', '.join(known)}" if known else "declare it in ports, or write its number"
                what = f"is no port of the container, so the probe always fails; got {shown(found)}; {do}"
                yield Problem((*path, probe, kind, "port"), what, severity="warning")


def _ports(ports: Any, path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, port in items(ports):
        name = port.get("name")
        if not isinstance(name, str) or not name:
            continue
        if not _PORT_NAME.fullmatch(name):
            do = "use up to 15 lower-case letters, digits and single -, with a letter among them"
            yield Problem((*path, index, "name"), f"is not a valid name of a port; got {shown(name)}; {do}")
        elif name in seen:
            yield Problem((*path, index, "name"), f"is already used by another port; got {shown(name)}; rename one")
        seen.add(name)


def port(field: str, *, may_be_empty: bool = False) -> Rule:
    """A rule for a port by its number or its name; 0 or an empty text may stand for none."""

    def check(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
        found = value.get(field)
        if may_be_empty and found in ("", 0):
            return
        if isinstance(found, str) and not _PORT_NAME.fullmatch(found):
            do = "write its number without quotes, or up to 15 lower-case letters, digits and single -"
            yield Problem((*path, field), f"is not a valid name of a port; got {shown(found)}; {do}")
        elif isinstance(found, int) and not isinstance(found, bool) and not 1 <= found <= 65535:
            yield Problem((*path, field), f"is out of range; got {found}; use 1 to 65535")

    return check


def _named(value: Any) -> tuple[list[Any], bool]:
    """The names of a list's entries, and whether all of them are known."""
    if value is None:
        return [], True
    if not isinstance(value, list):
        return [], False
    return [item.get("name") for item in value if isinstance(item, Mapping)], all(isinstance(i, Mapping) for i in value)


def _unique(value: Any, path: Path, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in items(value):
        name = item.get("name")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Problem((*path, index, "name"), f"is already used by another {what}; got {shown(name)}; rename one")
        elif message := names.fault(names.NAMESPACE, name):
            yield Problem((*path, index, "name"), message)
        seen.add(name)


def resources(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    """Requests and limits of a container."""
    limits = value.get("limits")
    limits = limits if isinstance(limits, Mapping) else {}
    for field in ("limits", "requests"):
        found = value.get(field)
        for key, amount in found.items() if isinstance(found, Mapping) else ():
            if message := resource_fault(str(key)):
                yield Problem((*path, field, key), message)
                continue
            if (mine := exactly(amount)) is None:
                continue
            if is_whole(str(key)):
                yield from _whole(str(key), amount, limits if field == "requests" else None, (*path, field, key))
            elif mine < 0:
                yield Problem((*path, field, key), f"is negative; got {shown(amount)}; write 0 or more")
            elif key != "cpu":
                yield from _tiny(amount, (*path, field, key))
            most = exactly(limits.get(key)) if field == "requests" else None
            if most is not None and mine > most:
                what = f"is more than its limit; got {shown(amount)} and a limit of {shown(limits[key])}"
                yield Problem((*path, field, key), f"{what}; lower it or raise the limit")


_FEWEST = 2**20
"""Bytes below which an amount is a slip: no container starts with less, and no volume is as small."""
_STANDARD = ("cpu", "memory", "ephemeral-storage")
_EXTENDED = re.compile(r"(?!requests\.)[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")


def storage(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
    """Requests and limits of a claim."""
    for field in ("limits", "requests"):
        found = value.get(field)
        if isinstance(found, Mapping) and "storage" in found:
            yield from _tiny(found["storage"], (*path, field, "storage"))


def _tiny(amount: Any, path: Path) -> Iterator[Problem]:
    mine = exactly(amount)
    if mine is not None and 0 < mine < _FEWEST:
        why = "m means a thousandth" if str(amount).endswith("m") else "there is no larger unit"
        what = f"is {float(mine):g} bytes, as {why}; got {shown(amount)}; write one such as 256Mi or 20Gi"
        yield Problem(path, what, severity="warning")


def resource_fault(name: str) -> str | None:
    """What is wrong with the name of a resource of containers; None where nothing is."""
    if name in _STANDARD or name.startswith("hugepages-") or _EXTENDED.fullmatch(name):
        return None
    if near := nearest(name, _STANDARD):
        do = f"did you mean {near}?"
    else:
        do = "use cpu, memory, ephemeral-storage, hugepages-…, or one of a device such as nvidia.com/gpu"
    return f"is not a resource of a container; got {shown(name)}; {do}"


def is_whole(name: str) -> bool:
    """Whether a resource is given to one container alone: nodes do not lend out more than they have."""
    return name.startswith("hugepages-") or ("/" in name and "kubernetes.io/" not in name)


def _whole(name: str, amount: Any, limits: Mapping[str, Any] | None, path: Path) -> Iterator[Problem]:
    mine = exactly(amount)
    if mine < 0 or (mine.denominator != 1 and not name.startswith("hugepages-")):
        yield Problem(path, f"is not a whole number; got {shown(amount)}; write one such as 1")
    elif limits is not None and is_known(limits.get(name)) and exactly(limits.get(name)) != mine:
        got = f"{shown(amount)} and {'no limit' if name not in limits else f'a limit of {shown(limits[name])}'}"
        yield Problem(path, f"must be equal to its limit; got {got}; write the same amount in both")


def exactly(amount: Any) -> Any:
    """An amount as a fraction; None where it is none."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | float):
        return None
    try:
        return exact(str(amount))
    except ValueError:  # told as what it is
        return None


def items(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list, and where in it they stand."""
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, Mapping):
            yield index, item


def between(least: int, most: int, fields: Iterable[str]) -> Rule:
    """A rule for whole numbers: the fields hold no others than these."""

    def check(value: Mapping[str, Any], path: Path, _: Above) -> Iterator[Problem]:
        for field in fields:
            found = value.get(field)
            if not isinstance(found, int) or isinstance(found, bool) or least <= found <= most:
                continue
            if most < _LARGEST:
                yield Problem((*path, field), f"is out of range; got {found}; use {least} to {most}")
            elif found < least:
                yield Problem((*path, field), f"is out of range; got {found}; use {least} or more")
            else:
                # In the words of the check of types, so that it is shown once.
                yield Problem((*path, field), f"is too large; got {found}; use at most {most}")

    return check
