"""Patterns as AWS has them."""

from __future__ import annotations

import pytest

from eks_blueprints.compute import Fargate
from eks_blueprints.core.refs import Place
from eks_blueprints.core.wildcards import matches


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("shop", "shop", True),
        ("shop", "Shop", False),
        ("shop-*", "shop-", True),
        ("shop-*", "shop", False),
        ("*-prod", "shop-prod", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("a[b]c", "abc", False),
        ("*", "", True),
    ],
)
def test_only_two_signs_are_special(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


def test_case_counts_unless_it_is_said() -> None:
    assert matches("s3:Get*", "S3:getObject", ignore_case=True)
    assert not matches("s3:Get*", "S3:getObject")


def test_fargate_takes_pods_by_patterns_of_labels_too() -> None:
    place = Place(fargate=(("shop-*", {"app": "web-*"}),))
    assert place.runs("shop-a", {"app": "web-1"})
    assert not place.runs("shop-a", {"app": "db"})
    assert not place.runs("other", {"app": "web-1"})
    selector = Fargate.model_validate({"name": "f", "selectors": [{"namespace": "shop-*", "labels": {"app": "web-*"}}]})
    assert selector.selectors[0].matches("shop-a", {"app": "web-1"})
