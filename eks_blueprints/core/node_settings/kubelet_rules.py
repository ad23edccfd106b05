"""What the kubelet refuses among values that have the right form: it does not start, and the node never joins.

Names are those of KubeletConfiguration; Bottlerocket's are read as these.

Sources: k8s.io/kubernetes v1.35.4, pkg/kubelet/apis/config/validation/validation.go, pkg/kubelet/eviction/helpers.go
and pkg/kubelet/logs/container_log_manager.go; github.com/bottlerocket-os/bottlerocket-settings-sdk, models 0.28.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Literal, get_args

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.core.node_settings.shapes import Fault

_NOT_NEGATIVE = "eventBurst eventRecordQPS kubeAPIBurst kubeAPIQPS maxOpenFiles maxPods podsPerCore registryBurst"
_RANGES: Mapping[str, tuple[int, int | None]] = {
    **dict.fromkeys(_NOT_NEGATIVE.split(), (0, None)),
    "registryPullQPS": (0, None),
    "nodeLeaseDurationSeconds": (1, None),
    "maxParallelImagePulls": (1, None),
    "containerLogMaxFiles": (2, None),
    "containerLogMaxWorkers": (1, None),
    "nodeStatusMaxImages": (-1, None),
    "imageGCHighThresholdPercent": (0, 100),
    "imageGCLowThresholdPercent": (0, 100),
    "iptablesDropBit": (0, 31),
    "iptablesMasqueradeBit": (0, 31),
    "oomScoreAdj": (-1000, 1000),
    "port": (1, 65535),
    "healthzPort": (0, 65535),
    "readOnlyPort": (0, 65535),
}
_HIGH_BY_DEFAULT, _LOW_BY_DEFAULT = 85, 80
NodeAllocatable = Literal[
    "none",
    "pods",
    "system-reserved",
    "system-reserved-compressible",
    "kube-reserved",
    "kube-reserved-compressible",
]
"""What the kubelet can hold its reservations against."""
_ENFORCED: tuple[str, ...] = get_args(NodeAllocatable)

_OTHERWISE_IN_BOTTLEROCKET = {
    "cluster-dns-ip": "clusterDNS",
    "event-qps": "eventRecordQPS",
    "image-gc-high-threshold-percent": "imageGCHighThresholdPercent",
    "image-gc-low-threshold-percent": "imageGCLowThresholdPercent",
    "image-maximum-gc-age": "imageMaximumGCAge",
    "image-minimum-gc-age": "imageMinimumGCAge",
    "kube-api-burst": "kubeAPIBurst",
    "kube-api-qps": "kubeAPIQPS",
    "registry-qps": "registryPullQPS",
    "shutdown-grace-period-for-critical-pods": "shutdownGracePeriodCriticalPods",
}


def problems(config: Mapping[str, Any]) -> Iterator[Fault]:
    """What the kubelet refuses of its configuration; values of another form are told elsewhere and passed over."""
    yield from _ranges(config)
    yield from _image_collection(config)
    yield from _evictions(config)
    yield from _shutdown(config)
    yield from _pulls(config)
    yield from _servers(config)
    yield from _enforcement(config)


def in_bottlerocket(kubernetes: Mapping[str, Any]) -> Iterator[Fault]:
    """The same of Bottlerocket's settings below `kubernetes`, in its spelling."""
    names = {_camel(name): name for name in kubernetes}
    for (first, *rest), message in problems({camel: kubernetes[name] for camel, name in names.items()}):
        yield (names[str(first)], *rest), _in_kebab(message)


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return _OTHERWISE_IN_BOTTLEROCKET.get(name) or first + "".join(part.capitalize() for part in rest)


def _in_kebab(message: str) -> str:
    """A message with the names of fields in Bottlerocket's spelling."""
    back = {camel: name for name, camel in _OTHERWISE_IN_BOTTLEROCKET.items()}

    def spelled(match: re.Match[str]) -> str:
        return back.get(match[0]) or re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", match[0])

    return re.sub(r"\b[a-z]+(?:[A-Z]+[a-z]*)+\b", spelled, message)


def _ranges(config: Mapping[str, Any]) -> Iterator[Fault]:
    for name, (least, most) in _RANGES.items():
        value = _number(config.get(name))
        if value is None or (least <= value and (most is None or value <= most)):
            continue
        do = f"use {least} or more" if most is None else f"use {least} to {most}"
        yield (name,), f"is out of range; got {value}; {do}"


