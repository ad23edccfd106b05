"""The volumes that pods mount through claims, as far as it is known where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.read.objects import Manifest, Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.core.facts.csi_drivers import EBS
from eks_blueprints.scheduling.pod import Claim


def claims(spec: Manifest, namespace: str, objects: Objects, gaps: Gaps, *, of: str = "") -> Iterator[Claim]:
    """What a pod mounts.

    Args:
        spec: The spec of the pod.
        namespace: Its namespace.
        objects: What its cluster holds.
        gaps: Takes what is not known.
        of: The name of the pod, after which claims of ephemeral volumes are called. Default: each of some pods that
            are alike has its own.
    """
    for volume in spec.get("volumes") or ():
        if named := volume.get("persistentVolumeClaim"):
            yield named_claim(f"{namespace}/{named.get('claimName')}", objects, gaps)
        elif made := volume.get("ephemeral"):
            template = made.get("volumeClaimTemplate") or {}
            name = f"{namespace}/{of}-{volume.get('name')}" if of else f"{namespace}/{volume.get('name')}"
            found = objects.volumes.claims.get(name) if of else None
            claim = _claim(name, found or objects.with_class(template), objects, gaps)
            yield claim if of else replace(claim, own=True)


def of_template(template: Manifest, workload: str, namespace: str, objects: Objects, gaps: Gaps) -> Claim:
    """The claims that a StatefulSet makes by one template, one for each pod; without their ordinals."""
    name = f"{namespace}/{(template.get('metadata') or {}).get('name')}-{workload}"
    return replace(_claim(name, objects.with_class(template), objects, gaps), own=True)


def named_claim(name: str, objects: Objects, gaps: Gaps) -> Claim:
    """A claim of which there is one, by namespace and name."""
    found = objects.volumes.claims.get(name)
    if found is not None:
        return _claim(name, found, objects, gaps)
    if objects.has_all("PersistentVolumeClaim"):
        return objects.volumes.absent(name)
    gaps.say(f"the claim {name} is made elsewhere: where its volume is, and what it counts for, is not known")
    return Claim(name)


def rebound(demand: Demand, objects: Objects, gaps: Gaps) -> Demand:
    """Pods of a plan with the claims, of which there is one, as a cluster has them."""

    def there(claim: Claim) -> Claim:
        known = not claim.own and claim.name in objects.volumes.claims
        return named_claim(claim.name, objects, gaps) if known else claim

    claims = tuple(map(there, demand.shape.claims))
    if claims == demand.shape.claims:
        return demand
    largest = None if demand.largest is None else replace(demand.largest, claims=claims)
    return replace(demand, shape=replace(demand.shape, claims=claims), largest=largest)


def _claim(name: str, claim: Mapping[str, Any], objects: Objects, gaps: Gaps) -> Claim:
    spec = claim.get("spec") or {}
    wanted = spec.get("storageClassName")
    bound = spec.get("volumeName") or _volume_for(name, spec, objects)
    if bound:
        known, kind = bound in objects.volumes.volumes, "PersistentVolume"
        spec = {**spec, "volumeName": bound}
    else:
        known, kind = wanted in objects.volumes.classes, "StorageClass"
    one_pod = "ReadWriteOncePod" in (spec.get("accessModes") or ())
    of_class = None if bound else objects.volumes.classes.get(str(wanted))
    if of_class is not None and not objects.whole and _is_immediate(of_class):
        gaps.say(f"the volume of the claim {name} is made before there is a pod: its zone is not known")
        return Claim(name, driver=_driver(of_class.get("provisioner")), one_pod=one_pod)
    if known or objects.has_all(kind):
        found = objects.volumes.claim(name, spec)
        return replace(found, driver=_driver(found.driver))
    what = f"the {kind} {bound or wanted}" if bound or wanted else "the default StorageClass"
    gaps.say(f"{what} of the claim {name} is made elsewhere: where its volume is, and what it counts for, is not known")
    return Claim(name, one_pod=one_pod)


def _volume_for(name: str, spec: Manifest, objects: Objects) -> str | None:
    """The volume that is there for a claim: one that names it, or the only one of its class that names none."""
    wanted = spec.get("storageClassName") or ""
    free = []
    for volume, each in objects.volumes.volumes.items():
        given = each.get("spec") or {}
        if reference := given.get("claimRef"):
            if f"{reference.get('namespace') or 'default'}/{reference.get('name')}" == name:
                return volume
        elif (given.get("storageClassName") or "") == wanted:
            free.append(volume)
    return free[0] if len(free) == 1 else None


def _is_immediate(storage_class: Manifest) -> bool:
    return str(storage_class.get("volumeBindingMode", "Immediate")) == "Immediate"


def _driver(name: Any) -> str:
    """The CSI driver that does the work: since 1.23 that of the EBS CSI driver for the plugin that Kubernetes had."""
    return EBS[0] if name == EBS[2] else str(name or "")
