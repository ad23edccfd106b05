from typing import Any, get_args

import pytest

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.compute._group_options import WarmPoolConfig
from eks_blueprints.compute._node_repair import NodeRepairOverride
from eks_blueprints.compute._parts import UpdateConfig
from eks_blueprints.compute._scheduling import Taint
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.facts.eks import values_of


@pytest.mark.parametrize(
    ("shape", "spec", "field"),
    [
        ("CapacityTypes", ManagedNodes, "capacity_type"),
        ("NodegroupUpdateStrategies", UpdateConfig, "update_strategy"),
        ("RepairAction", NodeRepairOverride, "repair_action"),
        ("ResolveConflicts", EksAddOn, "resolve_conflicts_on_update"),
        ("TaintEffect", Taint, "effect"),
        ("WarmPoolState", WarmPoolConfig, "pool_state"),
    ],
)
def test_a_spec_offers_what_eks_does(shape: str, spec: Any, field: str) -> None:
    assert _choices(spec.model_fields[field].annotation) == set(values_of(shape))


def _choices(annotation: Any) -> set[str]:
    found: set[str] = set()
    for argument in get_args(annotation):
        found |= {argument} if isinstance(argument, str) else _choices(argument)
    return found
