"""Upgrades on the real engine: in place by `upgrade apply`, and the two blue/green ways of docs/guides/blue_green.md.

Each phase does the operations that it is for, and no others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.lifecycle.upgrade.apply import applied, write
from eks_blueprints.lifecycle.upgrade.planner import plan
from eks_blueprints.lifecycle.upgrade.read import Sources, situation_of
from eks_blueprints.review.preview.targets import Target
from tests import PROJECT, ROOT
from tests.lifecycle.upgrade.test_seen import addons, written

from .harness import Engine, Project
from .test_agents import PROGRAM

pytestmark = pytest.mark.engine

GUIDE = ROOT / "docs" / "guides" / "blue_green.md"
FENCE = re.compile(r"^```yaml ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PLATFORM = """\
# In place, one commit a step.
region: eu-west-1
cluster:
  version: "1.33"  # by upgrade apply
compute:
  system: {kind: managed_nodes, instance_types: [m7g.large], min_size: 2, max_size: 4}
  batch:
    kind: managed_nodes  # held back
    instance_types: [m7i.large]
    release_version: 1.33.5-20251103
    min_size: 1
    max_size: 3
addons:
  coredns: {version: v1.12.4-eksbuild.1}
  kube_proxy: {version: v1.33.3-eksbuild.4}
"""
OFFERED = addons(
    ("coredns", "v1.12.4-eksbuild.1", ["1.33"]),
    ("coredns", "v1.13.2-eksbuild.19", ["1.33", "1.34", "1.35"]),
    ("coredns", "v1.14.3-eksbuild.11", ["1.35"]),
    ("kube-proxy", "v1.33.3-eksbuild.4", ["1.33", "1.34"]),
    ("kube-proxy", "v1.34.1-eksbuild.2", ["1.34", "1.35"]),
    ("kube-proxy", "v1.35.0-eksbuild.2", ["1.35"]),
)


class _Upgrade:
    """The steps of one minor on a project whose stack file is dev.yaml."""

    def __init__(self, project: Project, offered: Path) -> None:
        self.project, self.file = project, project.folder / "dev.yaml"
        self.sources = Sources(addon_versions=(offered,))

    def steps(self, to: str, releases: dict[str, str]) -> dict[str, dict[str, str]]:
        """What the engine changes after each step that writes something, by the step."""
        done: dict[str, dict[str, str]] = {}
        ids = [step.id for step in self._hop(to).steps if step.edits]
        for each in ids:
            if self._write(to, each, releases):
                done[each] = self.project.up().changed()
            assert not self._write(to, each, releases), f"{each} is written twice"
        return done

    def _hop(self, to: str) -> Any:
        here = situation_of(Target("dev", None, self.file), self.sources)
        return plan(here, to).hops[-1]

    def _write(self, to: str, wanted: str, releases: dict[str, str]) -> bool:
        here = situation_of(Target("dev", None, self.file), self.sources)
        hop = plan(here, to).hops[-1]
        assert [each.what for each in hop.findings if each.stops] == []
        number = next(index for index, step in enumerate(hop.steps, 1) if step.id == wanted)
        found = applied(self.file, here, hop.minor, hop.steps, number, releases)
        write(self.file, found)
        return bool(found.files)


def test_two_minors_in_place_one_step_at_a_time(engine: Engine, tmp_path: Path) -> None:
    project = engine.program(PROGRAM, files={"dev.yaml": PLATFORM})
    project.up()
    state = written(tmp_path, {"version": 3, "deployment": {"resources": project.export()}}, "state.json")
    upgrade = _Upgrade(project, written(tmp_path, OFFERED))
    assert upgrade.steps("1.34", {"batch": "1.34.2-20251201"}) == {
        "hold-nodes": {},
        "addons-before": {"dev-coredns-addon": "update"},
        "control-plane": {"dev-cluster": "update"},
        "addons-after": {"dev-kube-proxy-addon": "update"},
        "nodes-system": {"dev-system-group": "update"},
        "nodes-batch": {"dev-batch-group": "update"},
    }
    assert upgrade.steps("1.35", {"batch": "1.35.1-20260301"}) == {
        "control-plane": {"dev-cluster": "update"},
        "addons-after": {"dev-coredns-addon": "update", "dev-kube-proxy-addon": "update"},
        "nodes-system": {"dev-system-group": "update"},
        "nodes-batch": {"dev-batch-group": "update"},
    }
    assert project.up().unchanged
    before = situation_of(Target("dev", None, upgrade.file), Sources(state=state))
    assert (before.minor, before.declared) == (33, 35)
    assert {each.name: each.minor for each in before.nodes} == {"system": 33, "batch": 33}
    assert {each.name: each.version for each in before.components if each.pinned} == {
        "coredns": "v1.12.4-eksbuild.1",
        "kube-proxy": "v1.33.3-eksbuild.4",
    }
    text = upgrade.file.read_text()
    assert '  version: "1.35"  # by upgrade apply\n' in text
    assert '    kind: managed_nodes  # held back\n    version: "1.35"\n' in text
    assert text.count("1.33") == 0


def test_one_node_group_takes_over_from_another(engine: Engine) -> None:
    first, second, third, fourth = (text for name, text in FENCE.findall(GUIDE.read_text(encoding="utf-8")) if not name)
    project = engine.program(PROGRAM, files={"dev.yaml": first})
    project.up()

    def phase(text: str) -> dict[str, str]:
        (project.folder / "dev.yaml").write_text(text)
        return project.up().changed()

    made = phase(second)
    assert set(made.values()) == {"create"}
    assert all(name.startswith("dev-green") for name in made)
    assert phase(third) == {"dev-blue-group": "update"}
    gone = phase(fourth)
    assert set(gone.values()) == {"delete"}
    assert all(name.startswith("dev-blue") for name in gone)
    assert project.up().unchanged


def test_one_cluster_takes_over_from_another(engine: Engine, tmp_path: Path) -> None:
    files = {name: text for name, text in FENCE.findall(GUIDE.read_text(encoding="utf-8")) if name}
    stacks = tmp_path / "shop" / "stacks"
    stacks.mkdir(parents=True)
    (stacks.parent / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\nstackConfigDir: stacks\n")
    (stacks / "__main__.py").write_text((PROJECT / "stacks" / "__main__.py").read_text())
    for name, text in files.items():
        (stacks.parent / name).write_text(text)
    project = engine.project(stacks.parent, stack="blue")
    project.up()
    project.stack = "green"
    project._pulumi("stack", "init", "green")
    made = project.up()
    assert set(made.changed().values()) == {"create"}
    assert made.registered["aws:eks/cluster:Cluster", "green-cluster"].inputs["version"] == "1.36"
    project.stack = "blue"
    assert project.up().unchanged
    project.destroy()
    project.stack = "green"
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []
