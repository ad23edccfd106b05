"""What every sort of compute is, and what others may ask of it before anything is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from eks_blueprints.compute._scheduling import Taint, tolerated
from eks_blueprints.core.elements import Element, left_open
from eks_blueprints.core.refs import Place

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

Architecture = Literal["x86_64", "arm64"]


class Compute(Element):
    """Something pods run on.

    Checks across a platform read the properties: what is said there holds for every node of this compute.
    """

    group: ClassVar[str] = "compute"

    runs_pods: ClassVar[bool] = True
    """Whether pods of the platform's own add-ons can run on it as soon as it is there."""

    runs_beside: ClassVar[bool] = False
    """Whether it has pods of its own, which run on other compute; it is then attached after all that is not so."""

    @left_open
    def attach(self, cluster: ClusterRef) -> Component:
        """Add it to a cluster; the component's `ready` is what add-ons that need nodes wait for."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about how it is attached")

    @property
    def operating_system(self) -> Literal["linux", "windows"]:
        """What its nodes run."""
        return "linux"

    @property
    def architectures(self) -> frozenset[Architecture]:
        """Processor architectures of its nodes; empty where they are not known beforehand."""
        return frozenset()

    @property
    def node_instance_types(self) -> tuple[str, ...]:
        """EC2 instance types of its nodes; empty where they are not known beforehand."""
        return ()

    @property
    def node_labels(self) -> Mapping[str, str]:
        """Labels of every node, besides those that Kubernetes and EKS set."""
        return {}

    @property
    def node_taints(self) -> tuple[Taint, ...]:
        """Taints of every node."""
        return ()

    def places(self) -> Iterator[tuple[str, Place]]:
        """How pods choose it, and each pool of it, by the names that they use (`run_on`)."""
        labels = {key: (value,) for key, value in self.node_labels.items()}
        yield self.name, Place(node_labels=labels, tolerations=tuple(map(tolerated, self.node_taints)))

    @property
    def node_count(self) -> tuple[int, int | None] | None:
        """Fewest and most nodes; None where there are no nodes to count, most None where nothing limits them."""
        return None
