"""Claims that nothing provisions, wherever they are written: in workloads, in manifests, and by name in add-ons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from eks_blueprints.blueprint.ground import places
from eks_blueprints.blueprint.storage_facts import AUTO_DRIVER, BRINGS, EBS, EFS_DRIVER, STATIC, Storage, storage
from eks_blueprints.core.errors import Path, Problem, shown, unknown_name
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes.claims import claim_spec
from eks_blueprints.kubernetes.pods import items

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.manifest_checks import Written
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.refs import Place

_MANY = ("ReadOnlyMany", "ReadWriteMany")


class _Claim(NamedTuple):
    """A claim that is asked for, and where."""

    spec: Mapping[str, Any]
    path: Path
    of: Written


def check(args: BlueprintArgs, every: list[Written]) -> Iterator[Problem]:
    """Claims that would wait for ever, and pods that cannot mount theirs."""
    asked = [claim for each in every for claim in _claims(each)]
    if not asked and not any(kind_of(each) == "VolumeSnapshot" for each in every):
        return
    found = storage(args, (each.manifest for each in every))
    statics = {_name(each.manifest) for each in every if kind_of(each) == "PersistentVolume"}
    for claim in asked:
        for problem in _problems(claim, found, statics):
            yield claim.of.placed(problem.below(*claim.path))
    yield from _copies(every)
    yield from _snapshots(every, found)
    if serverless := [place for place in places(args).values() if place.fargate]:
        yield from _on_fargate(every, asked, found, serverless)


def check_addons(args: BlueprintArgs, addons: Iterable[AddOn]) -> Iterator[Problem]:
    """Classes that add-ons name in fields and values, of which a chart may make some itself."""
    asked = [(addon, path, name) for addon in addons for path, name in _names(addon)]
    found = storage(args) if asked else Storage()
    for addon, path, name in asked:
        at: Path = (addon.group, addon.name, *path)
        if name not in found.classes:
            message = unknown_name(name, found.classes, "StorageClass, unless it is made elsewhere")
            yield Problem(at, message, severity="warning")
        else:
            for problem in _of_class({}, name, found):
                yield Problem(at, problem.message, severity=problem.severity)


def _names(addon: AddOn) -> Iterator[tuple[Path, str]]:
    if isinstance(name := getattr(addon, "storage_class", None), str):
        yield ("storage_class",), name
    for path, value in _leaves(getattr(addon, "values", {})):
        if str(path[-1]).lower() in ("storageclass", "storageclassname") and value not in ("", "-"):
            yield ("values", *path), value


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from _leaves(below, (*path, index))
    elif isinstance(value, str) and path:
        yield path, value


def _claims(written: Written) -> Iterator[_Claim]:
    manifest = written.manifest
    spec = mapping(manifest.get("spec"))
    if kind_of(written) == "PersistentVolumeClaim":
        yield _Claim(claim_spec(manifest), ("spec",), written)
    if kind_of(written) == "StatefulSet":
        for index, template in items(spec.get("volumeClaimTemplates")):
            place: Path = ("spec", "volumeClaimTemplates", index, "spec")
            yield _Claim(claim_spec(template), place, written)
    pod, path = pod_in(written)
    for index, volume in items(pod.get("volumes")):
        if (ephemeral := mapping(volume.get("ephemeral"))) and (inner := ephemeral.get("volumeClaimTemplate")):
            at = (*path, "volumes", index, "ephemeral", "volumeClaimTemplate", "spec")
            yield _Claim(claim_spec(mapping(inner)), at, written)


def _problems(claim: _Claim, found: Storage, statics: set[str]) -> Iterator[Problem]:
    spec = claim.spec
    name, volume = spec.get("storageClassName"), spec.get("volumeName")
    if volume is not None or spec.get("selector") is not None:
        return
    if name == "":
        if not statics:
            message = 'asks for a volume that is written down by hand; got "", and no PersistentVolume here'
            yield Problem(
                ("storageClassName",), f"{message}; name a StorageClass, or add the volume", severity="warning"
            )
        return
    if name is not None and not isinstance(name, str):
        return
    if name is None and found.default is None:
        what = "names no StorageClass, and the cluster has no default one, which EKS does not create since 1.30"
        do = "add storage_classes: {} to addons, or name a class"
        yield Problem(("storageClassName",), f"{what}; got none; {do}", severity=_certain(found))
        return
    used = str(found.default if name is None else name)
    if used not in found.classes:
        yield Problem(
            ("storageClassName",), unknown_name(used, found.classes, "StorageClass"), severity=_certain(found)
        )
        return
    yield from _of_class(spec, used, found)


def _of_class(spec: Mapping[str, Any], name: str, found: Storage) -> Iterator[Problem]:
    made = found.classes[name]
    driver = made.provisioner
    at = ("storageClassName",)
    if driver in STATIC:
        if driver in BRINGS:
            do = "write a PersistentVolume down, and name it in the claim as volumeName"
            yield Problem(at, f"is a class for which no volumes are made; got {shown(name)}, of {driver}; {do}")
        return
    if not found.has_driver(driver):
        do = f"add {BRINGS[driver]}: {{}} to addons" if driver in BRINGS else "turn on cluster.auto_mode"
        if driver in EBS and AUTO_DRIVER in found.drivers:
            do += f", or use a class of {AUTO_DRIVER}"
        what = f"is a class whose driver is not on the cluster; got {shown(name)}, of {driver}"
        yield Problem(at, f"{what}; {do}", severity=_certain(found))
    modes = spec.get("accessModes")
    many = [mode for mode in modes if mode in _MANY] if isinstance(modes, list | tuple) else []
    multi_attach = spec.get("volumeMode") == "Block" and made.parameters.get("type") in ("io1", "io2")
    if driver in EBS and many and not multi_attach:
        do = "use ReadWriteOnce, or a class on EFS"
        yield Problem(("accessModes",), f"is what a volume on EBS cannot do; got {many[0]} of {shown(name)}; {do}")
    source = mapping(spec.get("dataSource")) or mapping(spec.get("dataSourceRef"))
    if driver == EFS_DRIVER and source:
        got = f"{source.get('kind')} {source.get('name')}"
        yield Problem(("dataSource",), f"is what EFS cannot start a volume from; got {got}; remove it, or use EBS")
    attributes = spec.get("volumeAttributesClassName")
    if isinstance(attributes, str):
        yield from _attributes(attributes, driver, found)


def _attributes(name: str, driver: str, found: Storage) -> Iterator[Problem]:
    at = ("volumeAttributesClassName",)
    if name not in found.attributes:
        yield Problem(at, unknown_name(name, found.attributes, "VolumeAttributesClass"), severity=_certain(found))
    elif found.attributes[name] != driver:
        do = "name one of the same driver"
        yield Problem(at, f"is for volumes of {found.attributes[name]}; got {shown(name)} on one of {driver}; {do}")


def _copies(every: list[Written]) -> Iterator[Problem]:
    """Copies of a claim that are smaller than it."""
    sizes = {_key(each, _name(each.manifest)): _size(each.manifest) for each in every if kind_of(each) == _CLAIM}
    for each in every:
        if kind_of(each) != _CLAIM:
            continue
        source = mapping(mapping(each.manifest.get("spec")).get("dataSource"))
        if source.get("kind") != _CLAIM:
            continue
        most, own = sizes.get(_key(each, str(source.get("name")))), _size(each.manifest)
        if most is not None and own is not None and exact(own) < exact(most):
            do = f"use {most} or more"
            message = (
                f"is less than the claim holds that is copied; got {own}, and {most} of {source.get('name')}; {do}"
            )
            yield each.placed(Problem(("spec", "resources", "requests", "storage"), message))


def _snapshots(every: list[Written], found: Storage) -> Iterator[Problem]:
    for each in every:
        if kind_of(each) != "VolumeSnapshot" or found.is_open:
            continue
        spec = mapping(each.manifest.get("spec"))
        name = spec.get("volumeSnapshotClassName")
        if name is None and not found.snapshot_default:
            what = "names no VolumeSnapshotClass, and there is no default one, so that no snapshot is taken"
            do = "add classes: {ebs: {default: true}} to the add-on snapshot_controller"
            yield each.placed(Problem(("spec", "volumeSnapshotClassName"), f"{what}; got none; {do}"))
        elif isinstance(name, str) and name not in found.snapshot_classes:
            message = unknown_name(name, found.snapshot_classes, "VolumeSnapshotClass")
            yield each.placed(Problem(("spec", "volumeSnapshotClassName"), message))


def _on_fargate(
    every: list[Written], asked: list[_Claim], found: Storage, serverless: list[Place]
) -> Iterator[Problem]:
    """Pods on Fargate that mount what Fargate cannot."""
    by_name = {_key(each.of, _name(each.of.manifest)): each.spec for each in asked if kind_of(each.of) == _CLAIM}
    for written in every:
        pod, path = pod_in(written)
        if not pod or kind_of(written) == "DaemonSet" or not _selected(written, path, serverless):
            continue
        mounts = [(each.path[:-1], each.spec) for each in asked if each.of is written]
        for index, volume in items(pod.get("volumes")):
            claimed = mapping(volume.get("persistentVolumeClaim")).get("claimName")
            if (spec := by_name.get(_key(written, str(claimed)))) is not None:
                mounts.append(((*path, "volumes", index), spec))
        for at, spec in mounts:
            name = spec.get("storageClassName", found.default)
            made = found.classes.get(str(name))
            if made is not None and made.provisioner in EBS:
                do = "run the pods on nodes, or use EFS"
                message = f"is a volume on EBS, which Fargate cannot mount; got the class {shown(name)}; {do}"
                yield written.placed(Problem(at, message))


def _selected(written: Written, path: Path, serverless: list[Place]) -> bool:
    above: Any = written.manifest
    for key in path[:-1]:
        above = above[key]
    labels = mapping(mapping(above.get("metadata")).get("labels"))
    namespace = str(metadata_of(written.manifest).get("namespace") or "default")
    return any(place.runs(namespace, labels) for place in serverless)


def pod_in(written: Written) -> tuple[Mapping[str, Any], Path]:
    """The spec of the pods that an object makes, and where it stands; nothing for one that makes none."""
    paths: Mapping[str, Path] = {"Pod": ("spec",), "CronJob": ("spec", "jobTemplate", "spec", "template", "spec")}
    kind = kind_of(written)
    if kind not in _WITH_PODS:
        return {}, ()
    path = paths.get(kind, ("spec", "template", "spec"))
    inside: Any = written.manifest
    for key in path:
        inside = mapping(inside).get(str(key))
    return (mapping(inside), path) if isinstance(inside, Mapping) else ({}, ())


def _certain(found: Storage) -> Any:
    return "warning" if found.is_open else "error"


def kind_of(written: Written) -> str:
    """The kind of an object; `None` where it has none."""
    return str(written.manifest.get("kind"))


def _key(written: Written, name: str) -> tuple[str, str]:
    return str(metadata_of(written.manifest).get("namespace") or "default"), name


def _name(manifest: Mapping[str, Any]) -> str:
    return str(metadata_of(manifest).get("name"))


def metadata_of(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metadata of an object; empty where it has none."""
    return mapping(manifest.get("metadata"))


def _size(manifest: Mapping[str, Any]) -> str | None:
    found = mapping(mapping(mapping(manifest.get("spec")).get("resources")).get("requests")).get("storage")
    try:
        exact(str(found))
    except ValueError:
        return None
    return str(found)


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


_CLAIM = "PersistentVolumeClaim"
_WITH_PODS = frozenset(
    {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"}
)
