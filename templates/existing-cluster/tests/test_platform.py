"""What we promise of every stack. These tests need no AWS account, no cluster and no Pulumi engine."""

from pathlib import Path

import pytest
from eks_blueprints.testing import Recorded, record_program

ROOT = Path(__file__).parent.parent
STACKS = sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in ROOT.glob("stacks/Pulumi.*.yaml"))


@pytest.fixture(scope="session", params=STACKS)
def platform(request: pytest.FixtureRequest) -> Recorded:
    """Every stack, one after the other."""
    return record_program(ROOT, request.param)


@pytest.fixture(scope="session")
def prod() -> Recorded:
    return record_program(ROOT, "prod")


def test_aws_would_accept_every_input(platform: Recorded) -> None:
    platform.is_valid()


def test_the_cluster_and_its_network_stay_as_they_are(platform: Recorded) -> None:
    for kind in ("eks.Cluster", "ec2.Vpc", "ec2.Subnet"):
        assert not platform.all(kind)


def test_what_costs_money_names_its_owner(platform: Recorded) -> None:
    for resource in platform.all("eks.NodeGroup"):
        assert resource["tags.owner"]


def test_pods_of_teams_have_no_rights_on_nodes(platform: Recorded) -> None:
    for namespace in platform.all("core.Namespace"):
        namespace.has({'metadata.labels["pod-security.kubernetes.io/enforce"]': "restricted"})


def test_the_nodes_of_prod_are_not_taken_away(prod: Recorded) -> None:
    for group in prod.all("eks.NodeGroup"):
        group.has(capacityType="ON_DEMAND")
