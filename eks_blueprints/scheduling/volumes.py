"""The volumes that a pod mounts through claims, and where they let it be.

Source: volumebinding, volumezone and nodevolumelimits in k8s.io/kubernetes pkg/scheduler/framework/plugins, 1.36.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.scheduling.pod import Claim
from eks_blueprints.scheduling.selectors import Condition, NodeTerm, node_term

_LABELS = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")
_BETWEEN = "__"
"""What stands between the zones of a volume that is in several."""
_NOT_HERE = "kubernetes.io/no-provisioner"
_EBS_IN_TREE = "kubernetes.io/aws-ebs"
"""The plugin of volumes that are written without a CSI driver; that of EBS does its work, and has the limit."""

Objects = Mapping[str, Mapping[str, Any]]
"""Objects by name, those of a namespace as `namespace/name`."""


@dataclass(frozen=True, slots=True)
class Volumes:
    """Claims, volumes and storage classes of a cluster."""

    claims: Objects = field(default_factory=dict)
    volumes: Objects = field(default_factory=dict)
    classes: Objects = field(default_factory=dict)

    def of(self, spec: Mapping[str, Any], pod: str, namespace: str = "default") -> Iterator[Claim]:
        """What a pod mounts through claims.

        Args:
            spec: Its spec.
            pod: Its name, after which claims of ephemeral volumes are called.
            namespace: Its namespace.
        """
        for volume in spec.get("volumes") or ():
            if named := volume.get("persistentVolumeClaim"):
                name = f"{namespace}/{named.get('claimName')}"
                claim = self.claims.get(name)
                yield self.claim(name, claim.get("spec") or {}) if claim else self.absent(name)
            elif made := volume.get("ephemeral"):
                template = made.get("volumeClaimTemplate") or {}
                yield self.claim(f"{namespace}/{pod}-{volume.get('name')}", template.get("spec") or {})

    def claim(self, name: str, claim: Mapping[str, Any]) -> Claim:
        """A claim by namespace and name, of which the spec is given."""
        one_pod = "ReadWriteOncePod" in (claim.get("accessModes") or ())
        if volume := claim.get("volumeName"):
            found = self.volumes.get(str(volume))
            if found is None:
                reason = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
                return Claim(name, one_pod=one_pod, missing=reason)
            return _bound(name, found, one_pod=one_pod)
        given = self.classes.get(str(claim.get("storageClassName")))
        if given is None:
            reason = f'storageclass.storage.k8s.io "{claim.get("storageClassName")}" not found'
            return Claim(name, one_pod=one_pod, missing=reason)
        if given.get("volumeBindingMode", "Immediate") == "Immediate":
            return Claim(name, one_pod=one_pod, missing="pod has unbound immediate PersistentVolumeClaims")
        driver = str(given.get("provisioner"))
        if driver == _NOT_HERE:
            return Claim(name, one_pod=one_pod, missing="node(s) didn't find available persistent volumes to bind")
        topologies = given.get("allowedTopologies") or ()
        terms = tuple(map(_topology, topologies)) if topologies else None
        return Claim(name, driver=driver, terms=terms, bound=False, one_pod=one_pod)

    @staticmethod
    def absent(name: str) -> Claim:
        """A claim that there is not, by namespace and name."""
        return Claim(name, missing=f'persistentvolumeclaim "{name.partition("/")[2]}" not found')


def _bound(name: str, volume: Mapping[str, Any], *, one_pod: bool) -> Claim:
    spec, labels = volume.get("spec") or {}, (volume.get("metadata") or {}).get("labels") or {}
    required = (spec.get("nodeAffinity") or {}).get("required")
    in_tree = _EBS_IN_TREE if spec.get("awsElasticBlockStore") else ""
    return Claim(
        name,
        driver=str((spec.get("csi") or {}).get("driver") or in_tree),
        terms=None if required is None else tuple(map(node_term, required.get("nodeSelectorTerms") or ())),
        zones={key: frozenset(str(labels[key]).split(_BETWEEN)) for key in _LABELS if key in labels},
        one_pod=one_pod,
    )


def _topology(given: Mapping[str, Any]) -> NodeTerm:
    found = given.get("matchLabelExpressions") or ()
    return NodeTerm(
        tuple(Condition(str(e.get("key")), "In", frozenset(map(str, e.get("values") or ()))) for e in found)
    )
