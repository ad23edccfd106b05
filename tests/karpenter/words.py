"""How the tests of this folder say specs and read refusals."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_pool import AutoModeNodePool, NodePool

AL2023 = "al2023@v20250920"


def pool(**fields: Any) -> NodePool:
    return NodePool.model_validate({"name": "general"} | fields)


def auto_pool(**fields: Any) -> AutoModeNodePool:
    return AutoModeNodePool.model_validate({"name": "general"} | fields)


def ec2_class(**fields: Any) -> Ec2NodeClass:
    return Ec2NodeClass.model_validate({"ami_selector_terms": [{"alias": AL2023}]} | fields)


def auto_class(**fields: Any) -> NodeClass:
    return NodeClass.model_validate({"name": "team"} | fields)


def refused(make: Any, **fields: Any) -> list[str]:
    """The problems of a spec, as text; empty if it is accepted."""
    try:
        made = make(**fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    assert isinstance(made, Spec)
    return []


def one(make: Any, **fields: Any) -> str:
    """The one problem of a spec."""
    found = refused(make, **fields)
    assert len(found) == 1, found
    return found[0]
