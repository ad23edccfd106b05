"""A verdict never calls quiet what a section below warns of."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from eks_blueprints.review.effects import Attention, Harm
from tests.plans import NODE_GROUP, changed, plan, resource
from tests.review.effects.told import cluster
from tests.review.report.reports import report, stack

GROUP = resource(NODE_GROUP, "shop-nodes", {"clusterName": "shop"})
QUIET = stack(plan(GROUP), plan(changed(GROUP, labels={"a": "b"})))


def test_a_quiet_change_is_called_so() -> None:
    assert report(QUIET).verdict == "changes, none of which needs a second look"


@pytest.mark.parametrize("harm", get_args(Harm))
@pytest.mark.parametrize("title", ["replace", "something else"])
def test_no_warning_is_called_quiet(harm: Harm, title: str) -> None:
    item = Attention(harm, "warning", title, "shop-nodes", NODE_GROUP, "a", "b")
    assert "none of which" not in report(replace(QUIET, attention=(item,))).verdict


def test_what_an_update_ends_is_counted() -> None:
    sides = [cluster(vpcConfig={"endpointPublicAccess": on, "endpointPrivateAccess": True}) for on in (True, False)]
    verdict = report(stack(plan(sides[0]), plan(sides[1]))).verdict
    assert verdict.startswith("1 loss without a replacement or deletion")
