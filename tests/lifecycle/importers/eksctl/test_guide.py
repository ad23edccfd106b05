"""The guide's example is what the import makes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers.eksctl import told
from eks_blueprints.lifecycle.importers.eksctl.imported import imported
from tests import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/guides/import_eksctl.md").read_text(encoding="utf-8")
    (_, config), (_, printed), (_, stack), *_ = _BLOCK.findall(text)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cluster.yaml").write_text(config)
    part = imported("cluster.yaml")
    assert load(part.text) == load(stack)
    lines = list(told.lines(part))
    for line in printed.splitlines()[1:]:
        assert line in lines or line == "…" or "eks-blueprints" in line or line == "next:", line


def test_the_error_of_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cluster.yaml").write_text(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"
        "metadata: {name: a, region: eu-west-1}\n\nnodegroups: []\n"
    )
    text = (ROOT / "docs/guides/import_eksctl.md").read_text(encoding="utf-8")
    with pytest.raises(Exception, match="no such field") as error:
        imported("cluster.yaml")
    assert str(error.value) in text
