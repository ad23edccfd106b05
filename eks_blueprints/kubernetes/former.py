"""Under which types of the Kubernetes provider an object may stand in a state: it stays one object of the API server
when it is written in another version of its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.kubernetes import crds, removed
from eks_blueprints.kubernetes.shapes import group_of


def types(manifest: Mapping[str, Any]) -> list[str]:
    """The types of other API versions of an object's kind, such as `kubernetes:karpenter.sh/v1beta1:NodePool`.

    As aliases they let the engine update an object that is written in another version: without them it would create
    the object once more and then delete it, and the API server knows but one.
    """
    version, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    group = group_of(version)
    found = [each for each, name in removed.table() if name == kind and group_of(each) == group]
    # What moved to another group of Kubernetes itself, such as an Ingress of extensions/v1beta1.
    found += [each for (each, name), row in removed.table().items() if name == kind and row.replacement == version]
    if (known := crds.kind(version, kind)) is not None:
        served = {each for versions in known.served.values() for each in versions}
        found += [f"{group}/{each}" for each in sorted(served)]
    return [f"kubernetes:{each}:{kind}" for each in dict.fromkeys(found) if each != version]
