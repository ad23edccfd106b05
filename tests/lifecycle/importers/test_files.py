"""Where an import is written, and by the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers import files
from eks_blueprints.lifecycle.importers.writing import Note, as_yaml
from tests.cli.test_commands import call
from tests.lifecycle.importers.objects import SHOP

PROD = """\
# The platform of the shop.
region: eu-west-1
cluster: {version: "1.35"}  # as dev
compute:
    nodes: {kind: managed_nodes}

addons:
    metrics_server: {}  # for autoscalers

# The last word.
tags: {team: shop}
"""


def test_a_part_is_added_to_a_file_of_which_all_else_stays(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(PROD)
    data = {
        "workloads": {"web": {"kind": "deployment"}},
        "addons": {"app": {"kind": "manifests", "manifests": {"a": {}}}},
    }
    text = files.added(file, "prod.yaml", data)
    assert load(text) == {**load(PROD), **data, "addons": {"metrics_server": {}, **data["addons"]}}
    assert [line for line in PROD.splitlines() if line not in text.splitlines()] == []
    assert text.index("# for autoscalers") < text.index("app:") < text.index("# The last word.")


def test_small_entries_are_added_on_lines_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(f"{PROD}\nnamespaces:\n  old: {{}}\n")
    note = Note(("namespaces", "shop"), "# of the shop")
    text = files.added(file, "prod.yaml", {"namespaces": {"shop": {}}}, [note])
    assert text.endswith("namespaces:\n  old: {}\n  # of the shop\n  shop: {}\n")


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ("addons:\n  app: {}\n", "prod.yaml:4:3: addons.app: is there already; got app"),
        ("addons: {keda: {}}\n", "prod.yaml:3:1: addons: is written on one line"),
        ("addons: {}\n", "prod.yaml:3:1: addons: is written as {}"),
        ("addons: [1]\n", "prod.yaml:3:1: addons: needs a mapping"),
    ],
)
def test_what_cannot_be_added_to_is_told(there: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(f"region: eu-west-1\ncluster: {{}}\n{there}")
    with pytest.raises(InputError) as caught:
        files.added(file, "prod.yaml", {"addons": {"app": {"kind": "manifests"}}})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "0644",
        "1.35",
        "a: b",
        "# c",
        "",
        " a",
        "a ",
        "a\nb\n",
        "a \nb",
        "\n",
        "\ta",
        "é\u2028",
        "100m",
        "1e3",
        "- a",
    ],
)
def test_texts_are_written_so_that_they_are_read_again(text: str) -> None:
    data = {"a": {text or "-": text, "list": [text, {"k": text}], "n": None, "t": True, "i": 420, "f": 0.5}}
    assert load(as_yaml(data)) == data
    assert as_yaml({"x": {"a": None}}) == "x: {a: null}\n"


def test_the_command_writes_a_stack_file_that_passes(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "shop.yaml").touch()
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "shop.yaml").write_text(SHOP)
    (tmp_path / "shop.yaml").unlink()
    done = call("import", "manifests", "k8s", "-o", "shop.yaml", "--secrets-to", "values", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        "14 objects: 9 in 1 workload, 1 in namespaces, 2 as manifests" in done.stdout or "objects: 9 in" in done.stdout
    )
    assert "pulumi config set --secret login_password --stack shop < values/login_password" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr + (tmp_path / "shop.yaml").read_text()
    assert (tmp_path / "values" / "login_password").read_text() == "hunter2\n"
    assert (tmp_path / "values").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "values" / "login_password").stat().st_mode & 0o777 == 0o600
    settings = "config:\n  shop:login_password: x\n  shop:login_user: x\n"
    (tmp_path / "Pulumi.shop.yaml").write_text(settings)
    checked = call("check", "shop", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    again = call("import", "manifests", "k8s", "-o", "shop.yaml", cwd=tmp_path)
    assert again.returncode == 2
    assert "shop.yaml: is there already" in again.stderr


def test_the_command_tells_what_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: Pod\n")
    done = call("import", "manifests", "a.yaml", "-o", "b.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.yaml:1:1: apiVersion: needs text" in done.stderr
    assert not (tmp_path / "b.yaml").exists()
    both = call("import", "manifests", "a.yaml", "-o", "b.yaml", "--into", "c.yaml", cwd=tmp_path)
    assert both.returncode == 2
    assert "--into adds to a file that is there; got -o too" in both.stderr
    bare = call("import", "manifests", "a.yaml", "-n", "A b", cwd=tmp_path)
    assert "--namespace is not a valid name of a namespace" in bare.stderr


def test_the_file_goes_to_standard_output_and_the_report_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")
    (tmp_path / "base.yaml").write_text(PROD)
    done = call("import", "manifests", "a.yaml", "--extends", "base.yaml", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = load(done.stdout)
    assert found["extends"] == "base.yaml"
    assert found["addons"]["a"]["manifests"]["service-account-a"]["metadata"] == {"name": "a", "namespace": "default"}
    assert load(done.stderr)["manifests"][0]["object"] == "ServiceAccount a of default"
