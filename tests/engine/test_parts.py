"""Parts that a platform names or makes along, on the real engine: gateways, address pools, file systems, a queue.

Each comes, stays as it is by a second `up`, changes alone, leaves the others alone when it goes, and goes with all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import PROJECT

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PULUMI = "name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n"
PROGRAM = (PROJECT / "stacks" / "__main__.py").read_text()
CLUSTER: dict[str, Any] = {"version": "1.35", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}
NODES: dict[str, Any] = {"system": {"kind": "managed_nodes"}}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPS = "arn:aws:iam::123456789012:role/ops"


class Stack:
    """A project of one stack file, which tests change as data."""

    def __init__(self, engine: Engine, folder: Path, data: dict[str, Any]) -> None:
        (folder / "stacks").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(PULUMI)
        (folder / "stacks" / "__main__.py").write_text(PROGRAM)
        (folder / "stacks" / "Pulumi.prod.yaml").write_text("config: {}\n")
        (folder / "stacks" / "prod.yaml").write_text(yaml.safe_dump(data))
        self.data = data
        self.project: Project = engine.project(folder, stack="prod")

    def up(self) -> dict[str, str]:
        """Deploy what the data says now: the changes by logical name."""
        (self.project.folder / "stacks" / "prod.yaml").write_text(yaml.safe_dump(self.data))
        return self.project.up().changed()

    def goes(self) -> None:
        """Destroy all of it, and leave nothing behind."""
        self.project.destroy()
        assert self.project.leftovers() == []


def platform(**fields: Any) -> dict[str, Any]:
    return {"region": "eu-west-1", "cluster": CLUSTER, "compute": NODES, **fields}


def test_gateways_and_address_pools(engine: Engine, tmp_path: Path) -> None:
    gateways: dict[str, Any] = {
        "hub": {"id": "tgw-0123456789abcdef0", "destination_cidrs": ["172.16.0.0/16", "172.17.0.0/16"]},
        "office": {"id": "vgw-0123456789abcdef0", "destination_cidrs": ["192.0.2.0/24"]},
    }
    network: dict[str, Any] = {
        "zone_count": 2,
        "cidr": "10.20.0.0/16",
        "ipv4_ipam_pool_id": "ipam-pool-0123456789abcdef0",
        "ip_family": "ipv6",
        "ipv6_block": {"ipam_pool_id": "ipam-pool-0123456789abcdef1", "netmask_length": 52},
        "gateways": gateways,
    }
    stack = Stack(engine, tmp_path / "shop", platform(network=network, cluster={**CLUSTER, "ip_family": "ipv6"}))
    stack.up()
    assert stack.up() == {}
    # One destination more is routes and no more; one gateway less leaves the other as it is.
    gateways["hub"]["destination_cidrs"].insert(0, "172.18.0.0/16")
    changed = stack.up()
    assert changed
    assert set(changed.values()) == {"create"}
    assert all("hub" in name for name in changed)
    gateways["hub"]["destination_cidrs"].remove("172.16.0.0/16")
    changed = stack.up()
    assert set(changed.values()) == {"delete"}
    assert all("hub" in name for name in changed)
    del gateways["hub"]
    changed = stack.up()
    assert set(changed.values()) == {"delete"}
    assert not [name for name in changed if "office" in name]
    assert stack.up() == {}
    stack.goes()


def test_file_systems(engine: Engine, tmp_path: Path) -> None:
    points: dict[str, Any] = {"web": {"path": "/web"}, "jobs": {"path": "/jobs", "uid": 2000}}
    systems: dict[str, Any] = {
        "shared": {"deletion_protection": False, "access_points": points},
        "cache": {"deletion_protection": False, "storage_class": None},
    }
    stack = Stack(engine, tmp_path / "shop", platform(addons={"aws_efs_csi_driver": {"file_systems": systems}}))
    stack.up()
    assert stack.up() == {}
    systems["shared"]["transition_to_ia"] = "AFTER_30_DAYS"
    assert set(stack.up().items()) == {("prod-aws-efs-csi-driver-shared", "update")}
    del points["jobs"]
    changed = stack.up()
    assert set(changed.values()) == {"delete"}
    assert all("jobs" in name for name in changed)
    del systems["cache"]
    changed = stack.up()
    assert "prod-aws-efs-csi-driver-cache" in changed
    assert not [name for name in changed if "shared" in name]
    assert stack.up() == {}
    stack.goes()


def test_karpenters_queue(engine: Engine, tmp_path: Path) -> None:
    audit = {"principals": {"AWS": [OPS]}, "actions": ["sqs:GetQueueAttributes"]}
    queue: dict[str, Any] = {"name": "shop-karpenter", "kms_master_key_id": KEY, "policy_statements": [audit]}
    karpenter: dict[str, Any] = {"rule_name_prefix": "shop", "queue": queue}
    stack = Stack(engine, tmp_path / "shop", platform(compute={**NODES, "karpenter": karpenter}))
    stack.up()
    assert stack.up() == {}
    queue["policy_statements"].append({**audit, "effect": "Deny", "actions": ["sqs:PurgeQueue"]})
    assert stack.up() == {"prod-karpenter-queue-policy": "update"}
    queue["kms_data_key_reuse_period_seconds"] = 600
    assert stack.up() == {"prod-karpenter-queue": "update"}
    queue["policy_statements"].clear()
    assert stack.up() == {"prod-karpenter-queue-policy": "update"}
    stack.goes()
