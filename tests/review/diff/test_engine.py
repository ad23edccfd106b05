"""The diff held against the real engine: what it says will happen, and a deployed stack as the old side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eks_blueprints.recording import Plan, record_directory
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.base import from_file
from tests import PROJECT
from tests.engine.harness import Engine, Project, missing

pytestmark = pytest.mark.engine

LENIENT = {"dev-network-default-security-group"}
"""The stand-in moves a default security group to another VPC, which the real provider cannot."""

EDITS = {
    "other instance types": ("instance_types: [t4g.large, m7g.large]", "instance_types: [m7g.xlarge]"),
    "more nodes": ("max_size: 4", "max_size: 9"),
    "an add-on less": ("  metrics_server: {}\n", ""),
    "an open endpoint": ("[203.0.113.0/24]", "[0.0.0.0/0]"),
    "other logs": ("enabled_cluster_log_types: [audit]", "enabled_cluster_log_types: [audit, api]"),
    "a NAT gateway a zone": ("nat_gateways: single", "nat_gateways: per_zone"),
    "another cluster": ('version: "1.35"', 'version: "1.35"\n  service_ipv4_cidr: 10.100.0.0/16'),
    "bigger disks": ("    max_size: 4", "    max_size: 4\n    disk: {volume_size: 120}"),
    "another network": ("network:\n", "network:\n  cidr: 10.20.0.0/16\n"),
    "other tags": ("owner: platform", "owner: shop"),
    "another region": ("region: eu-west-1", "region: eu-north-1"),
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The dev stack, deployed once."""
    if reason := missing():
        pytest.skip(reason)
    engine = Engine(tmp_path_factory.mktemp("engine"))
    project = engine.project(PROJECT, stack="dev")
    project.up()
    yield project
    engine.close()


def test_nothing_differs_from_what_is_deployed(deployed: Project, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": deployed.export()}}))
    new = record_directory(PROJECT, "dev").plan()
    found = diff_plans(from_file(state).plan(new), new)
    said = [f"{each.kind} {each.name}: {[change.path for change in each.changes]}" for each in found.resources]
    assert said == []


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_engine_would_do_what_the_diff_says(deployed: Project, edit: tuple[str, str]) -> None:
    old = record_directory(deployed.folder, "dev").plan()
    file = deployed.folder / "stacks" / "dev.yaml"
    before = file.read_text()
    assert edit[0] in before
    file.write_text(before.replace(*edit))
    try:
        new = record_directory(deployed.folder, "dev").plan()
        done = deployed.preview().changed()
    finally:
        file.write_text(before)
    components = {each.name for plan in (old, new) for each in plan.resources if not each.custom}
    components -= {each.name for plan in (old, new) for each in plan.resources if each.custom}
    left_out = components | LENIENT
    assert {name: kind for name, kind in said(old, new).items() if name not in left_out} == {
        name: op for name, op in done.items() if name not in left_out
    }


def said(old: Plan, new: Plan) -> dict[str, str]:
    return {each.name: each.kind for each in diff_plans(old, new).resources}
