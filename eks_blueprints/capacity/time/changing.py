"""A NodePool changes: what becomes of the pool, and what makes its nodes drift.

Karpenter compares nodes with their pool in two ways. What it hashes of a pool's template (labels, taints,
`expireAfter`, `terminationGracePeriod`) drifts every node when it changes; requirements drift the nodes that no longer
meet them. Weight, limits and the block `disruption` drift none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.disruption import Disruption
from eks_blueprints.karpenter.durations import NEVER, Duration, DurationOrNever, seconds
from eks_blueprints.karpenter.labels import label_key, label_value, normal
from eks_blueprints.karpenter.quantities import Quantity
from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.karpenter.taints import Taint, check_taints
from eks_blueprints.karpenter.tolerating import taint_of
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import amounts
from eks_blueprints.scheduling.selectors import Labels

_WHAT = "requirements, labels, taints, limits, weight, disruption, expire_after or termination_grace_period"


class PoolChange(Spec):
    """Fields of a NodePool change, each taking the place of the pool's own; nodes that it makes drift are replaced."""

    pool: str
    requirements: Many[Requirement] | None = None
    """They choose among all instance types."""
    labels: Mapping[str, str] | None = None
    """Labels that every node gets."""
    taints: Many[Taint] | None = None
    limits: Mapping[str, Quantity] | None = None
    weight: int | None = Field(default=None, ge=1, le=100)
    disruption: Disruption | None = None
    expire_after: DurationOrNever | None = None
    termination_grace_period: Duration | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> PoolChange:
        if self.model_fields_set <= {"pool"}:
            raise ValueError(f"changes nothing; got pool alone; add {_WHAT}")
        faults = Faults()
        for key, value in (self.labels or {}).items():
            for check, text in ((label_key, key), (label_value, value)):
                try:
                    check(text)
                except ValueError as error:
                    faults.add(("labels", key), str(error))
        check_taints({"taints": self.taints or ()}, faults)
        if self.expire_after not in (None, NEVER) and seconds(str(self.expire_after)) == 0:
            do = f"write an age such as 720h, or {NEVER}"
            faults.add(
                "expire_after", f"would replace every node as soon as it is there; got {self.expire_after}; {do}"
            )
        faults.raise_if_any()
        return self


def changed(pool: Pool, change: PoolChange) -> Pool:
    """A pool after a change; its instance types are chosen anew where its requirements change."""
    if change.limits is not None:
        pool = replace(pool, limits=amounts(change.limits))
    if change.weight is not None:
        pool = replace(pool, weight=change.weight)
    if change.labels is not None:
        own = {normal(key): value for key, value in change.labels.items()}
        pool = replace(pool, labels={**own, **_brought(pool)})
    if change.taints is not None:
        pool = replace(pool, taints=tuple(taint_of(e.key, e.value or "", e.effect) for e in change.taints))
    if change.requirements is not None:
        asked = allowed(change.requirements)
        minima = {normal(e.key): e.min_values for e in change.requirements if e.min_values is not None}
        machines = pool.machines if pool.machines_for is None else pool.machines_for(asked)
        pool = replace(pool, requirements=asked, min_values=minima, machines=machines)
    return pool


def rules_after(rules: Rules, change: PoolChange) -> Rules:
    """The rules of a pool after a change."""
    if change.disruption is not None:
        given = change.disruption
        if given.consolidation_policy is not None:
            rules = replace(rules, policy=given.consolidation_policy)
        rules = replace(rules, consolidate_after=_length(given.consolidate_after), budgets=given.budgets_in_force)
    if change.expire_after is not None:
        rules = replace(rules, expire_after=_length(change.expire_after))
    if change.termination_grace_period is not None:
        rules = replace(rules, grace=_length(change.termination_grace_period))
    return rules


def same_template(before: tuple[Pool, Rules], after: tuple[Pool, Rules]) -> bool:
    """Whether what Karpenter hashes of a pool is as it was."""
    one, two = (
        (dict(pool.labels), set(pool.taints), rules.expire_after, rules.grace) for pool, rules in (before, after)
    )
    return one == two


def _brought(pool: Pool) -> Labels:
    """Labels that nodes of a pool have though it does not say so: those of Karpenter's groups."""
    groups = ("karpenter.sh/", "karpenter.k8s.aws/", "eks.amazonaws.com/")
    return {key: value for key, value in pool.labels.items() if key.startswith(groups)}


def _length(text: str) -> timedelta | None:
    return None if text == NEVER else timedelta(seconds=seconds(text))
