"""The add-ons that make the volumes of claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.storage_facts import BRINGS, IN_TREE, is_default
from eks_blueprints.kubernetes.claims import claim_spec

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.manifests.original import Original


def needed(every: Sequence[Original]) -> dict[str, Original]:
    """Add-ons by their kinds, and an object that needs each; none for classes that nothing here makes."""
    made = {each.name: each for each in every if each.kind == "StorageClass"}
    drivers = {name: str(each.manifest.get("provisioner")) for name, each in made.items()}
    default = next((name for name, each in made.items() if is_default(each.manifest)), None)
    found: dict[str, Original] = {}
    for each in every:
        for spec in _claims(each):
            name = spec.get("storageClassName", default)
            if name is None:
                found.setdefault("storage_classes", each)
            elif (addon := BRINGS.get(drivers.get(str(name), IN_TREE if name == "gp2" else ""))) is not None:
                found.setdefault(addon, each)
    return found


def _claims(each: Original) -> Iterator[Mapping[str, Any]]:
    specs = [claim_spec(each.manifest)] if each.kind == "PersistentVolumeClaim" else []
    templates = each.spec.get("volumeClaimTemplates") if each.kind == "StatefulSet" else ()
    specs += [claim_spec(template) for template in templates or () if isinstance(template, Mapping)]
    yield from (spec for spec in specs if spec.get("volumeName") is None)
