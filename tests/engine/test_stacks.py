"""Our own stacks through the real engine: up, no change, an edit, a failure half-way and a resume, destroy.

And the promise that everything else rests on: what the program registers with the engine is what the recording holds.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.recording import Plan, PlannedResource, record_directory
from tests import PROJECT, ROOT

from .harness import Engine, Project
from .registered import UNKNOWN, Registered

pytestmark = pytest.mark.engine

SYMBOL = re.compile(r"\$\{[^}]+\}")


def stack(engine: Engine, name: str) -> Project:
    return engine.project(PROJECT, stack=name)


MIXED = ROOT / "examples" / "mixed_compute"


@pytest.mark.parametrize(("folder", "name"), [(PROJECT, "dev"), (PROJECT, "prod"), (MIXED, "prod")])
def test_the_engine_is_sent_what_the_recording_holds(engine: Engine, folder: Path, name: str) -> None:
    sent = engine.project(folder, stack=name).preview().registered
    plan = record_directory(folder, name).plan()
    recorded = plan.by_urn()
    assert {item.urn for item in sent} == set(recorded)
    for item in sent:
        assert_same(item, recorded[item.urn], plan)


def assert_same(sent: Registered, planned: PlannedResource, plan: Plan) -> None:
    at = f"{sent.type} {sent.name}"
    assert sent.parent == (planned.parent or ""), at
    assert sent.custom == planned.custom, at
    assert sorted(sent.inputs) == sorted(planned.inputs), at
    for key, value in sent.inputs.items():
        assert alike(value, planned.inputs[key]), f"{at}: {key}: sent {value!r}, recorded {planned.inputs[key]!r}"
    assert sent.dependencies == planned.dependencies, at
    assert {k: v for k, v in sent.property_dependencies.items() if v} == dict(planned.property_dependencies), at
    assert sent.provider == (planned.provider or ""), at
    assert sent.providers == dict(planned.providers), at
    options = planned.options
    assert sent.protect == options.get("protect"), at
    assert list(sent.ignore_changes) == options.get("ignore_changes", []), at
    assert list(sent.replace_on_changes) == options.get("replace_on_changes", []), at
    assert sent.delete_before_replace == options.get("delete_before_replace"), at
    assert sent.retain_on_delete == options.get("retain_on_delete"), at
    assert list(sent.replace_with) == options.get("replace_with", []), at
    assert sent.deleted_with == options.get("deleted_with", ""), at
    assert list(sent.additional_secret_outputs) == options.get("additional_secret_outputs", []), at
    assert sent.custom_timeouts == options.get("custom_timeouts", {}), at
    assert len(sent.aliases) == len(options.get("aliases", [])), at
    assert sent.version == options.get("version", ""), at


def alike(sent: Any, planned: Any) -> bool:
    """Whether two inputs are the same up to what only AWS knows: unknown to the engine, a symbol in the recording."""
    if isinstance(planned, dict) and planned.get("$secret"):
        return True
    if sent is UNKNOWN:
        return isinstance(planned, dict | list) or bool(SYMBOL.search(str(planned)))
    if isinstance(planned, str) and SYMBOL.fullmatch(planned):
        return True  # the engine has named it by itself by now
    if isinstance(sent, dict) and isinstance(planned, dict):
        return sent.keys() == planned.keys() and all(alike(sent[key], planned[key]) for key in sent)
    if isinstance(sent, list) and isinstance(planned, list):
        return len(sent) == len(planned) and all(alike(a, b) for a, b in zip(sent, planned, strict=True))
    return bool(sent == planned)


def test_dev_lives_and_dies(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.up()
    assert project.outputs()["cluster_name"] == "dev"
    assert project.up().unchanged
    project.refresh()
    assert project.preview().unchanged
    gone = project.destroy().order("delete")
    assert gone.index("dev-metrics-server-addon") < gone.index("dev-nodes-group") < gone.index("dev-cluster")
    assert gone.index("dev-nodes-group") < gone.index("dev-vpc-cni-addon")
    assert project.leftovers() == []
    assert project.export() == []


def test_prod_lives_is_protected_and_dies(engine: Engine) -> None:
    project = stack(engine, "prod")
    project.up()
    assert project.up().unchanged
    assert "protected" in project.preview_destroy().errors
    project.edit("stacks/prod.yaml", "  protect: true\n", "")
    project.edit("stacks/prod.yaml", "  deletion_protection: true\n", "")
    assert project.up().changed() == {"prod-cluster": "update"}
    project.destroy()
    assert project.leftovers() == []


def test_one_edit_changes_one_thing(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.up()
    project.edit("stacks/dev.yaml", "max_size: 4", "max_size: 5")
    assert project.up().changed() == {"dev-nodes-group": "update"}


def test_an_addon_comes_and_goes_alone(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.up()
    project.edit("stacks/dev.yaml", "  metrics_server: {}\n", "  metrics_server: {}\n  aws_ebs_csi_driver: {}\n")
    added = project.up()
    assert set(added.changed().values()) == {"create"}
    assert all("ebs-csi-driver" in name for name in added.changed())
    project.edit("stacks/dev.yaml", "  aws_ebs_csi_driver: {}\n", "")
    assert set(project.up().changed().values()) == {"delete"}


def test_new_instance_types_make_the_new_group_first(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.up()
    project.edit("stacks/dev.yaml", "[t4g.large, m7g.large]", "[m7g.xlarge]")
    change = project.up()
    assert change.changed()["dev-nodes-group"] == "replace"
    done = [step.op for step in change.steps if step.name == "dev-nodes-group"]
    assert done.index("create-replacement") < done.index("delete-replaced")
    assert project.up().unchanged


def test_a_failure_half_way_is_resumed(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.fault("create", "aws:eks/nodeGroup:NodeGroup", message="no capacity in eu-west-1a")
    failed = project.up(check=False)
    assert not failed.ok
    assert "no capacity in eu-west-1a" in failed.errors
    project.up()
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_a_mistake_in_a_stack_file_is_told_without_a_traceback(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.edit("stacks/dev.yaml", "max_size: 4", "max_sise: 4")
    refused = project.preview(check=False)
    assert "dev.yaml:23:5: compute.nodes.max_sise: no such field" in refused.errors
    assert "Traceback" not in refused.output


def test_a_cluster_is_replaced_with_all_that_stands_on_it(engine: Engine) -> None:
    """The name is fixed, so the old cluster goes first; the engine must not get stuck on what stood on it."""
    project = stack(engine, "dev")
    project.up()
    project.edit("stacks/dev.yaml", "cluster:\n", "cluster:\n  service_ipv4_cidr: 10.96.0.0/16\n")
    change = project.up().changed()
    assert change["dev-cluster"] == "replace"
    assert change["dev-nodes-group"] == "replace"
    assert "dev-network-vpc" not in change
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_zones_are_added_without_moving_what_is_there(engine: Engine) -> None:
    project = stack(engine, "dev")
    project.edit("stacks/dev.yaml", "  zone_count: 2\n", "  zone_count: 2\n  max_zones: 3\n")
    project.up()
    project.edit("stacks/dev.yaml", "zone_count: 2", "zone_count: 3")
    change = project.up().changed()
    assert {name for name, op in change.items() if op == "create"} >= {
        "dev-network-public-eu-west-1c",
        "dev-network-private-eu-west-1c",
    }
    assert "replace" not in [op for name, op in change.items() if name.startswith("dev-network-p")]
    assert project.up().unchanged
