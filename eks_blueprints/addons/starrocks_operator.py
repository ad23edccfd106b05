"""StarRocks Operator: StarRocks clusters as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class StarrocksOperator(HelmAddOn):
    """Run StarRocks clusters as Kubernetes objects."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("operator", "1.11.5", "https://starrocks.github.io/starrocks-kubernetes-operator")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("starrocksOperator",)
    images: ClassVar[dict[str, str]] = {"starrocksOperator.image.repository": "starrocks/operator"}

    namespace: Namespace = "starrocks"
