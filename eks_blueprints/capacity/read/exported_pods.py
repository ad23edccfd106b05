"""Pods of a cluster's export: what makes them, and what the scheduler reads of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from eks_blueprints.capacity.read.exported import Exported, Item
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pods import OF_CONTAINER, OF_POD, OF_VOLUME, PodError, pod_shape
from eks_blueprints.capacity.read.traits import GRACE, traits_of
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.scheduling.pod import Shape

DAEMON = "DaemonSet"
_OVER = ("Succeeded", "Failed")
_HASHES = {"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"}
"""Labels of pods that a ReplicaSet of a workload has in its name."""
_RUN = re.compile(r"-[0-9]{8,10}")
"""What a CronJob puts behind its own name: the minute of a run."""


class Pods:
    """The pods of an export; those that are alike share one shape."""

    def __init__(self, export: Exported, objects: Objects, gaps: Gaps) -> None:
        """No pod is read yet.

        Args:
            export: The export.
            objects: What its cluster holds.
            gaps: Takes what is not known.
        """
        self._export, self._objects, self._gaps = export, objects, gaps
        self._shapes: dict[str, Shape] = {}

    def alive(self) -> list[Item]:
        """The pods that have not finished."""
        pods = self._export.of("Pod")
        return [each for each in pods if _mapping(each.manifest.get("status")).get("phase") not in _OVER]

    def shape(self, pod: Item) -> Shape:
        """What the scheduler reads of a pod, wherever it runs.

        Raises:
            InputError: if it is not written as Kubernetes writes pods.
        """
        spec = self._spec(pod)
        daemon = owner(pod).split("/")[1] == DAEMON
        mounts = any(each.get("ephemeral") for each in spec["volumes"])
        key = json.dumps([spec, pod.labels, pod.namespace, pod.name if mounts else ""], default=str)
        if (found := self._shapes.get(key)) is not None:
            return found
        read = _without_its_node(spec) if daemon else spec
        try:
            shape = pod_shape(read, pod.labels, pod.namespace, self._objects, self._gaps, of=pod.name, daemon=daemon)
        except PodError as error:
            self._export.refuse(pod, f"cannot be read: its spec {error}", "spec")
        self._shapes[key] = shape
        return shape

    def traits(self, pod: Item) -> Traits:
        """What keeps Karpenter from the node of a pod, and how long it takes to end."""
        return traits_of(pod.annotations, _mapping(pod.manifest.get("spec")).get(GRACE))

    def _spec(self, pod: Item) -> dict[str, Any]:
        given = pod.manifest.get("spec")
        if not isinstance(given, Mapping) or not isinstance(given.get("containers"), list):
            self._export.refuse(pod, "has no spec with containers; export it with kubectl get -o json", "spec")
        spec = {key: given[key] for key in OF_POD if given.get(key) is not None and key != "nodeName"}
        for key, keep in (("containers", OF_CONTAINER), ("initContainers", OF_CONTAINER), ("volumes", OF_VOLUME)):
            parts = given.get(key) or []
            if not isinstance(parts, list) or not all(isinstance(each, Mapping) for each in parts):
                self._export.refuse(pod, f"has {key} that are no list of mappings", "spec", key)
            spec[key] = [{name: each[name] for name in keep if name in each} for each in parts]
        spec["volumes"] = [each for each in spec["volumes"] if len(each) > 1]
        return spec


def owner(pod: Item) -> str:
    """What makes a pod: namespace, kind and name of the workload; of the pod itself where nothing does."""
    references = pod.metadata.get("ownerReferences")
    made_by = next((each for each in references or () if _mapping(each).get("controller") is True), None)
    kind, name = ("Pod", pod.name) if made_by is None else (str(made_by.get("kind")), str(made_by.get("name")))
    if kind == "Node":  # a static pod, which the kubelet of its node makes
        kind, name = "Pod", pod.name
    elif kind == "ReplicaSet":
        for label, of in _HASHES.items():
            if (known := pod.labels.get(label)) and name.endswith(f"-{known}"):
                kind, name = of, name.removesuffix(f"-{known}")
    elif kind == "Job" and (match := _RUN.search(name)) and match.end() == len(name):
        kind, name = "CronJob", name[: match.start()]
    return f"{pod.namespace}/{kind}/{name}"


def _without_its_node(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The pod of a DaemonSet without the node that its controller has bound it to by affinity."""
    hard = "requiredDuringSchedulingIgnoredDuringExecution"
    affinity = _mapping(spec.get("affinity"))
    of_node = _mapping(affinity.get("nodeAffinity"))
    terms = [
        {"matchExpressions": each["matchExpressions"]}
        for each in _mapping(of_node.get(hard)).get("nodeSelectorTerms") or ()
        if _mapping(each).get("matchExpressions")
    ]
    kept = {key: value for key, value in of_node.items() if key != hard}
    if terms:
        kept[hard] = {"nodeSelectorTerms": terms}
    return {**spec, "affinity": {**affinity, "nodeAffinity": kept}}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
