"""Comments at import: at the field that their part becomes, or listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.document import documents
from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers.files import stack_text
from eks_blueprints.lifecycle.importers.manifests import told
from eks_blueprints.lifecycle.importers.manifests.comments import commented, of_documents
from eks_blueprints.lifecycle.importers.manifests.part import Part, imported

WEB = """\
# Copyright of somebody
---
# The shop's front.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 3  # one a zone
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          # Pinned: 1.28 breaks the cache.
          image: nginx:1.27
          args:
            - serve  # the default is help
            - --verbose
            # - --trace
          resources:  # measured in May
            requests: {cpu: 100m, memory: 64Mi}  # of a quiet day
            limits:
              # No more than a node has.
              memory: 128Mi
          ports:
            - {name: http, containerPort: 8080}  # the proxy's
          lifecycle:
            preStop:
              # Lets the load balancer notice.
              exec: {command: [sleep, "10"]}
# The end.
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  selector: {app: web}
  ports:
    # What others call.
    - {name: http, port: 80, targetPort: http}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}
data:
  # What nobody reads.
  a: b
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    # Who pays.
    team: shop
"""


def part_of(text: str, tmp_path: Path) -> Part:
    file = tmp_path / "app.yaml"
    file.write_text(text)
    return imported([str(file)], "app")


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
    assert [each.line for each in commented(text)] == lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# x\na: 1\n", (0, ("a",), "above")),
        ("a:\n  b: 1  # x\n", (0, ("a", "b"), "behind")),
        ("a: {b: 1, c: 2}  # x\n", (0, ("a",), "behind")),
        ("a:\n  - b  # x\n", (0, ("a", 0), "behind")),
        ("a:\n  # x\n  - b: 1\n", (0, ("a", 0), "above")),
        ("a:\n  b: 1\n  # x\nc: 1\n", (0, ("a", "b"), "below")),
        ("a:\n  b: 1\n# x\nc: 1\n", (0, ("c",), "above")),
        ("a: 1\n# x\n", (0, ("a",), "below")),
        ("a: 1\n# x\n---\nb: 1\n", (1, ("b",), "above")),
        ("a:\n  b: 1\n  # x\n---\nb: 1\n", (0, ("a", "b"), "below")),
        ("a: 1\n--- # x\nb: 1\n", (1, (), "above")),
        ("a: [1,\n  2]  # x\nb: 1\n", (0, ("a", 1), "behind")),
        ("a: |\n  text\n  # no\n# x\nb: 1\n", (0, ("b",), "above")),
        ("# x\n---\na: 1\n", (0, ("a",), "above")),
    ],
)
def test_each_is_about_a_part(text: str, expected: tuple[int, tuple[str | int, ...], str]) -> None:
    found = of_documents(text, documents(text))
    ((number, about),) = [(number, each) for number, every in enumerate(found) for each in every]
    assert (number, about.path, about.side) == expected


def test_they_stand_at_the_fields_that_their_parts_become(tmp_path: Path) -> None:
    part = part_of(WEB, tmp_path)
    text = stack_text(part.data, "x", notes=part.notes)
    lines = [line.strip() for line in text.splitlines()]

    def under(comment: str) -> str:
        return lines[lines.index(comment) + 1]

    assert lines[lines.index("# Copyright of somebody") + 1] == "# The shop's front."
    assert under("# The shop's front.") == "web:"
    assert "replicas: 3  # one a zone" in lines
    assert under("# Pinned: 1.28 breaks the cache.") == "image: nginx:1.27"
    assert "- serve  # the default is help" in lines
    assert lines[lines.index("# - --trace") - 1] == '- "--verbose"'
    assert "requests: {cpu: 100m, memory: 64Mi}  # of a quiet day" in lines
    assert under("# measured in May").startswith("requests:")
    assert under("# No more than a node has.") == "memory: 128Mi"
    assert "# the proxy's" in text
    assert under("# Lets the load balancer notice.").startswith("exec:")
    assert under("# What nobody reads.") == "a: b"
    assert under("# Who pays.") == "team: shop"
    assert text.index("service:") < text.index("# What others call.") < text.index("addons:")
    assert "# The end." in text
    assert part.uncarried == {}
    plain = load(stack_text(part.data, "x"))
    assert load(text) == plain
    assert "comments without a place, or that may hold a secret:" not in list(told.lines(part))


def test_none_that_may_hold_a_secret_is_taken_over(tmp_path: Path) -> None:
    body = "apiVersion: v1\nkind: %s\nmetadata: {name: %s, namespace: shop}\n"
    text = (
        body % ("Secret", "db") + "stringData:\n  # it was hunter2\n  a: b\n---\n"
        f"{body % ('ConfigMap', 'a')}# password: hunter2\ndata: {{a: b}}  # fine\n"
    )
    part = part_of(text, tmp_path)
    written = stack_text(part.data, "x", notes=part.notes)
    assert "hunter2" not in written
    assert "# fine" in written
    (file,) = part.uncarried
    assert told.to_data(part)["comments"] == {file: [5, 11]}
    assert f"  {file}: 2 lines, the first is 5" in list(told.lines(part))


def test_those_of_a_list_go_to_its_items(tmp_path: Path) -> None:
    item = (
        "  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: %s, namespace: shop}\n    data: {a: b}  # %s\n"
    )
    part = part_of("# all\napiVersion: v1\nkind: List\nitems:\n" + item % ("a", "one") + item % ("b", "two"), tmp_path)
    lines = [line.strip() for line in stack_text(part.data, "x", notes=part.notes).splitlines()]
    assert lines[lines.index("# all") + 1] == "config-map-a:"
    assert lines.index("data: {a: b}  # one") < lines.index("config-map-b:") < lines.index("data: {a: b}  # two")


def test_wherever_one_stands_it_is_kept_and_changes_nothing(tmp_path: Path) -> None:
    lines = [line for line in WEB.splitlines() if not line.strip().startswith("#")]
    above = [
        text for n, line in enumerate(lines) for text in (f"{' ' * (len(line) - len(line.lstrip()))}# c{n}.", line)
    ]
    behind = [f"{line.partition('  #')[0]}  # c{n}." for n, line in enumerate(lines)]
    plain = part_of("\n".join(lines), tmp_path)
    for commented_lines in (above, behind):
        part = part_of("\n".join(commented_lines), tmp_path)
        text = stack_text(part.data, "x", notes=part.notes)
        assert load(text) == load(stack_text(plain.data, "x"))
        assert part.uncarried == {}
        assert [n for n in range(len(lines)) if f"# c{n}." not in text] == []
