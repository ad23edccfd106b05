"""What the scheduler reads of the pods of a workload."""

from __future__ import annotations

import math
from typing import Any

from eks_blueprints.karpenter.fitting import Needs
from eks_blueprints.policies.objects import namespace_of, pod_of, template
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.scheduling.pod import Shape, shape_of
from eks_blueprints.scheduling.selectors import selector

_READ = ("affinity", "hostNetwork", "nodeSelector", "tolerations", "topologySpreadConstraints")
"""What is read of a pod's spec besides its containers; volumes are made after it is placed."""


def shape(workload: Resource, needs: Needs, stack: Stack) -> Shape:
    """What the scheduler reads of a pod of a workload that requests so much.

    Raises:
        Undetermined: if that is not known.
    """
    pod = pod_of(workload)
    spec: dict[str, Any] = {key: _plain(pod.at(key)) for key in _READ if pod.has(key)}
    spec["containers"] = [{"ports": _plain(each.at("ports"))} for each in pod.items("containers")]
    requests = {
        "cpu": math.ceil(needs.cpu * 1000 - 1e-6),
        "memory": math.ceil(needs.memory),
        "ephemeral-storage": math.ceil(needs.disk),
        **{name: math.ceil(count) for name, count in needs.devices.items()},
    }
    for container in spec["containers"][:1]:  # all of it together; only the sum matters
        container["resources"] = {
            "requests": {name: f"{count}m" if name == "cpu" else count for name, count in requests.items() if count}
        }
    labels = {key: part.get() for key, part in template(workload).pairs("metadata", "labels")}
    own = workload.props.at("spec", "selector")
    alike = selector(_plain(own) if own.value is not None else None)
    return shape_of(spec, labels, namespace_of(workload, stack), alike=alike)


def _plain(part: Props) -> Any:
    value = part.get()
    if isinstance(value, list):
        return [_plain(each) for each in part.items()]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in part.pairs()}
    return value
