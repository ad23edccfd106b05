"""What Fargate does not run: pods that a profile matches and that stay pending all the same.

Sources: EKS user guide, "Simplify compute management with AWS Fargate", considerations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.provisioning.fargate import too_large
from eks_blueprints.scheduling.pod import Shape

ACCELERATORS = re.compile(r"nvidia\.com/gpu|aws\.amazon\.com/neuron.*|amd\.com/gpu")
"""Resources of devices, of which Fargate has none."""

NODE_LABELS = re.compile(
    r"node\.kubernetes\.io/instance-type|eks\.amazonaws\.com/nodegroup|karpenter\.sh/.*|karpenter\.k8s\.aws/.*|"
    r"eks\.amazonaws\.com/instance-.*|kubernetes\.io/hostname"
)
"""Labels of nodes that no machine of Fargate has."""

HOST_FIELDS = ("hostNetwork", "hostPID", "hostIPC")
"""Fields of a pod that let it into the host."""

OTHER_MACHINES = (("kubernetes.io/arch", "arm64"), ("kubernetes.io/os", "windows"))
"""Labels, and their values that Fargate's machines do not have."""


class Limit(NamedTuple):
    """Why Fargate does not run a pod."""

    predicate: str
    """In one word: `size`, `devices`, `hostPort`, `host`, `privileged`, `volumes` or `nodes`."""
    reason: str


def limits_of(shape: Shape) -> Iterator[Limit]:
    """Why Fargate does not run a pod, as far as what the scheduler reads of it tells."""
    if why := too_large(shape.requests):
        yield Limit("size", why)
    for name in shape.requests:
        if ACCELERATORS.fullmatch(name):
            yield Limit("devices", f"needs {name}, and Fargate has none")
    if shape.ports:
        ports = ", ".join(sorted({str(each.port) for each in shape.ports}, key=int))
        yield Limit("hostPort", f"uses port {ports} of the host, which Fargate refuses")
    for claim in shape.claims:
        if claim.missing:
            yield Limit("volumes", claim.missing)
        if claim.driver in EBS:
            yield Limit("volumes", f"{claim.name} is an EBS volume, which Fargate cannot mount")
    yield from _nodes(shape)


def _nodes(shape: Shape) -> Iterator[Limit]:
    for each in shape.selects:
        if NODE_LABELS.fullmatch(each.key):
            yield Limit("nodes", f"asks for a node with {each.key}, and Fargate's have none")
        for key, value in OTHER_MACHINES:
            if each.key == key and value in each.values:
                yield Limit("nodes", f"asks for {value}, which Fargate does not support")


def limits_of_spec(spec: Mapping[str, Any]) -> Iterator[Limit]:
    """Why Fargate does not run a pod, as far as its spec alone tells: what `limits_of` does not see."""
    for field in HOST_FIELDS:
        if spec.get(field) is True:
            yield Limit("host", f"{field} is true, and Fargate lets no pod into the host")
    for volume in spec.get("volumes") or ():
        if volume.get("hostPath"):
            yield Limit("volumes", f"volume {volume.get('name')} is a path of the host, which Fargate refuses")
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        if (container.get("securityContext") or {}).get("privileged") is True:
            yield Limit("privileged", f"container {container.get('name')} is privileged, which Fargate refuses")
