"""Kubevious: what is wrong with the objects of a cluster, seen at a glance."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Kubevious(HelmAddOn):
    """Show the objects of a cluster and what is wrong with them, with their history in its own database.

    The volume of its database stays when it goes, and has to be deleted by hand. This is the newest
    chart there is, of January 2024.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("kubevious", "1.2.2", "https://helm.kubevious.io")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("backend", "collector", "guard", "parser", "ui", "mysql", "redis")
    images: ClassVar[dict[str, str]] = {
        "backend.image.repository": "docker.io/kubevious/backend",
        "collector.image.repository": "docker.io/kubevious/collector",
        "guard.image.repository": "docker.io/kubevious/guard",
        "parser.image.repository": "docker.io/kubevious/parser",
        "ui.image.repository": "docker.io/kubevious/ui",
        "redis.image.repository": "docker.io/redislabs/redisearch",
        "mysql.image.repository": "docker.io/library/mysql",
    }

    namespace: Namespace = "kubevious"
    """Kubernetes namespace it runs in."""
