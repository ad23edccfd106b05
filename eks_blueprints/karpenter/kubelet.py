"""What a class of nodes tells the kubelet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.core.node_settings import kubelet_rules
from eks_blueprints.core.spec import Many
from eks_blueprints.karpenter.kubelet_settings import KubeletSettings
from eks_blueprints.karpenter.quantities import quantity

_SIGNALS = (
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "pid.available",
)
_RESERVABLE = ("cpu", "memory", "ephemeral-storage", "pid")
_SHARE = Form(r"([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)%")
_MOST = 2**31 - 1
# Where only one threshold is written the kubelet takes its own for the other, and does not start if they cross.
_HIGH_BY_DEFAULT, _LOW_BY_DEFAULT = 85, 80


class Kubelet(KubeletSettings):
    """Settings of the kubelet, with its own names.

    Karpenter reads the fields of this class, for every family of images. It passes the others on, which only Amazon
    Linux 2023 accepts.
    """

    max_pods: int | None = Field(default=None, ge=0, le=_MOST)
    """Most pods on a node. Default: as many as its network addresses are enough for."""
    pods_per_core: int | None = Field(default=None, ge=0, le=_MOST)
    """Most pods for each core, within `max_pods`; 0 for no such limit. Not for Bottlerocket."""
    cluster_dns: Many[str] = ()
    """IP addresses of the DNS servers that pods use. Default: the cluster's own."""
    cpu_cfs_quota: bool | None = None
    """Whether CPU limits of containers are enforced. Default: true."""
    kube_reserved: dict[str, str] = {}
    """Resources kept for Kubernetes' own processes: cpu, memory, ephemeral-storage and pid, as quantities."""
    system_reserved: dict[str, str] = {}
    """Resources kept for the operating system: cpu, memory, ephemeral-storage and pid, as quantities."""
    eviction_hard: dict[str, str] = {}
    """Where pods are evicted at once: signals such as `memory.available`, as a quantity or a share such as `5%`."""
    eviction_soft: dict[str, str] = {}
    """Where pods are evicted after `eviction_soft_grace_period`; takes what `eviction_hard` takes."""
    eviction_soft_grace_period: dict[str, str] = {}
    """How long each signal of `eviction_soft` may last first, such as `1m30s`."""
    eviction_max_pod_grace_period: int | None = Field(default=None, ge=0, le=_MOST)
    """Most seconds that pods get to end at a soft eviction."""
    image_gc_high_threshold_percent: int | None = Field(default=None, ge=0, le=100)
    """Share of the disk in use from which unused images are removed. Default: 85."""
    image_gc_low_threshold_percent: int | None = Field(default=None, ge=0, le=100)
    """Share of the disk in use at which no more images are removed. Default: 80."""

    @model_validator(mode="before")
    @classmethod
    def _taints_are_karpenters(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and "register_with_taints" in value:
            faults = Faults()
            message = "is set by Karpenter itself; got a value; write taints of the pool"
            faults.add("register_with_taints", message)
            faults.raise_if_any()
        return value

    @property
    def passed_on(self) -> tuple[str, ...]:
        """The fields that are said and that Karpenter only passes on."""
        return tuple(name for name in KubeletSettings.model_fields if getattr(self, name) not in (None, (), {}))

    @field_validator("cluster_dns")
    @classmethod
    def _servers_are_addresses(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        for server in servers:
            try:
                ip_address(server)
            except ValueError:
                raise ValueError(f"needs IP addresses; got {shown(server)}; write one such as 10.100.0.10") from None
        return servers

    @model_validator(mode="after")
    def _rules_hold(self) -> Kubelet:
        faults = Faults()
        for field in ("kube_reserved", "system_reserved"):
            _check_keys(field, getattr(self, field), _RESERVABLE, "resource that can be reserved", faults)
            for key, text in getattr(self, field).items():
                _note(quantity, text, faults, (field, key))
        for field in ("eviction_hard", "eviction_soft", "eviction_soft_grace_period"):
            _check_keys(field, getattr(self, field), _SIGNALS, "eviction signal", faults)
            check = _grace if field == "eviction_soft_grace_period" else _threshold
            for key, text in getattr(self, field).items():
                _note(check, text, faults, (field, key))
        _check_keys(
            "eviction_minimum_reclaim", self.eviction_minimum_reclaim or {}, _SIGNALS, "eviction signal", faults
        )
        for key, text in (self.eviction_minimum_reclaim or {}).items():
            _note(_threshold, text, faults, ("eviction_minimum_reclaim", key))
        self._check_pairs(faults)
        self._check_image_gc(faults)
        self._check_passed_on(faults)
        faults.raise_if_any()
        return self

    def _check_passed_on(self, faults: Faults) -> None:
        """Note what Karpenter passes on and the kubelet then refuses."""
        if not self.passed_on:
            return
        # It knows the names of all kinds, this class among them.
        from eks_blueprints.karpenter.manifests import camel

        names = {camel(name): name for name in KubeletSettings.model_fields if name != "eviction_minimum_reclaim"}
        said = {spelled: getattr(self, name) for spelled, name in names.items() if name in self.passed_on}
        for (first, *rest), message in kubelet_rules.problems(said):
            for spelled, name in names.items():
                message = re.sub(rf"\b{spelled}\b", name, message)  # noqa: PLW2901 - one name after the other
            faults.add((names[str(first)], *rest), message)

    def _check_pairs(self, faults: Faults) -> None:
        soft, grace = self.eviction_soft, self.eviction_soft_grace_period
        for signal in sorted(soft.keys() - grace.keys()):
            message = "has no grace period; got nothing in eviction_soft_grace_period; add it there"
            faults.add(("eviction_soft", signal), message)
        for signal in sorted(grace.keys() - soft.keys()):
            message = "has no threshold; got nothing in eviction_soft; add it there"
            faults.add(("eviction_soft_grace_period", signal), message)

    def _check_image_gc(self, faults: Faults) -> None:
        high, low = self.image_gc_high_threshold_percent, self.image_gc_low_threshold_percent
        if high is None and low is None:
            return
        used_high = _HIGH_BY_DEFAULT if high is None else high
        used_low = _LOW_BY_DEFAULT if low is None else low
        if used_high <= used_low:
            field = "image_gc_low_threshold_percent" if high is None else "image_gc_high_threshold_percent"
            got = f"{used_high} over {used_low}" + (", its default" if low is None or high is None else "")
            faults.add(field, f"leaves the high threshold not above the low one; got {got}; write both, the low lower")


def _check_keys(field: str, entries: Mapping[str, str], known: tuple[str, ...], what: str, faults: Faults) -> None:
    for key in entries:
        if key not in known:
            near = nearest(key, known)
            do = f"did you mean {near}?" if near else f"use {', '.join(known)}"
            faults.add((field, key), f"is not a valid {what}; got {shown(key)}; {do}")


def _note(check: Callable[[str], object], text: str, faults: Faults, path: tuple[str, str]) -> None:
    try:
        check(text)
    except ValueError as error:
        faults.add(path, str(error))


def _threshold(text: str) -> None:
    if text.endswith("%"):
        if not _SHARE.fullmatch(text):
            raise ValueError(f"is not a valid share; got {shown(text)}; write 0% to 100%, with at most two decimals")
    else:
        quantity(text)


def _grace(text: str) -> None:
    if nanoseconds(text) < 0:
        raise ValueError(f"is negative; got {shown(text)}; write a duration such as 90s")
