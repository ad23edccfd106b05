"""What pods name that nothing on the platform makes: ConfigMaps, Secrets and their keys, claims, classes, Services.

Pods that name such a thing wait for it, or are refused. Somebody may make it by hand, so all of this are warnings, and
only namespaces are judged that the platform makes, and in which no chart, operator or delivery tool may make more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from eks_blueprints.blueprint.kinds import HelmAddOn
from eks_blueprints.blueprint.storage_checks import kind_of, mapping, metadata_of, pod_in
from eks_blueprints.blueprint.storage_facts import OPEN
from eks_blueprints.core.errors import Path, Problem, shown, unknown_name
from eks_blueprints.kubernetes.pods import items
from eks_blueprints.kubernetes.shapes import group_of

if TYPE_CHECKING:
    from eks_blueprints.blueprint.manifest_checks import Written
    from eks_blueprints.blueprint.spec import BlueprintArgs

_CONFIG, _SECRET, _CLAIM, _SERVICE = "ConfigMap", "Secret", "PersistentVolumeClaim", "Service"
_PRIORITY, _RUNTIME = "PriorityClass", "RuntimeClass"
_EVERYWHERE = "default"
"""The namespace of what is in none."""
_BUILT_IN = {
    _CONFIG: frozenset({"kube-root-ca.crt"}),
    _PRIORITY: frozenset({"system-cluster-critical", "system-node-critical"}),
}
_CLASSES_OF_ADDONS = frozenset({"gpu_operator"})
"""Add-ons that bring runtime classes."""
_MAKES_SECRETS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Certificate": (("spec", "secretName"),),
    "ExternalSecret": (("spec", "target", "name"), ("metadata", "name")),
    "SealedSecret": (("spec", "template", "metadata", "name"), ("metadata", "name")),
}
"""Custom resources that become a Secret, and where its name stands: the first that is written counts."""
_MAKES_NOTHING = frozenset(
    {
        "HTTPRoute",
        "Instrumentation",
        "PodMonitor",
        "PrometheusRule",
        "ScaledJob",
        "ScaledObject",
        "SecretStore",
        "SecurityGroupPolicy",
        "ServiceMonitor",
        "TargetGroupBinding",
        "TriggerAuthentication",
        "VerticalPodAutoscaler",
        "VolumeSnapshot",
    }
)
"""Custom resources that become no object that pods name."""

_Key = tuple[str, str, str]
"""Kind, namespace and name of an object."""


class _Named(NamedTuple):
    """An object that is named, and where."""

    kind: str
    name: Any
    path: Path
    """Where its name stands."""
    key: Any = None
    """The entry of it that is wanted; None for all."""
    key_path: Path = ()


class _Made(NamedTuple):
    """What is made."""

    objects: dict[_Key, frozenset[str] | None]
    """Objects with their entries; None where these are not known."""
    open: frozenset[str]
    """Namespaces in which more may be made."""
    headless: frozenset[_Key]
    prefixes: frozenset[tuple[str, str]]
    """Namespaces, and what names of claims begin with that StatefulSets make there."""


def check(args: BlueprintArgs, every: list[Written]) -> Iterator[Problem]:
    """What is named and not made; warnings all."""
    kinds = {addon.kind() for addon in args.addons}
    if kinds & OPEN:
        return
    made = _made(args, every)
    judged = {*args.namespaces, *(_name(each.manifest) for each in every if kind_of(each) == "Namespace")} - made.open
    for written in every:
        namespace = _namespace(written.manifest)
        if namespace not in judged:
            continue
        for named in _names(written):
            if named.kind == _RUNTIME and kinds & _CLASSES_OF_ADDONS:
                continue
            yield from (written.placed(problem) for problem in _problems(named, namespace, made))


def _problems(named: _Named, namespace: str, made: _Made) -> Iterator[Problem]:
    kind, name = named.kind, named.name
    # What is not a plain name is an Output, or wrong, which is told as such.
    if not isinstance(name, str) or not name or name in _BUILT_IN.get(kind, ()):
        return
    home = _EVERYWHERE if kind in (_PRIORITY, _RUNTIME) else namespace
    key = (kind, home, name)
    if key not in made.objects:
        if kind == _CLAIM and any(namespace == at and name.startswith(start) for at, start in made.prefixes):
            return
        known = [other for of, at, other in made.objects if of == kind and at == home]
        message = unknown_name(name, known, f"{kind} on this platform") if known else _nobody(kind, name)
        yield Problem(named.path, message, severity="warning")
    elif kind == _SERVICE and key not in made.headless:
        do = "set clusterIP: None in it, so that each pod has a name of its own"
        yield Problem(
            named.path, f"is a Service with an address of its own; got {shown(name)}; {do}", severity="warning"
        )
    elif isinstance(named.key, str) and (entries := made.objects[key]) is not None and named.key not in entries:
        message = unknown_name(named.key, entries, f"entry of the {kind} {name}")
        yield Problem(named.key_path, message, severity="warning")


def _nobody(kind: str, name: str) -> str:
    return f"names a {kind} that nothing on this platform makes; got {shown(name)}; add it, unless it is made by hand"


def _names(written: Written) -> Iterator[_Named]:
    if kind_of(written) == "StatefulSet":
        yield _Named(_SERVICE, mapping(written.manifest.get("spec")).get("serviceName"), ("spec", "serviceName"))
    pod, path = pod_in(written)
    for group in ("containers", "initContainers"):
        for index, container in items(pod.get(group)):
            yield from _of_container(container, (*path, group, index))
    for index, volume in items(pod.get("volumes")):
        yield from _of_volume(volume, (*path, "volumes", index))
    for index, each in items(pod.get("imagePullSecrets")):
        yield _Named(_SECRET, each.get("name"), (*path, "imagePullSecrets", index, "name"))
    yield _Named(_PRIORITY, pod.get("priorityClassName"), (*path, "priorityClassName"))
    yield _Named(_RUNTIME, pod.get("runtimeClassName"), (*path, "runtimeClassName"))


def _of_container(container: Mapping[str, Any], path: Path) -> Iterator[_Named]:
    for index, each in items(container.get("env")):
        source = mapping(each.get("valueFrom"))
        for field, kind in (("configMapKeyRef", _CONFIG), ("secretKeyRef", _SECRET)):
            ref, at = mapping(source.get(field)), (*path, "env", index, "valueFrom", field)
            if ref and not ref.get("optional"):
                yield _Named(kind, ref.get("name"), (*at, "name"), ref.get("key"), (*at, "key"))
    for index, each in items(container.get("envFrom")):
        for field, kind in (("configMapRef", _CONFIG), ("secretRef", _SECRET)):
            ref = mapping(each.get(field))
            if ref and not ref.get("optional"):
                yield _Named(kind, ref.get("name"), (*path, "envFrom", index, field, "name"))


def _of_volume(volume: Mapping[str, Any], path: Path) -> Iterator[_Named]:
    claim = mapping(volume.get("persistentVolumeClaim"))
    if claim:
        yield _Named(_CLAIM, claim.get("claimName"), (*path, "persistentVolumeClaim", "claimName"))
    sources = [(volume, path, "secretName")]
    projected = mapping(volume.get("projected"))
    sources += [
        (each, (*path, "projected", "sources", index), "name") for index, each in items(projected.get("sources"))
    ]
    for source, at, word in sources:
        for field, kind, name in (("configMap", _CONFIG, "name"), ("secret", _SECRET, word)):
            inner = mapping(source.get(field))
            if not inner or inner.get("optional"):
                continue
            yield _Named(kind, inner.get(name), (*at, field, name))
            for index, item in items(inner.get("items")):
                place: Path = (*at, field, "items", index, "key")
                yield _Named(kind, inner.get(name), (*at, field, name), item.get("key"), place)


def _made(args: BlueprintArgs, every: Iterable[Written]) -> _Made:
    objects: dict[_Key, frozenset[str] | None] = {}
    # Charts make more in their own namespaces.
    open_in = {addon.home for addon in args.addons if isinstance(addon, HelmAddOn)}
    headless: set[_Key] = set()
    prefixes: set[tuple[str, str]] = set()
    for written in every:
        manifest, kind = written.manifest, kind_of(written)
        namespace, name = _namespace(manifest), _name(manifest)
        if kind in (_PRIORITY, _RUNTIME):
            namespace = _EVERYWHERE
        spec = mapping(manifest.get("spec"))
        group = group_of(str(manifest.get("apiVersion")))
        if kind in _MAKES_SECRETS:
            objects[_SECRET, namespace, _first(manifest, _MAKES_SECRETS[kind])] = None
        elif kind == "SecretProviderClass":
            objects |= {
                (_SECRET, namespace, str(each.get("secretName"))): None for _, each in items(spec.get("secretObjects"))
            }
        elif "." in group and not group.endswith(".k8s.io") and kind not in _MAKES_NOTHING:
            open_in.add(namespace)
        else:
            objects[kind, namespace, name] = _entries(manifest)
        if kind == _SERVICE and spec.get("clusterIP") == "None":
            headless.add((kind, namespace, name))
        for _, each in items(spec.get("volumeClaimTemplates")):
            prefixes.add((namespace, f"{_name(each)}-{name}-"))
        # cert-manager makes the Secrets of Ingresses and Gateways that ask for it.
        for _, each in items(spec.get("tls")):
            objects.setdefault((_SECRET, namespace, str(each.get("secretName"))), None)
    return _Made(objects, frozenset(open_in), frozenset(headless), frozenset(prefixes))


def _entries(manifest: Mapping[str, Any]) -> frozenset[str] | None:
    parts = [part for field in ("data", "stringData", "binaryData") if (part := manifest.get(field)) is not None]
    # One without any is filled by somebody else, such as with a token.
    if not parts or not all(isinstance(part, Mapping) for part in parts):
        return None
    return frozenset(str(key) for part in parts for key in part)


def _first(manifest: Mapping[str, Any], paths: Iterable[tuple[str, ...]]) -> str:
    for path in paths:
        found: Any = manifest
        for key in path:
            found = mapping(found).get(key)
        if isinstance(found, str) and found:
            return found
    return ""


def _namespace(manifest: Mapping[str, Any]) -> str:
    return str(metadata_of(manifest).get("namespace") or "default")


def _name(manifest: Mapping[str, Any]) -> str:
    return str(metadata_of(manifest).get("name"))
