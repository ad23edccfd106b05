"""Causes named by a stack file of which no former version is at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.recording.positions import Position
from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.report.fields import Fields
from tests.plans import NODE_GROUP, resource

FILE = """\
region: eu-west-1
tags: {owner: platform}
compute:
  system:
    kind: managed_nodes
    release_version: 1.35.2-20261101
    min_size: 3
    labels: {role: system}
  other:
    kind: managed_nodes
    release_version: 1.35.2-20261101
"""
GROUP = replace(resource(NODE_GROUP, "prod-system-group", {}), source=Position("prod.yaml", 4))


def cause(path: str, old: Any, new: Any) -> tuple[str, str] | None:
    found = Fields.of_file(parse(FILE, "prod.yaml")).behind(Change(path, old, new), GROUP)
    return None if found is None else (found.told, found.place)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("releaseVersion", "1.34.1-20251103", "1.35.2-20261101"),
            ("`compute.system.release_version` 1.34.1-20251103 → 1.35.2-20261101", "prod.yaml:6"),
        ),
        (("scalingConfig.minSize", 2, 3), ("`compute.system.min_size` 2 → 3", "prod.yaml:7")),
        (("labels.role", ABSENT, "system"), ("`compute.system.labels.role` unset → system", "prod.yaml:8")),
        (("tags.owner", "shop", "platform"), ("`tags.owner` shop → platform", "prod.yaml:2")),
        (("releaseVersion", "1.34.1-20251103", "1.35.9-20261201"), None),
        (("labels.role", "system", ABSENT), None),
        (("instanceTypes[]", "m7g.large", ABSENT), None),
    ],
)
def test_a_change_comes_from_the_field_of_its_name_and_value(change: tuple[str, Any, Any], said: Any) -> None:
    assert cause(*change) == said


def test_what_is_gone_stands_nowhere() -> None:
    assert Fields.of_file(parse(FILE, "prod.yaml")).removing(GROUP) is None
