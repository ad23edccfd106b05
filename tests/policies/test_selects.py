"""Label selectors over labels of which some are not known."""

from __future__ import annotations

import pytest

from eks_blueprints.policies.objects import selects
from eks_blueprints.policies.props import Undetermined


def asked(operator: str, *values: str) -> dict[str, object]:
    return {"matchExpressions": [{"key": "app", "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize("value", [{"$unknown": True}, "${web.metadata.name}"])
def test_a_label_that_is_not_known_matches_no_list_of_values(value: object) -> None:
    assert selects(asked("Exists"), {"app": value})
    assert not selects(asked("DoesNotExist"), {"app": value})
    for operator in ("In", "NotIn"):
        with pytest.raises(Undetermined):
            selects(asked(operator, "web"), {"app": value})


def test_labels_that_are_not_there() -> None:
    assert not selects(asked("In", "web"), {})
    assert selects(asked("NotIn", "web"), {})
