"""Pods that run to their end once, or once for each thing that is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.core.errors import Problem
from eks_blueprints.workloads import _keda
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._ending import EndingWorkload
from eks_blueprints.workloads._events import ScaledJob
from eks_blueprints.workloads._objects import drawing

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class Job(EndingWorkload):
    """A Job with what it needs: pods that run to their end once, such as a migration.

    `pulumi up` waits until it has succeeded. A change of its pods replaces it, and so runs it again.
    """

    kubernetes_kind: ClassVar[str] = "Job"

    scaled_job: ScaledJob | None = None
    """What starts Jobs by events, with KEDA, instead of one Job at once. Default: it is one Job."""

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """What KEDA needs, besides what holds for every workload."""
        yield from super().problems_on(ground)
        if self.scaled_job is not None:
            yield from _keda.problems("scaled_job", self.scaled_job, ground)

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """Claims of its volumes, and the workload, or what starts Jobs like it."""
        *claims, made = super().own_objects(ground)
        yield from claims
        if self.scaled_job is None:
            yield made
            return
        yield from _keda.authentications(self, "scaled_job", self.scaled_job)
        found = drawing(self, "scaled-job", "keda.sh/v1alpha1 ScaledJob", ("scaled_job",))
        if self.annotations:
            found.put(("metadata", "annotations"), dict(self.annotations), ("annotations",))
        found.take(("spec", "jobTargetRef"), made, ("spec",))
        _keda.put(self, found, "scaled_job", self.scaled_job)
        yield found
