"""Spark Operator of Amazon EMR: Spark with EMR's runtime."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.spark_operator import SparkOperator


class EmrSparkOperator(HelmAddOn):
    """Run Spark applications with the runtime of Amazon EMR.

    Its images are in a registry of each region; `values.image` names another.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("spark-operator", "7.12.0", "oci://public.ecr.aws/emr-on-eks")
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (SparkOperator,)
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(partitions=frozenset({"aws"}))
    pods: ClassVar[tuple[str, ...]] = ()

    namespace: Namespace = "emr-spark-operator"
