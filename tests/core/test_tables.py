"""Tables of facts: each says its date and how it is renewed, and what rests on an old one says so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from eks_blueprints.cli import show
from eks_blueprints.cli.tables import command
from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.tables import OLD, PACKAGE, REGISTRIES, Table, old_among, tables
from tests import ROOT


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.file)
def test_each_says_where_it_comes_from_and_how_it_is_renewed(table: Table) -> None:
    assert table.what
    assert table.source != "unknown" or "by hand" in table.renew
    if table.renew.startswith("python "):
        assert (ROOT / table.renew.split()[1]).is_file()
    if table.needs == REGISTRIES:
        assert len(table.renew.split()) == 2, "a command that make renew runs takes no arguments"


def test_those_that_everything_rests_on_are_among_them() -> None:
    files = {table.file for table in tables()}
    assert {"core/versions.toml", "core/facts/instance_types.csv", "karpenter/fields.toml"} < files
    assert {"network/regions.toml", "review/cost/instance_prices.csv", "review/diff/replacement.json"} < files
    assert all((PACKAGE / file).is_file() for file in files)


def test_what_rests_on_an_old_table_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = next(table for table in tables() if table.file == "core/versions.toml")
    monkeypatch.setenv(VARIABLE, str(versions.as_of + timedelta(days=OLD)))
    assert old_among([versions.file]) is None
    monkeypatch.setenv(VARIABLE, str(versions.as_of + timedelta(days=OLD + 1)))
    line = old_among([versions.file])
    assert line is not None
    assert f"core/versions.toml ({OLD + 1} days)" in line
    assert "make renew" in line
    assert old_among(["no/such.toml"]) is None


def test_the_line_is_on_standard_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(VARIABLE, "2030-01-01")
    show.old_tables("karpenter")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "karpenter/releases.toml" in said.err
    assert "core/versions.toml" not in said.err


def test_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2030-01-01")
    rows = json.loads(CliRunner().invoke(command, ["--format", "json"]).output)
    assert {row["file"] for row in rows} == {table.file for table in tables()}
    assert all(row["old"] for row in rows)
    text = CliRunner().invoke(command, []).output
    assert "core/versions.toml" in text
