"""Migrations on the real engine: each phase is written, deployed, and does the operations that it is for, no others."""

from __future__ import annotations

import pytest

from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS, migration
from eks_blueprints.lifecycle.migrate.run import look, write_next
from tests.lifecycle.migrate.platforms import EXPECTED, PLATFORMS, folded, given

from .harness import QUIET_OPS, Engine
from .test_agents import PROGRAM

pytestmark = pytest.mark.engine

TAKEN_OVER = ("keda/keda", "external-dns/external-dns")
COMPONENTS = ("eks-blueprints:", "pulumi:pulumi:")


@pytest.mark.parametrize("name", [each.name for each in MIGRATIONS])
def test_all_phases(engine: Engine, name: str) -> None:
    project = engine.program(PROGRAM, files={"dev.yaml": PLATFORMS[name]})
    project.up()
    file = project.folder / "dev.yaml"
    known = given(project.folder, name)
    seen: dict[str, dict[str, str]] = {}
    while (done := write_next(look(migration(name), "dev", file, known))) is not None:
        seen[done.phase.id] = folded(
            (step.name.replace("dev-", "prod-", 1), step.op)
            for step in project.up().steps
            if step.op not in QUIET_OPS and not step.type.startswith(COMPONENTS)
        )
    assert seen == EXPECTED[name]
    assert project.up().unchanged
    # What an agent has taken over was never deleted from the cluster.
    kept = {f"kubernetes:helm.sh/v3:Release {each}" for each in TAKEN_OVER if name.startswith("helm-to-")}
    assert kept <= set(project.leftovers())
    project.destroy()
    assert project.leftovers() == []
