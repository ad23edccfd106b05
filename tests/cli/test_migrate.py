"""`eks-blueprints migrate` as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS
from eks_blueprints.lifecycle.migrate.schema import schema
from tests import ROOT
from tests.commands import called
from tests.lifecycle.migrate.platforms import PLATFORMS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "prod.yaml").write_text(PLATFORMS["gp2-to-gp3"])
    return tmp_path


def test_the_list(tmp_path: Path) -> None:
    done = called("migrate", cwd=tmp_path)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [each.name for each in MIGRATIONS]
    data = json.loads(called("migrate", "--format", "json", cwd=tmp_path).stdout)
    assert [each["name"] for each in data] == [each.name for each in MIGRATIONS]


def test_json_is_what_its_schema_says(project: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert json.loads((ROOT / "docs/reference/migrate.schema.json").read_text()) == schema()
    for words in ([], ["gp2-to-gp3", "prod.yaml"], ["gp2-to-gp3", "prod.yaml", "--write"]):
        done = called("migrate", *words, "--format", "json", cwd=project)
        jsonschema.validate(json.loads(done.stdout), schema())


def test_the_help_fits_80_columns(tmp_path: Path) -> None:
    done = called("migrate", "--help", cwd=tmp_path)
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


def test_one_phase_after_the_other(project: Path) -> None:
    shown = called("migrate", "gp2-to-gp3", "prod.yaml", cwd=project)
    assert shown.returncode == 0, shown.stderr
    assert "1. add a class gp3 beside the old one (next)" in shown.stdout
    assert "   +      gp3:" in shown.stdout
    assert shown.stdout.rstrip().endswith("$ eks-blueprints migrate gp2-to-gp3 prod.yaml --write")
    assert (project / "prod.yaml").read_text() == PLATFORMS["gp2-to-gp3"]
    written = called("migrate", "gp2-to-gp3", "prod.yaml", "--write", cwd=project)
    assert written.returncode == 0, written.stderr
    assert written.stdout.startswith("--- a/prod.yaml\n")
    assert "written: add a class gp3" in written.stderr
    again = called("migrate", "gp2-to-gp3", "prod.yaml", "--format", "json", cwd=project)
    data = json.loads(again.stdout)
    assert data["next"] == "default"
    assert [each["state"] for each in data["phases"]] == ["done", "next", "later", "later"]
    for _ in range(3):
        assert called("migrate", "gp2-to-gp3", "prod.yaml", "--write", cwd=project).returncode == 0
    last = called("migrate", "gp2-to-gp3", "prod.yaml", "--write", cwd=project)
    assert (last.returncode, last.stdout) == (0, "")
    assert last.stderr.endswith("all phases are done: nothing to write\n")


def test_what_does_not_apply_is_refused_with_its_line(project: Path) -> None:
    done = called("migrate", "cluster-autoscaler-to-karpenter", "prod.yaml", "--write", cwd=project)
    assert done.returncode == 2
    assert done.stderr.startswith("prod.yaml:10:3: addons: has no Cluster Autoscaler; got none;")
    assert called("migrate", "gp3", "prod.yaml", cwd=project).returncode == 2
    done = called("migrate", "aws-auth-to-access-entries", "prod.yaml", "--aws-auth", "absent.yaml", cwd=project)
    assert done.returncode == 2
