"""DataHub: a catalogue of data."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.opensearch import Opensearch
from eks_blueprints.addons.strimzi_kafka_operator import StrimziKafkaOperator


class Datahub(HelmAddOn):
    """Run DataHub; it needs Kafka, OpenSearch and a database, which `values` name.

    Give it a role (`policy_arns`) to look into buckets and the Glue catalogue.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("datahub", "1.1.0", "https://helm.datahubproject.io")
    after: ClassVar[tuple[type[AddOn], ...]] = (
        Opensearch,
        StrimziKafkaOperator,
    )
    pods: ClassVar[tuple[str, ...]] = ("global",)
    images: ClassVar[dict[str, str]] = {"global.imageRegistry": "docker.io"}

    namespace: Namespace = "datahub"
