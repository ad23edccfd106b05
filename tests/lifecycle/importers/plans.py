"""Imports objects, records what their stack file makes, and compares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.core.yaml_text import documents
from eks_blueprints.kubernetes.shapes import group_of
from eks_blueprints.lifecycle.importers import files
from eks_blueprints.lifecycle.importers.manifests import same
from eks_blueprints.lifecycle.importers.manifests.part import Part, imported
from eks_blueprints.testing import record_stack

HIDDEN = {"$secret": True}
Objects = dict[tuple[str, str, str, str], Mapping[str, Any]]


def into_plan(folder: Path, paths: list[str], namespace: str | None = None) -> tuple[Part, str, Objects]:
    """What objects become, the text of their stack file, and the objects of its plan that are theirs."""
    part = imported(paths, "app", namespace=namespace)
    text = files.stack_text(part.data, "Imported.")
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "stack.yaml").write_text(text)
    config = {f"shop:{key}": value for key, value in part.secrets.by_key.items()}
    found = record_stack(folder / "stack.yaml", project="shop", config=config).is_valid()
    made = [each for each in found.all() if each.planned.type.startswith("kubernetes:")]
    # What the platform brings of its own is Helm releases, and a StorageClass where claims name none.
    own = [each for each in made if "helm.sh" not in each.planned.type and "storage-classes" not in each.name]
    return part, text, {key(each.inputs, each.planned.type): each.inputs for each in own}


def key(manifest: Mapping[str, Any], type_name: str | None = None) -> tuple[str, str, str, str]:
    """What tells an object from others."""
    version, kind = manifest.get("apiVersion", ""), manifest.get("kind", "")
    if type_name is not None:
        _, version, kind = type_name.split(":")
        version = version.removeprefix("core/")
    metadata = manifest["metadata"]
    return group_of(version), kind, metadata.get("namespace") or "", metadata.get("name") or ""


def originals(text: str, namespace: str = "default", cluster_kinds: tuple[str, ...] = ()) -> Objects:
    """The objects of a text, in the namespaces in which they end."""
    found: Objects = {}
    # kubectl reads YAML 1.1, in which this is octal.
    for each in documents(text.replace("0644", "420")):
        if each is None:
            continue
        if each["kind"] not in (*_OF_CLUSTERS, *cluster_kinds):
            each["metadata"].setdefault("namespace", namespace)
        found[key(each)] = each
    return found


_OF_CLUSTERS = ("ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace", "StorageClass")


def unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Where an object of a plan is other than it was; what is masked there was taken out as a secret."""
    after = {"apiVersion": before["apiVersion"], "kind": before["kind"], **after}
    paths = same.differences(_comparable(before), _comparable(after), (before["kind"],))
    return [".".join(map(str, path[1:])) for path in paths if not _masked(after, path[1:])]


def _comparable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(manifest)
    if found["kind"] == "Secret":
        found["secret"] = sorted({**(found.pop("data", None) or {}), **(found.pop("stringData", None) or {})})
        found["secret"] = found["secret"] and HIDDEN
    return found


def _masked(value: Any, path: tuple[Any, ...]) -> bool:
    for part in path:
        if value == HIDDEN:
            return True
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return False
    return value == HIDDEN
