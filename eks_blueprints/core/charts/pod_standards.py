"""Which of the Pod Security Standards the pods of a chart meet, as far as the table of charts tells of them.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/, read 2026-11-29. Not told, and taken for
harmless: sysctls and volumes other than folders of the node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from eks_blueprints.core.charts.model import Container, Workload

Standard = Literal["privileged", "baseline", "restricted"]

STANDARDS: tuple[Standard, ...] = ("privileged", "baseline", "restricted")
"""From the one that takes all pods to the one that takes fewest."""

BASELINE_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_CONFINED = ("RuntimeDefault", "Localhost")


def standard(workloads: Iterable[Workload]) -> Standard:
    """The strictest standard that all of these meet."""
    return min((_of(each) for each in workloads), key=STANDARDS.index, default="restricted")


def meets(found: str, wanted: str) -> bool:
    """Whether pods that meet one standard are let in where another is asked for."""
    order: list[str] = [*STANDARDS]
    return order.index(found) >= order.index(wanted)


def _of(workload: Workload) -> Standard:
    containers = workload.containers.values()
    if workload.host_network or workload.host_pid or workload.host_ipc or workload.host_paths:
        return "privileged"
    if _unconfined(workload.security) or any(_beyond_baseline(each) for each in containers):
        return "privileged"
    return "restricted" if all(_is_restricted(each, workload.security) for each in containers) else "baseline"


def _beyond_baseline(container: Container) -> bool:
    said = container.security
    added = {_name(each) for each in _within(said, "capabilities").get("add") or ()}
    return bool(
        said.get("privileged")
        or container.host_ports
        or added - BASELINE_CAPABILITIES
        or said.get("procMount", "Default") != "Default"
        or _unconfined(said)
    )


def _unconfined(security: Mapping[str, Any]) -> bool:
    options = _within(security, "seLinuxOptions")
    windows = _within(security, "windowsOptions")
    return bool(
        _within(security, "seccompProfile").get("type") == "Unconfined"
        or _within(security, "appArmorProfile").get("type") == "Unconfined"
        or options.get("type", "") not in SELINUX_TYPES
        or options.get("user")
        or options.get("role")
        or windows.get("hostProcess")
    )


def _is_restricted(container: Container, pod: Mapping[str, Any]) -> bool:
    said = container.security
    capabilities = _within(said, "capabilities")
    profile = (_within(said, "seccompProfile") or _within(pod, "seccompProfile")).get("type")
    user = said.get("runAsUser", pod.get("runAsUser"))
    return bool(
        said.get("allowPrivilegeEscalation") is False
        and "ALL" in {_name(each) for each in capabilities.get("drop") or ()}
        and {_name(each) for each in capabilities.get("add") or ()} <= {"NET_BIND_SERVICE"}
        and profile in _CONFINED
        and said.get("runAsNonRoot", pod.get("runAsNonRoot")) is True
        and user != 0
    )


def _within(security: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = security.get(key)
    return found if isinstance(found, Mapping) else {}


def _name(capability: Any) -> str:
    return str(capability).removeprefix("CAP_")
