"""Pods with a name and storage of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.core.errors import Path
from eks_blueprints.workloads._container import port_fields, port_of
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._exposed import ServiceName
from eks_blueprints.workloads._objects import drawing
from eks_blueprints.workloads._scaled import ScaledWorkload
from eks_blueprints.workloads._storage import CLAIM_FIELDS, claims_of_pods
from eks_blueprints.workloads._volumes import Claim

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class StatefulSet(ScaledWorkload):
    """A StatefulSet with what it needs: pods that keep their name and their storage, such as those of a database.

    A headless Service gives each pod a name in the cluster's DNS. A claim of a volume is created for each pod; claims
    stay when pods go, unless `claims_when_deleted` or `claims_when_scaled` say otherwise.
    """

    kubernetes_kind: ClassVar[str] = "StatefulSet"
    # Its pods carry the label controller-revision-hash, the name with 11 characters more.
    longest_name: ClassVar[int] = 52

    pod_management: Literal["OrderedReady", "Parallel"] = "OrderedReady"
    """Whether pods are started one after another, each when the one before is ready, or all at once. It cannot be
    changed: the workload is replaced."""

    headless_service: ServiceName | None = None
    """Name of the Service that gives each pod its name. It cannot be changed: the workload is replaced. Default: the
    name of the objects and `-headless`."""

    claims_when_deleted: Literal["Retain", "Delete"] = "Retain"
    """What happens to claims when the StatefulSet is deleted."""

    claims_when_scaled: Literal["Retain", "Delete"] = "Retain"
    """What happens to the claims of pods that are no longer wanted."""

    @property
    def claims_by_pod(self) -> frozenset[str]:
        """Volumes of which each pod has one of its own."""
        return frozenset(self._claims)

    @property
    def _claims(self) -> dict[str, Claim]:
        claims = ((name, each.claim) for name, each in self.volumes.items())
        return {name: claim for name, claim in claims if claim is not None and claim.existing is None}

    @property
    def headless_name(self) -> str:
        """Name of the Service that gives pods their names."""
        return self.headless_service or f"{self.object_name_used}-headless"

    def governing_objects(self, _ground: Ground) -> Iterator[Drawing]:
        """The headless Service, and claims of its pods that have changed since it was created."""
        found = drawing(self, "headless", "v1 Service", (), self.headless_name)
        found.put(("spec", "clusterIP"), "None", ())
        found.put(("spec", "publishNotReadyAddresses"), True, ())
        found.put(("spec", "selector"), self.selector_used, ("selector",))
        for name, value in self.ports.items():
            entry = {"name": name, "port": port_of(value)[0], "targetPort": name, **port_fields(value)}
            found.add(("spec", "ports"), entry, ("ports", name))
        yield found
        yield from claims_of_pods(self, {name: each for name, each in self._claims.items() if each.created_with})

    def claim_names(self, volume: str) -> tuple[str, ...]:
        """Names of the claims of its pods for a volume, of those that there are at any time."""
        if volume not in self.claims_by_pod:
            return super().claim_names(volume)
        ordinals = self.spec.get("ordinals")
        first = ordinals.get("start", 0) if isinstance(ordinals, dict) else 0
        count = self.replicas_least or 0
        return tuple(f"{volume}-{self.object_name_used}-{first + number}" for number in range(count))

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """How its pods are named, started and given storage."""
        found = super().controller_spec()
        found["serviceName",] = (self.headless_name, ())
        found["podManagementPolicy",] = (self.pod_management, ("pod_management",))
        if claims := self._claims:
            # The API server fills in the mode; left out here, it would be a difference for ever.
            mode = {"volumeMode": "Filesystem"}
            templates = [
                {"metadata": {"name": name}, "spec": {**mode, **each.template}} for name, each in claims.items()
            ]
            found["volumeClaimTemplates",] = (templates, ("volumes",))
            for index, (name, template) in enumerate(zip(claims, templates, strict=True)):
                at, source = ("volumeClaimTemplates", index), ("volumes", name, "claim")
                found[at] = (template, source)
                for key, value in template["spec"].items():
                    if key in CLAIM_FIELDS:
                        found[*at, "spec", key] = (value, (*source, CLAIM_FIELDS[key]))
            kept = {"whenDeleted": self.claims_when_deleted, "whenScaled": self.claims_when_scaled}
            found["persistentVolumeClaimRetentionPolicy",] = (kept, ("claims_when_deleted",))
        return found
