"""The numbers of the README are right, as far as they are rounded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import kinds
from eks_blueprints.policies.catalogue import rules

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.parametrize(("of", "there"), [("policies", len(rules())), ("add-ons", len(kinds(AddOn)))])
def test_rounded_numbers_are_near(of: str, there: int) -> None:
    found = re.findall(rf"(\d+) {of}", README.read_text(encoding="utf-8"))
    assert found
    wrong = [number for number in found if not -10 <= there - int(number) < 10]
    assert wrong == [], f"there are {there} {of}; round that down to ten"
