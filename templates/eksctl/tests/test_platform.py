"""What we promise of every platform. These tests need no AWS account, no cluster and no Pulumi engine."""

from pathlib import Path

import pytest
from eks_blueprints.testing import Recorded, record_stack

STACKS = Path(__file__).parent.parent / "stacks"
FILES = sorted(file for file in STACKS.glob("*.yaml") if not file.name.startswith(("Pulumi.", "policies.")))


@pytest.fixture(scope="session", params=FILES, ids=lambda file: file.stem)
def platform(request: pytest.FixtureRequest) -> Recorded:
    """Every platform, one after the other."""
    return record_stack(request.param)


@pytest.fixture(scope="session")
def prod() -> Recorded:
    return record_stack(STACKS / "prod.yaml")


def test_aws_would_accept_every_input(platform: Recorded) -> None:
    platform.is_valid()


def test_secrets_are_encrypted_with_a_key_of_ours(platform: Recorded) -> None:
    platform.one("eks.Cluster").has({"encryptionConfig.resources": ["secrets"]})


def test_what_costs_money_names_its_owner(platform: Recorded) -> None:
    for kind in ("eks.Cluster", "ec2.NatGateway", "eks.NodeGroup"):
        for resource in platform.all(kind):
            assert resource["tags.owner"]


def test_prod_is_not_deleted_by_mistake(prod: Recorded) -> None:
    prod.one("eks.Cluster").has(deletionProtection=True).has_option(protect=True)


def test_the_api_of_prod_is_private(prod: Recorded) -> None:
    prod.one("eks.Cluster").has({"vpcConfig.endpointPublicAccess": False})
