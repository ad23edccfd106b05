"""EFS file systems that come with the driver."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.refs import NetworkRef
from eks_blueprints.recording import ProgramError
from eks_blueprints.testing.recorded import Recorded
from tests.builders import SUBNETS, recorded


def made(system: dict[str, Any] | None = None, **cluster: Any) -> Recorded:
    driver = AwsEfsCsiDriver.model_validate({"file_systems": {"shared": system or {}}})
    return recorded(driver.install, **cluster)


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        AwsEfsCsiDriver.model_validate(fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_a_file_system_is_encrypted_backed_up_and_protected() -> None:
    plan = made()
    system = plan.one("efs.FileSystem").has(encrypted=True, throughputMode="elastic").has_option(protect=True)
    assert system.name == "shop-aws-efs-csi-driver-shared"
    plan.one("BackupPolicy").has(backupPolicy={"status": "ENABLED"})
    unprotected = made({"deletion_protection": False, "backup": False})
    with pytest.raises(AssertionError):
        unprotected.one("efs.FileSystem").has_option(protect=True)
    unprotected.one("BackupPolicy").has(backupPolicy={"status": "DISABLED"})


def test_each_zone_has_a_mount_target_that_lets_nodes_in() -> None:
    plan = made()
    names = sorted(each.name for each in plan.all("MountTarget"))
    assert names == [f"shop-aws-efs-csi-driver-shared-eu-west-1{zone}" for zone in "abc"]
    (rule,) = plan.one("SecurityGroup")["ingress"]
    assert (rule["fromPort"], rule["securityGroups"]) == (2049, ["sg-0123456789abcdef0"])


def test_several_subnets_of_a_zone_get_one() -> None:
    network = NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=(*SUBNETS, *SUBNETS))
    assert len(made(network=network).all("MountTarget")) == 3


def test_the_storage_class_waits_for_driver_and_mount_targets() -> None:
    plan = made({"storage_class": {"default": True, "base_path": "/claims"}})
    found = plan.one("StorageClass").waits_for(plan.one("eks.Addon"))
    for target in plan.all("MountTarget"):
        found.waits_for(target)
    found.has({"metadata.name": "efs-shared", "parameters.basePath": "/claims"})
    made({"storage_class": None}).none("StorageClass")


def test_settings_and_access_points_are_passed_on() -> None:
    plan = made(
        {
            "throughput_mode": "provisioned",
            "provisioned_throughput_in_mibps": 64,
            "transition_to_ia": "AFTER_30_DAYS",
            "transition_to_primary_storage_class": "AFTER_1_ACCESS",
            "access_points": {"web": {"path": "/web", "uid": 101, "gid": 101}},
        }
    )
    plan.one("efs.FileSystem").has(
        provisionedThroughputInMibps=64,
        lifecyclePolicies=[
            {"transitionToIa": "AFTER_30_DAYS"},
            {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
        ],
    )
    point = plan.one("AccessPoint").has(posixUser={"uid": 101, "gid": 101})
    point.has({"rootDirectory.path": "/web", "rootDirectory.creationInfo.permissions": "755"})


def test_a_network_without_private_subnets_is_refused() -> None:
    network = NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=SUBNETS[:3])
    with pytest.raises(ProgramError, match="need private subnets for their mount targets"):
        made(network=network)


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ({"throughput_mode": "provisioned"}, "provisioned_throughput_in_mibps: is needed"),
        ({"provisioned_throughput_in_mibps": 64}, "is for throughput_mode provisioned; got 64"),
        ({"performance_mode": "maxIO"}, "performance_mode: cannot be combined with elastic throughput"),
        ({"throughput_mode": "bursting", "transition_to_archive": "AFTER_90_DAYS"}, "is for elastic throughput"),
        ({"access_points": {"A": {"path": "/a"}}}, "access_points.A: is not a valid short name"),
        ({"access_points": {"a": {"path": "a"}}}, "access_points.a.path"),
    ],
)
def test_mistakes_are_told_where_they_stand(system: dict[str, Any], said: str) -> None:
    assert said in problems(file_systems={"shared": system})


def test_names_fit_and_one_class_is_the_default() -> None:
    assert "file_systems.Shared: is not a valid name" in problems(file_systems={"Shared": {}})
    default = {"storage_class": {"default": True}}
    assert "is for one class only" in problems(file_systems={"a": default, "b": default})
