"""Disks of nodes: rules E11 to E16 and EC2's own limits."""

from typing import Any

import pytest

from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass

from .words import ec2_class, one, refused


def with_ebs(**fields: Any) -> Ec2NodeClass:
    return ec2_class(block_device_mappings=[{"device_name": "/dev/xvda", "ebs": fields}])


@pytest.mark.parametrize("size", ["1Gi", "59000Gi", "64000G", "17Ti", "58Ti", "64T", "9Ti"])
def test_sizes(size: str) -> None:
    assert not refused(with_ebs, volume_size=size)


@pytest.mark.parametrize(
    "size", ["100", "100GB", "100Mi", "100gi", "0Gi", "1.5Ti", "59001Gi", "65T", "18Ti", "28Ti", "Ti", "T", "020Gi", ""]
)
def test_no_sizes(size: str) -> None:
    assert one(with_ebs, volume_size=size).startswith("block_device_mappings[0].ebs.volume_size: ")


def test_a_size_that_the_crd_leaves_out_is_offered_otherwise() -> None:
    assert one(with_ebs, volume_size="18Ti").endswith("write 18432Gi")


@pytest.mark.parametrize(
    "ebs",
    [
        {"snapshot_id": "snap-1"},
        {"snapshot_id": "snap-1", "volume_initialization_rate": 100},
        {"volume_size": "20Gi", "volume_type": "gp3", "iops": 4000, "throughput": 1000},
        {"volume_size": "20Gi", "volume_type": "io2", "iops": 100},
        {"volume_size": "20Gi", "encrypted": True, "kms_key_id": "alias/x"},
    ],
)
def test_volumes(ebs: dict[str, Any]) -> None:
    assert not refused(with_ebs, **ebs)


@pytest.mark.parametrize(
    "ebs",
    [
        {"volume_type": "gp3"},
        {"volume_size": "20Gi", "volume_type": "gp4"},
        {"volume_size": "20Gi", "volume_type": "gp3", "iops": 999999},
        {"volume_size": "20Gi", "volume_type": "gp3", "iops": "3000"},
        {"volume_size": "20Gi", "volume_type": "gp3", "throughput": 9999},
        {"volume_size": "20Gi", "volume_type": "gp3", "throughput": 1000},
        {"volume_size": "20Gi", "iops": 3000},
        {"volume_size": "20Gi", "volume_type": "io1"},
        {"volume_size": "20Gi", "volume_type": "st1"},
        {"volume_size": "20Gi", "volume_initialization_rate": 100},
        {"snapshot_id": "snap-1", "volume_initialization_rate": 99},
        {"volume_size": "20Gi", "kms_key_id": "alias/x"},
    ],
)
def test_no_volumes(ebs: dict[str, Any]) -> None:
    assert one(with_ebs, **ebs).startswith("block_device_mappings[0].ebs.")


def test_disks() -> None:
    disk = {"device_name": "/dev/xvda", "ebs": {"volume_size": "20Gi"}, "root_volume": True}
    other = {**disk, "device_name": "/dev/xvdb"}
    assert not refused(ec2_class, block_device_mappings=[disk, {**other, "root_volume": False}])
    assert "second root volume" in one(ec2_class, block_device_mappings=[disk, other])
    assert "is listed twice" in one(ec2_class, block_device_mappings=[disk, {**disk, "root_volume": False}])
    assert "ebs: is required" in one(ec2_class, block_device_mappings=[{"device_name": "/dev/xvda"}])
