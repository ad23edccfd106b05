"""Flink Operator of Amazon EMR."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager
from eks_blueprints.addons.flink_operator import FlinkOperator


class EmrFlinkOperator(HelmAddOn):
    """Run Flink applications with the runtime of Amazon EMR; jobs take their permissions from EMR's execution roles."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("flink-kubernetes-operator", "7.13.0", "oci://public.ecr.aws/emr-on-eks")
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (FlinkOperator,)
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(partitions=frozenset({"aws"}))
    pods: ClassVar[tuple[str, ...]] = ()

    namespace: Namespace = "emr-flink-operator"