def _image_collection(config: Mapping[str, Any]) -> Iterator[Fault]:
    names = ("imageGCHighThresholdPercent", "imageGCLowThresholdPercent")
    high, low = (_number(config.get(name)) for name in names)
    used_high, used_low = (_HIGH_BY_DEFAULT if high is None else high), (_LOW_BY_DEFAULT if low is None else low)
    said = [name for name in names if name in config]
    readable = all(_number(config[name]) is not None for name in said)
    if said and readable and used_low >= used_high:
        got = f"{used_high} over {used_low}" + (", its default" if len(said) == 1 else "")
        what = "leaves imageGCHighThresholdPercent not above imageGCLowThresholdPercent"
        yield (said[0],), f"{what}; got {got}; write both, the low one lower"
    oldest, youngest = (_seconds(config.get(name)) for name in ("imageMaximumGCAge", "imageMinimumGCAge"))
    if oldest is not None and 0 < oldest <= (120 if youngest is None else youngest):
        least = config.get("imageMinimumGCAge", "2m, its default")
        got = f"{config['imageMaximumGCAge']} beside {least}"
        yield ("imageMaximumGCAge",), f"must be above imageMinimumGCAge; got {got}; raise it"


def _evictions(config: Mapping[str, Any]) -> Iterator[Fault]:
    soft, grace = _mapping(config.get("evictionSoft")), _mapping(config.get("evictionSoftGracePeriod"))
    for signal in sorted(soft.keys() - grace.keys()):
        yield ("evictionSoft", signal), "has no evictionSoftGracePeriod; got none; add it there, such as 1m30s"
    for signal in sorted(grace.keys() - soft.keys()):
        yield ("evictionSoftGracePeriod", signal), "has no evictionSoft; got none; add its threshold there"
    for name in ("evictionHard", "evictionSoft", "evictionMinimumReclaim"):
        for signal, text in _mapping(config.get(name)).items():
            share = text[:-1] if isinstance(text, str) and text.endswith("%") else ""
            if re.fullmatch(r"\d+(\.\d+)?", share) and float(share) > 100:
                yield (name, signal), f"is more than 100%; got {shown(text)}; write at most 100%"


def _shutdown(config: Mapping[str, Any]) -> Iterator[Fault]:
    names = ("shutdownGracePeriod", "shutdownGracePeriodCriticalPods")
    whole, critical = (_seconds(config.get(name)) for name in names)
    if whole is not None and critical is not None and critical > whole:
        got = f"{config[names[1]]} of {config[names[0]]}"
        yield (names[1],), f"is a part of shutdownGracePeriod and cannot be longer; got {got}; make it shorter"
    for name, seconds in zip(names, (whole, critical), strict=True):
        if seconds is not None and seconds != 0 and seconds < 1:
            yield (name,), f"is too short; got {shown(config[name])}; write 0s, or 1s or more"
    if config.get("shutdownGracePeriodByPodPriority") and (whole or critical):
        do = "keep one of them"
        yield ("shutdownGracePeriodByPodPriority",), f"cannot be combined with shutdownGracePeriod; got both; {do}"


def _pulls(config: Mapping[str, Any]) -> Iterator[Fault]:
    most = _number(config.get("maxParallelImagePulls"))
    if most is not None and most > 1 and config.get("serializeImagePulls") is True:
        do = "set serializeImagePulls: false"
        yield ("maxParallelImagePulls",), f"needs serializeImagePulls off; got {most} with it on; {do}"


def _servers(config: Mapping[str, Any]) -> Iterator[Fault]:
    servers = config.get("clusterDNS")
    for index, server in enumerate([servers] if isinstance(servers, str) else _list(servers)):
        if isinstance(server, str) and not server.startswith("${"):
            try:
                ip_address(server)
            except ValueError:
                at: Path = ("clusterDNS",) if isinstance(servers, str) else ("clusterDNS", index)
                yield at, f"needs IP addresses; got {shown(server)}; write one such as 10.100.0.10"


def _enforcement(config: Mapping[str, Any]) -> Iterator[Fault]:
    for entry in _list(config.get("enforceNodeAllocatable")):
        at = ("enforceNodeAllocatable",)
        if not isinstance(entry, str):  # told by its form, or known only later
            continue
        if entry not in _ENFORCED:
            yield at, f"names nothing that can be enforced; got {shown(entry)}; use {', '.join(_ENFORCED)}"
        elif entry not in ("none", "pods"):
            cgroup = "systemReservedCgroup" if entry.startswith("system") else "kubeReservedCgroup"
            if not config.get(cgroup):
                yield at, f"needs {cgroup}; got {shown(entry)} without it; add it"


def _number(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):  # Bottlerocket takes some numbers as text
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    try:
        return nanoseconds(value) / 10**9 if isinstance(value, str) else None
    except ValueError:
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
