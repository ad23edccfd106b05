"""What Acme promises of its platforms, held without an AWS account, a cluster or the Pulumi engine."""

from pathlib import Path

import pytest
from acme.platform import AcmeArgs, AcmeBlueprint

from eks_blueprints import ClusterArgs

PROD = Path(__file__).parent.parent / "stacks" / "prod.yaml"


def test_prod_is_what_was_reviewed(record_stack, golden):
    golden(record_stack(PROD).is_valid(), "prod")


def test_everything_that_costs_money_names_who_pays(record_stack):
    prod = record_stack(PROD)
    for kind in ("ec2.NatGateway", "eks.Cluster", "eks.NodeGroup", "ecr.Repository"):
        for resource in prod.all(kind):
            resource.has({"tags.cost-center": "CC-4711"})


def test_images_are_scanned_and_never_overwritten(record_stack):
    for repository in record_stack(PROD).all("ecr.Repository"):
        repository.has({"imageTagMutability": "IMMUTABLE", "imageScanningConfiguration.scanOnPush": True})


def test_another_image_changes_nothing_else(record):
    def platform(*images):
        args = AcmeArgs(cost_center="CC-0001", images=images, cluster=ClusterArgs(version="1.35"), core_addons=())
        return record(lambda: AcmeBlueprint("test", args))

    platform("shop", "stock").adds_only(platform("shop"), "image-stock")


def test_a_cost_center_is_needed():
    with pytest.raises(ValueError, match="cost_center"):
        AcmeArgs(cluster=ClusterArgs(version="1.35"))
