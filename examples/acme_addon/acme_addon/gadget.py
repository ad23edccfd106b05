"""Gadget: Acme's workers, which take jobs from a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints import Allow, In
from eks_blueprints.addons import Chart, HelmAddOn
from pydantic import Field

if TYPE_CHECKING:
    from eks_blueprints import ClusterRef


class Gadget(HelmAddOn):
    """Run Acme's workers, which take jobs from a queue."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("gadget", "1.4.2", "https://charts.acme.example")
    service_account: ClassVar[str] = "gadget"
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.acme.example/gadget"}
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2}

    namespace: str = "gadget"
    """Kubernetes namespace it runs in."""

    queue_arn: In[str]
    """ARN of the SQS queue that jobs come from."""

    workers: int = Field(default=4, ge=1, le=100)
    """Number of jobs that a pod works on at once."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Take jobs from its queue."""
        return [Allow("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage", on=self.queue_arn)]

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where its queue is."""
        return {"region": cluster.region, "queue": self.queue_arn}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"workers": self.workers}
