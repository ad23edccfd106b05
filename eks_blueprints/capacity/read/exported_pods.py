"""Pods of a cluster's export: what makes them, and what the scheduler reads of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.read.exported import Exported, Item
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pods import OF_CONTAINER, OF_POD, OF_VOLUME, PodError, pod_shape
from eks_blueprints.capacity.read.traits import GRACE, traits_of
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.scheduling.pod import REQUIRED, Shape
from eks_blueprints.scheduling.selectors import NAME, Condition, NodeTerm

DAEMON = "DaemonSet"
_OVER = ("Succeeded", "Failed")
_HASHES = {"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"}
"""Labels of pods that a ReplicaSet of a workload has in its name."""
_RUN = re.compile(r"-[0-9]{8,10}$")
"""What a CronJob puts behind its own name: the minute of a run."""
_OF_ONE_POD = frozenset(
    {
        *("apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"),
        "batch.kubernetes.io/job-completion-index",
    }
)
"""Labels that each pod of a workload has for itself."""
_OF_REVISION = frozenset({"controller-revision-hash", "pod-template-generation"})
"""Labels that pods of one DaemonSet have by the revision that they are of."""
_WHILE_WAITING = ("resourceClaims", "schedulerName")
"""What matters of a pod until it has a node."""


class Pods:
    """The pods of an export; those that are alike share one shape."""

    def __init__(self, export: Exported, objects: Objects) -> None:
        """No pod is read yet.

        Args:
            export: The export.
            objects: What its cluster holds.
        """
        self._export, self._objects = export, objects
        self._shapes: dict[str, Shape] = {}
        self.unsure: dict[Shape, tuple[str, ...]] = {}
        """What is not known of a shape, in sentences without a full stop."""

    def alive(self) -> list[Item]:
        """The pods that have not finished, without those that go before they had a node."""
        return [each for each in self._export.of("Pod") if not is_over(each)]

    def shape(self, pod: Item) -> Shape:
        """What the scheduler reads of a pod, wherever it runs.

        Raises:
            InputError: if it is not written as Kubernetes writes pods.
        """
        daemon = of_daemon_set(pod)
        return self._shape(
            pod, self._spec(pod, "spec"), _labels(pod, daemon=daemon), pod.namespace, daemon=daemon, of=pod.name
        )

    def of_daemon_set(self, daemon_set: Item) -> Shape:
        """What the scheduler reads of the pods that a DaemonSet makes, of which there is none.

        Raises:
            InputError: if it is not written as Kubernetes writes DaemonSets.
        """
        at = ("spec", "template")
        spec = self._spec(daemon_set, *at, "spec")
        labels = {str(key): str(value) for key, value in daemon_set.at(*at, "metadata", "labels").items()}
        return self._shape(daemon_set, spec, labels, daemon_set.namespace, daemon=True, of="")

    def _shape(
        self, item: Item, spec: dict[str, Any], labels: Mapping[str, str], namespace: str, *, daemon: bool, of: str
    ) -> Shape:
        spec = _without_its_node(spec) if daemon else spec
        mounts = any(each.get("ephemeral") for each in spec["volumes"])
        key = json.dumps([spec, labels, namespace, bool(of), of if mounts else ""], default=str)
        if (found := self._shapes.get(key)) is not None:
            return found
        gaps = Gaps()
        try:
            shape = pod_shape(spec, labels, namespace, self._objects, gaps, of=of, daemon=daemon)
        except PodError as error:
            self._export.refuse(item, f"cannot be read: its spec {error}", "spec")
        self._shapes[key] = shape
        if gaps:
            self.unsure[shape] = gaps.sentences
        return shape

    def traits(self, pod: Item) -> Traits:
        """What keeps Karpenter from the node of a pod, and how long it takes to end."""
        return traits_of(pod.annotations, pod.spec.get(GRACE))

    def _spec(self, item: Item, *at: str) -> dict[str, Any]:
        given = item.at(*at)
        if not given.get("containers"):
            self._export.refuse(item, "has no spec with containers; export it with kubectl get -o json", *at)
        bound = bool(given.get("nodeName"))
        of_pod = [key for key in OF_POD if key != "nodeName" and not (bound and key in _WHILE_WAITING)]
        spec = {key: given[key] for key in of_pod if given.get(key) is not None}
        for key, keep in (("containers", OF_CONTAINER), ("initContainers", OF_CONTAINER), ("volumes", OF_VOLUME)):
            parts = given.get(key) or ()
            spec[key] = [{name: each[name] for name in keep if name in each} for each in parts]
        spec["volumes"] = [each for each in spec["volumes"] if len(each) > 1]
        return spec


def is_over(pod: Item) -> bool:
    """Whether a pod has finished, or goes before it had a node."""
    going = not pod.spec.get("nodeName") and bool(pod.metadata.get("deletionTimestamp"))
    return going or pod.status.get("phase") in _OVER


def _labels(pod: Item, *, daemon: bool) -> dict[str, str]:
    """The labels of a pod that others of its workload have, too."""
    own = _OF_ONE_POD | _OF_REVISION if daemon else _OF_ONE_POD
    return {key: value for key, value in pod.labels.items() if key not in own}


def owner(pod: Item) -> str:
    """What makes a pod: namespace, kind and name of the workload; of the pod itself where nothing does."""
    references = pod.metadata.get("ownerReferences")
    made_by = next((each for each in references or () if each.get("controller") is True), None)
    kind, name = ("Pod", pod.name) if made_by is None else (str(made_by.get("kind")), str(made_by.get("name")))
    if kind == "Node":  # a static pod, which the kubelet of its node makes
        kind, name = "Pod", pod.name
    elif kind == "ReplicaSet":
        for label, of in _HASHES.items():
            if (known := pod.labels.get(label)) and name.endswith(f"-{known}"):
                kind, name = of, name.removesuffix(f"-{known}")
    elif kind == "Job" and (match := _RUN.search(name)):
        kind, name = "CronJob", name[: match.start()]
    return f"{pod.namespace}/{kind}/{name}"


def of_daemon_set(pod: Item) -> bool:
    """Whether a DaemonSet makes a pod."""
    return owner(pod).split("/")[1] == DAEMON


def goes_with_its_node(pod: Item) -> bool:
    """Whether a pod ends with its node, and comes nowhere else: a static pod, or one that is being deleted."""
    references = pod.metadata.get("ownerReferences") or ()
    static = "kubernetes.io/config.mirror" in pod.annotations
    static = static or any(each.get("kind") == "Node" for each in references)
    # A StatefulSet makes the next one when that is gone.
    return static or (bool(pod.metadata.get("deletionTimestamp")) and owner(pod).split("/")[1] != "StatefulSet")


def node_of_daemon(pod: Item) -> str:
    """The node that a DaemonSet has made a pod for; empty where it names none."""
    for term in _terms(pod.spec):
        for each in term.get("matchFields") or ():
            if each.get("key") == NAME and len(values := [*(each.get("values") or ())]) == 1:
                return str(values[0])
    return ""


def pinned(shape: Shape, node: str) -> Shape:
    """A DaemonSet's pod that is for one node, as its controller makes it."""
    here = (Condition(NAME, "In", frozenset({node})),)
    return replace(shape, terms=tuple(replace(each, name=here) for each in shape.terms or (NodeTerm(),)))


def _without_its_node(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The pod of a DaemonSet without the node that its controller has bound it to by affinity."""
    affinity = spec.get("affinity") or {}
    of_node = affinity.get("nodeAffinity") or {}
    terms = [{"matchExpressions": each["matchExpressions"]} for each in _terms(spec) if each.get("matchExpressions")]
    kept = {key: value for key, value in of_node.items() if key != REQUIRED}
    if terms:
        kept[REQUIRED] = {"nodeSelectorTerms": terms}
    return {**spec, "affinity": {**affinity, "nodeAffinity": kept}}


def _terms(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    of_node = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    return (of_node.get(REQUIRED) or {}).get("nodeSelectorTerms") or []
