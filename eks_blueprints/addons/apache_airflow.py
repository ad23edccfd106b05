"""Apache Airflow: workflows of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver
from eks_blueprints.addons.base import AddOn

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class ApacheAirflow(HelmAddOn):
    """Run Apache Airflow, with a PostgreSQL of its own unless `values` name another.

    Give it a role (`policy_arns`) for the bucket of its logs; scheduler, workers and web server share it.
    The chart is of July 2025; the values of newer ones (1.22.0 is of June 2026) are not checked here.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("airflow", "1.18.0", "https://airflow.apache.org")
    service_account: ClassVar[str] = "airflow-worker"
    service_account_at: ClassVar[str] = "workers.serviceAccount"
    role_on_demand: ClassVar[bool] = True
    after: ClassVar[tuple[type[AddOn], ...]] = (
        AwsEbsCsiDriver,
        AwsEfsCsiDriver,
    )

    namespace: Namespace = "airflow"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Jobs that Helm waits for would wait for each other if they were hooks."""
        return {
            "createUserJob": {"useHelmHooks": False, "applyCustomEnv": False},
            "migrateDatabaseJob": {"useHelmHooks": False, "applyCustomEnv": False},
        }
