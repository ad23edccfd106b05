"""`eks-blueprints show`: the merged file, and where each of its values is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from eks_blueprints.cli.show_stack import command
from eks_blueprints.core.document import Document, parse
from eks_blueprints.stackfile.shown import lines, without_secrets

ODD = ["null", "1.30", "no", "a: b", "a #b", "- x", "x\ny\n", "x\n\n  y", "a\n ", " a\nb", "é", "~", "<<", "2026-11-29"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12),
    st.sampled_from(ODD),
)  # fmt: skip
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def text_of(data: Any) -> str:
    return "".join(
        f"{text}  # {place}\n" if place else f"{text}\n" for text, place in lines(Document("prod.yaml", data))
    )


def test_what_a_workload_keeps_in_secrets_is_not_shown() -> None:
    secrets = {"db": {"data": {"a": "hush-4711", "b": {"secret": "key"}, "c": None}, "mount_path": "/etc/db"}}
    shown = without_secrets({"workloads": {"web": {"kind": "deployment", "secrets": secrets}}})
    assert shown["workloads"]["web"]["secrets"] == {
        "db": {"data": {"a": "[secret]", "b": {"secret": "key"}, "c": None}, "mount_path": "/etc/db"}
    }


@given(st.dictionaries(st.text(max_size=6), DATA, min_size=1, max_size=4))
def test_what_is_printed_reads_as_what_was_merged(data: dict[str, Any]) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert parse(text_of(data)).data == without_secrets(data)


def test_a_list_that_is_wider_than_a_screen_stands_below_its_key() -> None:
    wide = [f"subnet-0123456789abcde{number:02}" for number in range(4)]
    document = parse("a:\n  short: [b, c]\n  wide: [" + ", ".join(wide) + "]\n", "x.yaml")
    assert list(lines(document)) == [
        ("a:", ""),
        ("  short: [b, c]", "x.yaml:2"),
        ("  wide:", "x.yaml:3"),
        *((f"    - {each}", "") for each in wide),
    ]
    split = parse("wide:\n" + "".join(f"- {each}\n" for each in wide), "x.yaml")
    assert [place for _, place in lines(split)] == ["x.yaml:2", "", "x.yaml:3", "x.yaml:4", "x.yaml:5"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "base.yaml").write_text(
        'region: eu-west-1\ncluster: {version: "1.35"}\n'
        "compute: {system: {kind: managed_nodes, min_size: 3, max_size: 6}}\n"
    )
    (tmp_path / "prod.yaml").write_text(
        "extends: base.yaml\ncompute:\n  system: {max_size: 9, min_size: null}\naddons: {coredns: null}\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_each_value_stands_beside_its_place(project: Path) -> None:
    assert shown("prod").splitlines() == [
        "# prod.yaml, which extends base.yaml",
        "region: eu-west-1        # base.yaml:1",
        "cluster:",
        '  version: "1.35"        # base.yaml:2',
        "compute:",
        "  system:",
        "    kind: managed_nodes  # base.yaml:3",
        "    max_size: 9          # prod.yaml:3",
        "addons:",
        "  coredns: null          # prod.yaml:4",
        "# and without being listed: vpc_cni, kube_proxy, eks_pod_identity_agent (core_addons)",
    ]


def test_tools_read_it_as_json(project: Path) -> None:
    found = json.loads(shown("prod", "--format", "json"))
    assert found["files"] == ["prod.yaml", "base.yaml"]
    assert found["data"]["compute"] == {"system": {"kind": "managed_nodes", "max_size": 9}}
    assert found["origins"]["compute.system.max_size"] == "prod.yaml:3:22"
    assert found["origins"]["cluster.version"] == "base.yaml:2:20"
    assert found["core_addons"] == ["vpc_cni", "kube_proxy", "eks_pod_identity_agent"]


def test_a_file_that_extends_nothing_is_printed_too(project: Path) -> None:
    assert shown("base.yaml").startswith("# base.yaml\nregion: eu-west-1")


def test_secrets_are_masked_and_references_stay(project: Path) -> None:
    (project / "base.yaml").write_text(
        "addons:\n  grafana:\n    values:\n      adminPassword: hunter2horse\n      token: {secret: grafana-token}\n"
        "  extra:\n    kind: manifests\n    objects: [{kind: Secret, apiVersion: v1, stringData: {a: plain}}]\n"
    )
    text = shown("prod") + shown("prod", "--format", "json")
    assert "hunter2horse" not in text
    assert "plain" not in text
    assert "token: {secret: grafana-token}" in text
    assert 'adminPassword: "[secret]"' in text
