"""Falco: tells what processes do that they should not."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested


class Falco(HelmAddOn):
    """Watch system calls on every node, and tell when a process does what its rules forbid."""

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart("falco", "9.1.0", "https://falcosecurity.github.io/charts")
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="it watches the kernel of nodes, which Fargate does not show")
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {
        "image.registry": "docker.io",
        "falcoctl.image.registry": "docker.io",
        "driver.loader.initContainer.image.registry": "docker.io",
        "falcosidekick.image.registry": "docker.io",
    }

    namespace: Namespace = "falco"

    falcosidekick: bool = False
    """Whether Falcosidekick passes on what it finds, to chat, SNS, CloudWatch and others."""

    driver: Literal["auto", "modern_ebpf", "kmod"] = "modern_ebpf"
    """How it listens to the kernel; Bottlerocket and AL2023 know `modern_ebpf`."""

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Falco is on every node; Falcosidekick is placed."""
        return ("falcosidekick",) if self.falcosidekick else (), self.daemons

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"falcosidekick.enabled": self.falcosidekick, "driver.kind": self.driver})
