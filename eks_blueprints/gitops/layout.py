"""The files of a stack: one object each, in a folder for each part of it, which both agents read as they are.

`clusters/STACK/PART/` has a kustomization, and so has `clusters/STACK/`: Argo CD reads the whole as one Application, or
each part as one of an ApplicationSet (git directory generator, `clusters/STACK/*`). For Flux, `flux/STACK/` has a
Kustomization for each part, which waits for those that it needs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.addons.delivery.git import kustomization
from eks_blueprints.gitops.collect import Collected, left_open
from eks_blueprints.gitops.images import images
from eks_blueprints.gitops.model import Item, LeftOut, Manifests, Source
from eks_blueprints.gitops.objects import in_wave
from eks_blueprints.gitops.order import Order
from eks_blueprints.gitops.unknown import open_parts
from eks_blueprints.gitops.yaml_form import as_yaml


def laid_out(found: Collected) -> Manifests:
    """The files of a stack."""
    plan, folder = found.plan, f"clusters/{found.plan.stack}"
    items = _once(found.items)
    order = Order(items, plan.resources)
    paths = _paths(items, folder)
    files: dict[str, str] = {}
    told: dict[str, dict[str, str]] = {}
    left_out: list[LeftOut] = []
    written: list[Item] = []
    for item, path in zip(items, paths, strict=True):
        if unknown := list(open_parts(item.manifest, found.names)):
            left_out.append(replace(left_open(item.shown, unknown), path=path))
            continue
        made = in_wave(item.manifest, order.wave(item))
        files[path] = as_yaml(made)
        told[path] = images(made)
        written.append(replace(item, manifest=made))
    parts: dict[str, list[str]] = {}
    for item, path in zip(items, paths, strict=True):
        if path in files:
            parts.setdefault(item.component, []).append(path.rpartition("/")[2])
    for part, names in parts.items():
        files[f"{folder}/{part}/kustomization.yaml"] = listing(names)
    files[f"{folder}/kustomization.yaml"] = listing(parts)
    if found.source.agent == "flux":
        files |= _flux(plan.stack, parts, order, found.source)
    return Manifests(
        plan.project,
        plan.stack,
        dict(sorted(files.items())),
        {path: ends for path, ends in sorted(told.items()) if ends},
        (*found.left_out, *left_out),
        found.notes,
        tuple(written),
    )


def _once(items: Sequence[Item]) -> list[Item]:
    """Objects without those of the same identity: charts that are rendered share their namespace."""
    found: dict[tuple[str, ...], Item] = {}
    for each in items:
        group = str(each.manifest.get("apiVersion")).rpartition("/")[0]
        found.setdefault((group, each.kind, each.namespace or "", each.name), each)
    return list(found.values())


def _paths(items: Sequence[Item], folder: str) -> list[str]:
    """Where each object goes; two that would share a file get their API group, or what tells them apart, too."""
    plain = [f"{folder}/{each.component}/{_name(each)}" for each in items]
    shared = {path for path, count in Counter(plain).items() if count > 1}
    found = []
    for item, path in zip(items, plain, strict=True):
        told_apart = f"{item.manifest.get('apiVersion')} {item.shown} {item.urn}".encode()
        mark = f".{hashlib.sha256(told_apart).hexdigest()[:8]}" if path in shared else ""
        found.append(f"{path}{mark}.yaml")
    return found


def _name(item: Item) -> str:
    words = [item.kind.lower(), *([item.namespace] if item.namespace else []), item.name]
    return ".".join("".join(each if each.isalnum() or each in "-." else "_" for each in word) for word in words)


def listing(names: Any) -> str:
    """The kustomization of a folder with some files or folders in it."""
    return as_yaml(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": sorted(names),
        }
    )


def _flux(stack: str, parts: Mapping[str, Any], order: Order, source: Source) -> dict[str, str]:
    files = {f"flux/{stack}/kustomization.yaml": listing(f"{part}.yaml" for part in parts)}
    for part in parts:
        first = [{"name": _kustomization_name(each)} for each in order.direct(part) if each in parts]
        made = kustomization(
            _kustomization_name(part),
            source.namespace,
            f"{source.prefix}clusters/{stack}/{part}",
            interval=source.interval,
            prune=source.prune,
            wait=True,
            **({"dependsOn": first} if first else {}),
        )
        files[f"flux/{stack}/{part}.yaml"] = as_yaml(made)
    return files


def _kustomization_name(part: str) -> str:
    return part.replace("_", "-").strip("-.")
