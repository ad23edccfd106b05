"""An AWS account in this process, with what a cluster and its controllers leave in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

REGION = "eu-west-1"
CLUSTER = "shop"
_KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",  # - opens nothing
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def account() -> Iterator[Any]:
    """A session in an empty account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_PROFILE", raising=False)
        for key, value in _KEYS.items():
            patch.setenv(key, value)
        with mock_aws():
            yield session()


@cache
def session() -> Any:
    """A session of nobody, in the region of the tests."""
    # One for all tests: each session reads the models of AWS's services again.
    return boto3.Session("testing", "testing", region_name=REGION)


def tags(**found: str) -> list[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in found.items()]


def owned(cluster: str = CLUSTER) -> list[Mapping[str, str]]:
    return [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "owned"}]


def cluster(session: Any, name: str = CLUSTER) -> Mapping[str, Any]:
    """A cluster in a VPC of its own."""
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    made = session.client("eks").create_cluster(
        name=name,
        version="1.35",
        roleArn="arn:aws:iam::123456789012:role/cluster",
        resourcesVpcConfig={"subnetIds": subnets},
    )
    return {**made["cluster"], "vpc": vpc, "subnets": subnets}


def volume(session: Any, *marks: Mapping[str, str]) -> str:
    """A volume of EBS."""
    specification = [{"ResourceType": "volume", "Tags": list(marks)}] if marks else []
    made = session.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=10, TagSpecifications=specification)
    return str(made["VolumeId"])
