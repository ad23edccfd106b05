"""The claims of a cluster, with the volumes that hold their data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.live.kubectl import Kubectl, namespaced_name

_EBS = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com")
CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim."""

    namespace: str
    name: str
    volume: str | None
    """Name of its PersistentVolume; None while it has none."""
    handle: str | None
    """What its driver calls the volume, such as `vol-0123456789abcdef0`."""
    ebs: bool
    retained: bool
    """Whether the volume stays when the claim goes, as its StorageClass says."""

    @property
    def shown(self) -> str:
        """Its name with its namespace."""
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        return self.shown + (f" ({self.handle})" if self.handle else "")


def claims(kubectl: Kubectl) -> list[Claim]:
    """All of them.

    Raises:
        LiveError: if the cluster does not answer.
    """
    volumes = {each["metadata"]["name"]: each["spec"] for each in kubectl.objects(VOLUMES)}
    found = []
    for claim in kubectl.objects(CLAIMS, "--all-namespaces"):
        name = (claim.get("spec") or {}).get("volumeName")
        spec: Mapping[str, Any] = volumes.get(name) or {}
        csi = spec.get("csi") or {}
        metadata = claim["metadata"]
        found.append(
            Claim(
                metadata["namespace"],
                metadata["name"],
                name if spec else None,
                csi.get("volumeHandle"),
                csi.get("driver") in _EBS,
                spec.get("persistentVolumeReclaimPolicy") == "Retain",
            )
        )
    return sorted(found, key=str)


def users(kubectl: Kubectl) -> list[Mapping[str, Any]]:
    """The pods that use a claim and have not ended."""
    return [
        pod
        for pod in kubectl.objects("pods", "--all-namespaces")
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        and any("persistentVolumeClaim" in each for each in pod["spec"].get("volumes") or ())
    ]


def owner(kubectl: Kubectl, pod: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and name of what makes a pod: the Deployment of a ReplicaSet, the CronJob of a Job, or the pod itself."""
    kind, name = "Pod", pod["metadata"]["name"]
    thing: Mapping[str, Any] | None = pod
    while thing is not None:
        above = [each for each in thing["metadata"].get("ownerReferences") or () if each.get("controller")]
        if not above:
            return kind, name
        kind, name = above[0]["kind"], above[0]["name"]
        thing = _read(kubectl, kind, name, pod["metadata"]["namespace"])
    return kind, name


def _read(kubectl: Kubectl, kind: str, name: str, namespace: str) -> Mapping[str, Any] | None:
    plural = {"ReplicaSet": "replicasets.apps", "Job": "jobs.batch"}.get(kind)
    if plural is None:
        return None
    found = kubectl.objects(plural, "--namespace", namespace)
    return next((each for each in found if namespaced_name(each) == f"{namespace}/{name}"), None)
