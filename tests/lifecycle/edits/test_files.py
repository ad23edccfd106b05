"""One value of a stack file changed as text: everything else stays as it is, to the byte."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.edits.changes import GONE, Change
from eks_blueprints.lifecycle.edits.files import Files


def edited(folder: Path, text: str, *changes: Change, **others: str) -> str:
    """The text of prod.yaml after some changes."""
    file = folder / "prod.yaml"
    file.write_bytes(text.encode())
    for name, more in others.items():
        (folder / f"{name}.yaml").write_text(more)
    files = Files(file)
    for change in changes:
        files.apply(change)
    return files.texts[file]


VERSION = Change(("cluster", "version"), "1.36")
NODES = Change(("compute", "a", "version"), "1.36")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ('cluster:\n  version: "1.35"  # ours\n', VERSION, 'cluster:\n  version: "1.36"  # ours\n'),
        ("cluster:\n  version: '1.35'\n", VERSION, "cluster:\n  version: '1.36'\n"),
        ('cluster: {name: x, version: "1.35", a: b}\n', VERSION, 'cluster: {name: x, version: "1.36", a: b}\n'),
        ('cluster:\r\n  version: "1.35"\r\n', VERSION, 'cluster:\r\n  version: "1.36"\r\n'),
        ("cluster:\n  name: x  # a\n", VERSION, 'cluster:\n  version: "1.36"\n  name: x  # a\n'),
        ("compute:\n  a:\n    kind: m\n    b: c\n", NODES,
         'compute:\n  a:\n    kind: m\n    version: "1.36"\n    b: c\n'),
        ("compute:\n  a: {kind: m, b: c}\n", NODES, 'compute:\n  a: {kind: m, version: "1.36", b: c}\n'),
        ("compute:\n  a: {kind: m}\n", NODES, 'compute:\n  a: {kind: m, version: "1.36"}\n'),
        ("compute:\n  a: {b: c}\n", NODES, 'compute:\n  a: {version: "1.36", b: c}\n'),
        ("compute:\n  a: {}\n", NODES, 'compute:\n  a: {version: "1.36"}\n'),
        ("compute:\n  a:\n  c: {}\n", NODES, 'compute:\n  a: {version: "1.36"}\n  c: {}\n'),
        ("compute:\n  a:   # later\n  c: {}\n", NODES, 'compute:\n  a: {version: "1.36"}   # later\n  c: {}\n'),
        ("addons:\n  x: {}\n", Change(("addons", "coredns", "version"), "v1.2.3-eksbuild.1"),
         "addons:\n  coredns: {version: v1.2.3-eksbuild.1}\n  x: {}\n"),
        ("region: x\n", Change(("addons", "coredns", "version"), "v1.2.3-eksbuild.1"),
         "region: x\n\naddons:\n  coredns: {version: v1.2.3-eksbuild.1}\n"),
        ("addons:\n  x: {version: v1.2.3-eksbuild.1}\n", Change(("addons", "x", "version"), "v1.2.4-eksbuild.1"),
         "addons:\n  x: {version: v1.2.4-eksbuild.1}\n"),
    ],
)  # fmt: skip
def test_only_the_value_changes(tmp_path: Path, before: str, change: Change, after: str) -> None:
    assert edited(tmp_path, before, change) == after
    assert edited(tmp_path, after, change) == after


def test_the_file_in_which_the_value_stands_is_changed(tmp_path: Path) -> None:
    base = 'cluster:\n  version: "1.35"\ncompute:\n  a: {kind: managed_nodes}\n'
    (tmp_path / "base.yaml").write_text(base)
    (tmp_path / "prod.yaml").write_text("extends: base.yaml\ncompute:\n  a: {max_size: 3}\n")
    files = Files(tmp_path / "prod.yaml")
    assert files.apply(VERSION)
    assert files.apply(NODES)
    assert {file.name: text for file, text in files.changed().items()} == {
        "base.yaml": base.replace("1.35", "1.36"),
        "prod.yaml": 'extends: base.yaml\ncompute:\n  a: {version: "1.36", max_size: 3}\n',
    }
    assert not files.apply(VERSION)


@pytest.mark.parametrize(
    "text",
    [
        'v: &v "1.35"\nother: *v\ncluster: {version: *v}\n',
        'base: &base {version: "1.35"}\ncluster:\n  <<: *base\n',
        'cluster: &all\n  version: "1.35"\nother: *all\n',
        "cluster:\n  version: >-\n    1.35\n",
    ],
)
def test_what_is_shared_with_others_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="cannot be changed alone as it is written") as error:
        edited(tmp_path, text, VERSION)
    assert 'write cluster.version: "1.36" by hand' in str(error.value)


@settings(max_examples=80)
@given(data=st.data())
def test_no_layout_loses_a_line_or_a_comment(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(["a", "b-c", "d_e", "long_name"]), min_size=1, unique=True))
    lines = ["# head", 'cluster: {version: "1.35"}', "compute:"]
    for name in names:
        comment = data.draw(st.sampled_from(["", "  # said", "  # {: odd"]))
        if data.draw(st.booleans()):
            fields = data.draw(
                st.sampled_from(["", "kind: managed_nodes", "kind: managed_nodes, max_size: 3", "max_size: 3"])
            )
            lines.append(f"  {name}: {{{fields}}}{comment}")
        else:
            indent = " " * data.draw(st.integers(4, 8))
            lines.append(f"  {name}:{comment}")
            lines += [f"{indent}# before", f"{indent}kind: managed_nodes{comment}", "", f"{indent}labels: {{x: y}}"]
    lines += data.draw(st.lists(st.sampled_from(["", "# tail"]), max_size=2))
    text = "\n".join(lines) + data.draw(st.sampled_from(["", "\n"]))
    change = Change(("compute", data.draw(st.sampled_from(names)), "version"), "1.36")
    after = edited(tmp_path_factory.mktemp("edit"), text, change)
    expected = parse(text).data
    element = expected["compute"][change.path[1]] or {}
    expected["compute"][change.path[1]] = {**element, "version": "1.36"}
    assert parse(after).data == expected
    changed = [line for line in difflib.ndiff(text.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert sum(line[0] == "-" for line in changed) <= 1
    assert sum(line[0] == "+" for line in changed) == 1
    assert [line for line in after.splitlines() if "#" in line and "version" not in line] == [
        line for line in text.splitlines() if "#" in line and f"- {line}" not in changed
    ]


CLUSTER_JSON = '{\n  "region": "eu-west-1",\n  "cluster": {\n    "kind": "c",\n    "version": "1.35"\n  }\n}\n'


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (VERSION, CLUSTER_JSON.replace("1.35", "1.36")),
        (Change(("cluster", "name"), "x"), CLUSTER_JSON.replace('"c",', '"c",\n    "name": "x",')),
        (Change(("addons",), {"coredns": {"version": "v1"}}),
         CLUSTER_JSON.replace('{\n  "r', '{\n  "addons": {"coredns": {"version": "v1"}},\n  "r', 1)),
        (Change(("cluster", "kind"), True), CLUSTER_JSON.replace('"c"', "true")),
        (Change(("cluster", "version"), GONE), CLUSTER_JSON.replace(',\n    "version": "1.35"', "")),
        (Change(("region",), ["a", "b c"]), CLUSTER_JSON.replace('"eu-west-1"', '["a", "b c"]')),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["prod.yaml", "prod.json"])
def test_json_stays_json(tmp_path: Path, name: str, change: Change, after: str) -> None:
    file = tmp_path / name
    file.write_text(CLUSTER_JSON)
    files = Files(file)
    assert files.apply(change)
    assert files.texts[file] == after
    json.loads(after)


def test_a_null_and_empty_mappings_of_json_are_filled(tmp_path: Path) -> None:
    found = edited(tmp_path, '{"cluster": null, "compute": {"a": {}}}', VERSION, NODES)
    assert json.loads(found) == {"cluster": {"version": "1.36"}, "compute": {"a": {"version": "1.36"}}}
