"""The disk that pods of a node share, of every source of nodes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from eks_blueprints.policies.node_disks import Disk, disk_of_group, disk_of_pool, disk_of_template
from eks_blueprints.policies.node_labels import user_data
from eks_blueprints.policies.platform import EC2_NODE_CLASS, LAUNCH_TEMPLATE, NODE_CLASS, NODE_GROUP, NODE_POOL
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.stack import Resource, Stack

GIB = 2**30


def resource(type_: str, name: str, **inputs: Any) -> Resource:
    return Resource(f"urn:pulumi:dev::p::{type_}::{name}", type_, name, inputs, props=Props(inputs))


def pool(class_: str) -> Resource:
    spec = {"template": {"spec": {"nodeClassRef": {"name": class_}}}}
    return resource(NODE_POOL, "pool", metadata={"name": "pool"}, spec=spec)


def stack(*resources: Resource) -> Stack:
    return Stack(resources)


def test_a_managed_group_has_the_disk_that_it_asks_for_or_that_eks_gives_it() -> None:
    assert disk_of_group(resource(NODE_GROUP, "a"), windows=False) == Disk(20 * GIB)
    assert disk_of_group(resource(NODE_GROUP, "a"), windows=True) == Disk(50 * GIB)
    assert disk_of_group(resource(NODE_GROUP, "a", diskSize=100), windows=False) == Disk(100 * GIB)


@pytest.mark.parametrize(("strategy", "used"), [("RAID0", True), ("Mount", False)])
def test_a_launch_template_gives_the_largest_of_its_volumes(strategy: str, used: bool) -> None:
    text = f"kind: NodeConfig\nspec: {{instance: {{localStorage: {{strategy: {strategy}}}}}}}"
    template = resource(
        LAUNCH_TEMPLATE,
        "a",
        userData=base64.b64encode(text.encode()).decode(),
        blockDeviceMappings=[
            {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}},
            {"deviceName": "/dev/xvdb", "ebs": {"volumeSize": 64}},
        ],
    )
    assert disk_of_template(template, user_data(template)) == Disk(64 * GIB, instance_store=used)


def test_a_template_whose_user_data_cannot_be_read_has_an_unknown_disk() -> None:
    template = resource(LAUNCH_TEMPLATE, "a", userData="${secret}", blockDeviceMappings=[{"ebs": {"volumeSize": 64}}])
    assert disk_of_template(template, user_data(template)) == Disk()


@pytest.mark.parametrize(
    ("spec", "gibibytes"),
    [
        ({"amiSelectorTerms": [{"alias": "al2023@latest"}]}, 20),
        ({"amiSelectorTerms": [{"alias": "windows2022@latest"}]}, 50),
        (
            {
                "amiSelectorTerms": [{"alias": "bottlerocket@v1.50.0"}],
                "blockDeviceMappings": [
                    {"deviceName": "/dev/xvda", "ebs": {"volumeSize": "4Gi"}},
                    {"deviceName": "/dev/xvdb", "ebs": {"volumeSize": "100Gi"}},
                ],
            },
            100,
        ),
        (
            {
                "amiFamily": "AL2023",
                "blockDeviceMappings": [
                    {"deviceName": "/dev/xvda", "ebs": {"volumeSize": "30Gi"}},
                    {"deviceName": "/dev/xvdf", "ebs": {"volumeSize": "200Gi"}, "rootVolume": True},
                ],
            },
            200,
        ),
        (
            {"amiFamily": "AL2023", "blockDeviceMappings": [{"deviceName": "/dev/xvdf", "ebs": {"volumeSize": "1Ti"}}]},
            20,
        ),
    ],
)
def test_karpenters_nodes_have_the_disk_that_karpenter_counts(spec: dict[str, Any], gibibytes: int) -> None:
    found = stack(pool("mine"), resource(EC2_NODE_CLASS, "mine", metadata={"name": "mine"}, spec=spec))
    assert disk_of_pool(pool("mine"), found, auto_mode=False) == Disk(gibibytes * GIB)


def test_karpenter_uses_instance_stores_where_it_is_told_to() -> None:
    spec = {"amiFamily": "AL2023", "instanceStorePolicy": "RAID0"}
    found = stack(resource(EC2_NODE_CLASS, "mine", metadata={"name": "mine"}, spec=spec))
    assert disk_of_pool(pool("mine"), found, auto_mode=False).instance_store


def test_auto_mode_gives_80_gib_unless_its_class_says_otherwise() -> None:
    spec = {"ephemeralStorage": {"size": "160Gi"}}
    found = stack(resource(NODE_CLASS, "mine", metadata={"name": "mine"}, spec=spec))
    assert disk_of_pool(pool("default"), stack(), auto_mode=True) == Disk(80 * GIB, instance_store=True)
    assert disk_of_pool(pool("mine"), found, auto_mode=True) == Disk(160 * GIB, instance_store=True)
    assert disk_of_pool(pool("theirs"), found, auto_mode=True) == Disk()
