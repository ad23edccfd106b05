"""Where the pods of a workload run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Path, Problem, unknown_name
from eks_blueprints.core.refs import Place
from eks_blueprints.workloads._drawing import Drawing

if TYPE_CHECKING:
    from eks_blueprints.workloads.base import Workload


def place(
    workload: Workload, found: Drawing, pod: Path, labels: dict[str, str], places: Mapping[str, Place] | None
) -> None:
    """Let the pods of a workload run on the compute that it names, and nowhere else."""
    where = (places or {}).get(workload.run_on or "")
    if where is None:
        return
    source = ("run_on",)
    labels.update(where.pod_labels(workload.namespace) or {})
    single = {key: values[0] for key, values in where.node_labels.items() if len(values) == 1}
    several = {key: list(values) for key, values in where.node_labels.items() if len(values) > 1}
    if single:
        found.put((*pod, "nodeSelector"), single, source)
    if several:
        terms = [{"key": key, "operator": "In", "values": values} for key, values in several.items()]
        at = (*pod, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        found.put(at, {"nodeSelectorTerms": [{"matchExpressions": terms}]}, source)
    if where.tolerations:
        found.put((*pod, "tolerations"), [dict(each) for each in where.tolerations], source)


def unplaced(workload: Workload, places: Mapping[str, Place]) -> Iterator[Problem]:
    """What is wrong about the compute that a workload names."""
    wanted = workload.run_on or ""
    where = places.get(wanted)
    if where is None:
        yield Problem(("run_on",), unknown_name(wanted, places, "compute"))
    elif where.fargate and where.pod_labels(workload.namespace) is None:
        profiles = ", ".join(sorted({namespace for namespace, _ in where.fargate}))
        do = f"use a namespace that it selects ({profiles}), or add a selector"
        yield Problem(("run_on",), f"selects no pods of this namespace; got {workload.namespace}; {do}")
    elif not where.fargate and not where.node_labels:
        do = f"give {wanted} labels of its own"
        yield Problem(("run_on",), f"has no labels by which pods can select its nodes; got {wanted}; {do}")
