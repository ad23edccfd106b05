from pathlib import Path
from typing import Any, get_args

import pytest

import eks_blueprints.core.facts
from eks_blueprints.addons.base import EksAddOn
from eks_blueprints.compute._parts import NodeRepairOverride, UpdateConfig, WarmPoolConfig
from eks_blueprints.compute._scheduling import Taint
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.facts.eks import values_of
from tests import ROOT

TABLES = sorted(
    path for path in Path(eks_blueprints.core.facts.__file__).parent.iterdir() if path.suffix in (".toml", ".csv")
)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_a_table_names_its_source_its_date_and_how_to_renew_it(table: Path) -> None:
    head = table.read_text(encoding="utf-8").splitlines()[:4]
    assert [line.split(":")[0] for line in head[1:]] == ["# Source", "# Date", "# Renew"]
    assert (ROOT / head[3].rpartition(" ")[2]).exists()


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
