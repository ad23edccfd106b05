"""What an import says about comments, which it does not take over."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.lifecycle.importers.manifests import told
from eks_blueprints.lifecycle.importers.manifests.comments import commented
from eks_blueprints.lifecycle.importers.manifests.part import imported


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\n", []),
        ("# why\na: 1\n", [1]),
        ("a: 1  # why\nb: 2\n", [1]),
        ("a: \"# no\"\nb: '# no'\nc: x#y\n", []),
        ("a: |\n  # a script\n  echo\nb: 1 # why\n", [4]),
        ("- a: >-\n    # text\n  b: 1\n# why\n", [4]),
        ("---\n# Source: shop/templates/web.yaml\na: 1\n", []),
        ("#\n\na: 1\n", []),
    ],
)
def test_lines_with_comments_are_found(text: str, lines: list[int]) -> None:
    assert list(commented(text)) == lines


def test_the_report_names_files_and_lines(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: shop}\n"
    file.write_text(f"{body % 'a'}# kept for the audit\ndata: {{a: b}}\n---\n{body % 'b'}")
    part = imported([str(file)], "app")
    assert told.to_data(part)["comments"] == {str(file): [4]}
    assert f"  {file}: 1 line, the first is 4" in list(told.lines(part))
