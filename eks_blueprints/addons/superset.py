"""Apache Superset: dashboards of data."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Superset(HelmAddOn):
    """Run Apache Superset, with a PostgreSQL and a Redis of its own unless `values` name others.

    The chart is of 2025. Its makers have marked it as deprecated since, and name no other.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("superset", "0.15.0", "https://apache.github.io/superset")

    namespace: Namespace = "superset"
