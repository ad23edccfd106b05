"""Every kind of compute on the real engine: up, no change, a change in place, a replacement in order, destroy."""

from __future__ import annotations

import pytest

from .harness import Engine, Project

pytestmark = pytest.mark.engine

PROGRAM = """
from pathlib import Path
from eks_blueprints import stackfile
stackfile.deploy(Path(__file__).with_name("dev.yaml"))
"""

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster:
  version: "1.34"
  remote_node_networks: [10.80.0.0/16]
compute:
"""

NODES = """\
  nodes: {kind: managed_nodes, min_size: 0, desired_size: 1, max_size: 3}
"""

SELF_MANAGED = """\
  own:
    kind: self_managed_nodes
    instance_types: [m7g.large, m6g.large]
    instances_distribution: {on_demand_base_capacity: 1, on_demand_percentage_above_base_capacity: 0}
    image: {release: 1.34.1-20251007}
    min_size: 1
    max_size: 4
    disk: {volume_size: 100}
    zones: [eu-west-1a]
    lifecycle_hooks:
      drain: {lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING", heartbeat_timeout: 300}
"""

FARGATE = """\
  batch:
    kind: fargate
    selectors: [{namespace: batch}]
    logging:
      cloudwatch_logs: {retention_in_days: 30}
    tags: {cost: one}
"""

SYSTEM_FARGATE = """\
  system:
    kind: fargate
    selectors: [{namespace: kube-system}]
addons:
  coredns: {}
"""

HYBRID = """\
  edge:
    kind: hybrid_nodes
    ssm: {activation: {registration_limit: 2}}
    tags: {cost: one}
"""

AUTOSCALER = """\
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  cluster_autoscaler: {scale_down: {unneeded_time: 10m}}
"""


def platform(engine: Engine, *parts: str) -> Project:
    return engine.program(PROGRAM, files={"dev.yaml": PLATFORM + "".join(parts)})


def test_a_self_managed_group_lives_changes_and_dies(engine: Engine) -> None:
    project = platform(engine, SELF_MANAGED)
    made = project.up().order("create")
    assert made.index("dev-own-access") < made.index("dev-own-group") < made.index("dev-coredns-addon")
    assert project.up().unchanged
    project.refresh()
    assert project.preview().unchanged
    project.edit("dev.yaml", "max_size: 4", "max_size: 6")
    assert project.up().changed() == {"dev-own-group": "update"}
    project.edit("dev.yaml", "heartbeat_timeout: 300", "heartbeat_timeout: 600")
    assert project.up().changed() == {"dev-own-hook-drain": "update"}
    gone = project.destroy().order("delete")
    assert gone.index("dev-own-group") < gone.index("dev-own-access")
    assert gone.index("dev-own-group") < gone.index("dev-own-template")
    assert project.leftovers() == []


def test_new_disks_images_and_zones_of_a_self_managed_group_are_rolled_out_in_place(engine: Engine) -> None:
    project = platform(engine, SELF_MANAGED)
    project.up()
    project.edit("dev.yaml", "volume_size: 100", "volume_size: 120")
    # The group takes up the template's new version, which starts its instance refresh.
    assert project.up().changed() == {"dev-own-template": "update", "dev-own-group": "update"}
    project.edit("dev.yaml", "zones: [eu-west-1a]", "zones: [eu-west-1b]")
    assert project.up().changed() == {"dev-own-group": "update"}
    project.edit("dev.yaml", "min_size: 1\n", "min_size: 1\n    labels: {team: batch}\n")
    assert project.up().changed() == {"dev-own-template": "update", "dev-own-group": "update"}
    assert project.up().unchanged


def test_a_managed_group_takes_an_image_of_ones_own(engine: Engine) -> None:
    project = platform(engine, NODES)
    project.up()
    own = "kind: managed_nodes, ami_type: CUSTOM, image: {id: ami-0123456789abcdef0},"
    project.edit("dev.yaml", "kind: managed_nodes,", own)
    changes = project.up().changed()
    assert (changes["dev-nodes-template"], changes["dev-nodes-group"]) == ("update", "replace")
    assert project.up().unchanged
    project.edit("dev.yaml", "ami-0123456789abcdef0", "ami-0fedcba9876543210")
    assert project.up().changed() == {"dev-nodes-template": "update", "dev-nodes-group": "update"}
    project.edit("dev.yaml", "max_size: 3", "max_size: 3, node_config: {kubelet: {config: {maxPods: 20}}}")
    assert project.up().changed() == {"dev-nodes-template": "update", "dev-nodes-group": "update"}
    project.destroy()
    assert project.leftovers() == []


def test_nodes_with_efa_live_and_die(engine: Engine) -> None:
    fast = "kind: managed_nodes, instance_types: [c5n.18xlarge], efa: true, zones: [eu-west-1a],"
    project = platform(engine, NODES.replace("kind: managed_nodes,", fast))
    made = project.up().order("create")
    assert made.index("dev-nodes-placement") < made.index("dev-nodes-template") < made.index("dev-nodes-group")
    assert project.up().unchanged
    gone = project.destroy().order("delete")
    assert gone.index("dev-nodes-group") < gone.index("dev-nodes-efa")
    assert gone.index("dev-nodes-group") < gone.index("dev-nodes-placement")
    assert project.leftovers() == []


def test_a_fargate_profile_lives_is_replaced_and_dies(engine: Engine) -> None:
    project = platform(engine, NODES, FARGATE)
    made = project.up().order("create")
    assert made.index("dev-fargate-aws-logging") < made.index("dev-batch-profile")
    assert project.up().unchanged
    project.edit("dev.yaml", "cost: one", "cost: two")
    changed = project.up().changed()
    assert changed["dev-batch-profile"] == "update"
    assert set(changed.values()) == {"update"}
    project.edit("dev.yaml", "selectors: [{namespace: batch}]", "selectors: [{namespace: nightly}]")
    change = project.up()
    assert change.changed() == {"dev-batch-profile": "replace"}
    done = [step.op for step in change.steps if step.name == "dev-batch-profile"]
    assert done.index("create-replacement") < done.index("delete-replaced")
    project.edit("dev.yaml", "retention_in_days: 30", "retention_in_days: 60")
    assert project.up().changed() == {"dev-fargate-logs": "update"}
    project.destroy()
    assert project.leftovers() == []


def test_a_profile_with_logging_can_be_renamed(engine: Engine) -> None:
    project = platform(engine, NODES, FARGATE)
    project.up()
    project.edit("dev.yaml", "  batch:\n", "  jobs:\n")
    done = project.up().changed()
    assert done["dev-batch-profile"] == "delete"
    assert done["dev-jobs-profile"] == "create"
    assert not [name for name in done if name.startswith("dev-fargate-")]
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_nothing_but_fargate_runs_coredns(engine: Engine) -> None:
    project = platform(engine, SYSTEM_FARGATE)
    made = project.up()
    assert made.order("create").index("dev-system-profile") < made.order("create").index("dev-coredns-addon")
    addon = made.registered["aws:eks/addon:Addon", "dev-coredns-addon"]
    assert addon.inputs["configurationValues"] == '{"computeType":"Fargate"}'
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_hybrid_nodes_live_change_and_die(engine: Engine) -> None:
    project = platform(engine, NODES, HYBRID)
    project.up()
    assert project.up().unchanged
    project.edit("dev.yaml", "cost: one", "cost: two")
    assert "replace" not in project.up().changed().values()
    project.edit("dev.yaml", "registration_limit: 2", "registration_limit: 3")
    assert set(project.up().changed()) == {"dev-edge-activation"}
    project.destroy()
    assert project.leftovers() == []


def test_cluster_autoscaler_comes_changes_and_goes(engine: Engine) -> None:
    project = platform(engine, NODES, AUTOSCALER)
    made = project.up().order("create")
    assert made.index("dev-nodes-group") < made.index("dev-cluster-autoscaler-release")
    assert project.up().unchanged
    project.edit("dev.yaml", "unneeded_time: 10m", "unneeded_time: 5m")
    assert project.up().changed() == {"dev-cluster-autoscaler-release": "update"}
    project.edit("dev.yaml", "  cluster_autoscaler: {scale_down: {unneeded_time: 5m}}\n", "")
    gone = project.up().changed()
    # The hints of the empty group go with it.
    assert gone.pop("dev-nodes-group") == "update"
    assert set(gone.values()) == {"delete"}
    project.destroy()
    assert project.leftovers() == []


def test_all_kinds_live_in_one_cluster_and_die_in_order(engine: Engine) -> None:
    project = platform(engine, NODES, SELF_MANAGED, FARGATE, HYBRID, AUTOSCALER)
    project.up()
    assert project.up().unchanged
    gone = project.destroy().order("delete")
    for last in ("dev-nodes-group", "dev-own-group", "dev-batch-profile", "dev-edge-access"):
        assert gone.index(last) < gone.index("dev-cluster")
    assert gone.index("dev-coredns-addon") < gone.index("dev-nodes-group")
    assert project.leftovers() == []


def test_a_group_that_cannot_start_is_made_by_the_next_run(engine: Engine) -> None:
    project = platform(engine, NODES, SELF_MANAGED)
    project.fault("create", "aws:autoscaling/group:Group", message="not enough capacity")
    failed = project.up(check=False)
    assert not failed.ok
    assert "not enough capacity" in failed.errors
    project.up()
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


GOLDEN = """
import pulumi
import pulumi_aws as aws

regional = pulumi.ResourceOptions(provider=aws.Provider("golden", region="eu-west-1"))
for name in ("golden-one", "golden-two"):
    aws.ec2.LaunchTemplate(name, name=name, opts=regional)
"""


def test_settings_of_instances_roll_and_another_template_replaces(engine: Engine) -> None:
    wanted = "instance_requirements: {vcpu_count: {min: 4, max: 8}, memory_mib: {min: 16384}}"
    parts = (
        NODES.replace("max_size: 3}", "max_size: 3, instance_types: [m6a.xlarge], timeouts: {create: 30m}}"),
        "  there: {kind: managed_nodes, launch_template: {name: golden-one, version: 1}}\n",
        f"  own: {{kind: self_managed_nodes, image: {{release: 1.34.1-20251007}}, max_size: 4, {wanted}}}\n",
    )
    project = engine.program(GOLDEN + PROGRAM, files={"dev.yaml": PLATFORM + "".join(parts)})
    project.up()
    assert project.up().unchanged
    cpus = "max_size: 3, cpu_options: {core_count: 2, threads_per_core: 1}, network_interfaces: [{device_index: 1}],"
    project.edit("dev.yaml", "max_size: 3,", cpus)
    assert project.up().changed() == {"dev-nodes-template": "update", "dev-nodes-group": "update"}
    project.edit("dev.yaml", "version: 1}", "version: $Latest}")
    assert project.up().changed() == {"dev-there-group": "update"}
    project.edit("dev.yaml", "name: golden-one", "name: golden-two")
    assert project.up().changed() == {"dev-there-group": "replace"}
    project.edit("dev.yaml", "max: 8}", "max: 16}")
    assert project.up().changed() == {"dev-own-group": "update"}
    project.edit("dev.yaml", "max_size: 3,", "max_size: 3, launch_template_name: golden,")
    made = project.up()
    assert (made.changed()["dev-nodes-template"], made.changed()["dev-nodes-group"]) == ("replace", "replace")
    project.destroy()
    assert project.leftovers() == []
