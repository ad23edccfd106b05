"""The Kubernetes objects of a workload, as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.spec import is_known, is_output
from eks_blueprints.workloads._container import Container, parts
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._placing import place

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.workloads._config import Mounted
    from eks_blueprints.workloads._volumes import Claim
    from eks_blueprints.workloads.base import Workload

_CHECKSUM = "checksum/config-maps"
_RESTRICTED_POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
_RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def drawing(workload: Workload, key: str, kind: str, source: Path, name: str | None = None) -> Drawing:
    """An object of a kind (`apps/v1 Deployment`) in the namespace of the workload, with its labels, under a key."""
    labels = {**workload.selector_used, **workload.labels}
    metadata = {"name": name or workload.object_name_used, "namespace": workload.namespace, "labels": labels}
    version, _, word = kind.partition(" ")
    found = Drawing(key, {"apiVersion": version, "kind": word, "metadata": metadata}, source)
    for field, named in (("namespace", "namespace"), ("name", "object_name"), ("labels", "labels")):
        found.tell(("metadata", field), (named,))
    return found


def config(workload: Workload) -> Iterator[Drawing]:
    """Its ConfigMaps and Secrets, and claims of volumes that all pods share."""
    for key, each in workload.config_maps.items():
        found = drawing(
            workload, f"config-{key}", "v1 ConfigMap", ("config_maps", key), config_name(workload, key, each)
        )
        for name, value in each.content.items():
            field = "data" if name in each.data else "files"
            found.put(("data", name), value, ("config_maps", key, field, name))
        yield found
    for key, secret in workload.secrets.items():
        name, source = config_name(workload, key, secret), ("secrets", key)
        if secret.external is not None:
            found = drawing(workload, f"secret-{key}", "external-secrets.io/v1 ExternalSecret", source, name)
            found.put(("spec",), secret.external.manifest(name), (*source, "external"))
        else:
            found = drawing(workload, f"secret-{key}", "v1 Secret", source, name)
            found.put(("type",), "Opaque", source)
            found.put(("stringData",), dict(secret.content), (*source, "data"))
        yield found
    for container, where in _containers(workload):
        if apart := container.kept_apart:
            key = _env_secret(where)
            found = drawing(workload, key, "v1 Secret", where, f"{workload.object_name_used}-{key}")
            found.put(("type",), "Opaque", where)
            found.put(("stringData",), dict(apart), (*where, "env"))
            yield found


def config_name(workload: Workload, key: str, made: Mounted | Claim) -> str:
    """Name of the ConfigMap, Secret or claim that a workload calls `key`."""
    return made.name or f"{workload.object_name_used}-{key}"


def _containers(workload: Workload) -> Iterator[tuple[Container, Path]]:
    """Its containers, and where they stand in it."""
    yield workload, ()
    for group in ("init_containers", "sidecars"):
        for name, each in getattr(workload, group).items():
            yield each, (group, name)


def _env_secret(container: Path) -> str:
    """What the Secret for the variables of a container is called, behind the name of the workload."""
    return "-".join(["env", *map(str, container[1:])])


def account(workload: Workload) -> Iterator[Drawing]:
    """Its service account, and what that may do with the Kubernetes API."""
    own, source = workload.service_account, ("service_account",)
    name = workload.account_name
    if not own.existing:
        found = drawing(workload, "service-account", "v1 ServiceAccount", source, name)
        if own.annotations:
            found.put(("metadata", "annotations"), dict(own.annotations), (*source, "annotations"))
        # The pods say themselves whether they get a token; this is for others that use the account.
        found.put(("automountServiceAccountToken",), False, (*source, "automount_token"))
        yield found
    group = "rbac.authorization.k8s.io"
    for kind, field in (("Role", "rules"), ("ClusterRole", "cluster_rules")):
        if not (rules := getattr(own, field)):
            continue
        key = "role" if kind == "Role" else "cluster-role"
        role = drawing(workload, key, f"{group}/v1 {kind}", (*source, field))
        binding = drawing(workload, f"{key}-binding", f"{group}/v1 {kind}Binding", (*source, field))
        if kind == "ClusterRole":
            for each in (role, binding):
                # Names in a cluster are shared by all of its namespaces.
                each.manifest["metadata"]["name"] = f"{workload.namespace}-{workload.object_name_used}"
                del each.manifest["metadata"]["namespace"]
        role.put(("rules",), [dict(rule) for rule in rules], (*source, field), as_written=True)
        subject = {"kind": "ServiceAccount", "name": name, "namespace": workload.namespace}
        binding.put(("subjects",), [subject], (*source, field))
        named = {"apiGroup": group, "kind": kind, "name": role.manifest["metadata"]["name"]}
        binding.put(("roleRef",), named, (*source, field))
        yield role
        yield binding


def policies(workload: Workload) -> Iterator[Drawing]:
    """Its NetworkPolicy."""
    if workload.network_policy is not None:
        source = ("network_policy",)
        found = drawing(workload, "network-policy", "networking.k8s.io/v1 NetworkPolicy", source)
        found.put(("spec", "podSelector"), {"matchLabels": workload.selector_used}, ("selector",))
        for key, value in workload.network_policy.manifest.items():
            found.put(("spec", key), value, (*source, key), as_written=True)
        yield found


def controller(workload: Workload, fields: Mapping[Path, tuple[Any, Path]], ground: Ground) -> Drawing:
    """The object that makes the pods."""
    kind = f"{workload.api_version} {workload.kubernetes_kind}"
    found = drawing(workload, workload.kind().replace("_", "-"), kind, ())
    if workload.annotations:
        found.put(("metadata", "annotations"), dict(workload.annotations), ("annotations",))
    for at, (value, source) in fields.items():
        found.put(("spec", *at), value, source)
    _template(workload, found, ground)
    found.patch(("spec",), workload.spec, ("spec",))
    return found


def _template(workload: Workload, found: Drawing, ground: Ground) -> None:
    at = workload.template_at
    labels = {**workload.selector_used, **workload.labels, **workload.pod_labels}
    found.put((*at, "metadata", "labels"), labels, ("pod_labels",))
    annotations = {**workload.pod_annotations, **_checksum(workload)}
    if workload.do_not_disrupt:
        annotations["karpenter.sh/do-not-disrupt"] = "true"
    if annotations:
        found.put((*at, "metadata", "annotations"), annotations, ("pod_annotations",))
    pod = (*at, "spec")
    found.put((*pod, "serviceAccountName"), workload.account_name, ("service_account",))
    if (token := workload.service_account.token_used) is not None:
        found.put((*pod, "automountServiceAccountToken"), token, ("service_account", "automount_token"))
    if workload.pod_security == "restricted":
        found.put((*pod, "securityContext"), dict(_RESTRICTED_POD), ("pod_security",))
    place(workload, found, pod, labels, ground.places)
    for name, each in workload.init_containers.items():
        _container(workload, found, (*pod, "initContainers"), name, each, ("init_containers", name))
    for name, each in workload.sidecars.items():
        here = _container(workload, found, (*pod, "initContainers"), name, each, ("sidecars", name))
        found.put((*here, "restartPolicy"), "Always", ("sidecars", name))
    if workload.image is not None:
        name = workload.container_name_used
        _mount(workload, found, _container(workload, found, (*pod, "containers"), name, workload, ()))
    for key, value, source in _volumes(workload):
        found.add((*pod, "volumes"), {"name": key, **value}, source)
    for at, (each_value, source) in workload.pod_fields().items():
        found.put((*pod, *at), each_value, source)
    found.patch(pod, workload.pod, ("pod",))


def _container(  # noqa: PLR0917 where it stands, in the object and in the workload
    workload: Workload, found: Drawing, at: Path, name: str, each: Container, source: Path
) -> Path:
    """Add a container to a list of them; gives its place."""
    here = found.add(at, {}, source)
    for part in parts(each, name, f"{workload.object_name_used}-{_env_secret(source)}"):
        if part.at[0] in ("env", "ports", "volumeMounts"):
            entry = found.add((*here, part.at[0]), part.value, (*source, *part.field))
            if part.as_written:
                found.tell((*entry, "valueFrom"), (*source, *part.field), as_written=True)
        else:
            found.put((*here, *part.at), part.value, (*source, *part.field), as_written=part.as_written)
    if workload.pod_security == "restricted":
        found.put((*here, "securityContext"), dict(_RESTRICTED), ("pod_security",))
    if each.security_context:
        found.patch((*here, "securityContext"), each.security_context, (*source, "security_context"))
    return here


def _mount(workload: Workload, found: Drawing, container: Path) -> None:
    """Give the main container its volumes, ConfigMaps and Secrets."""
    for name, volume in workload.volumes.items():
        if volume.mount_path is not None:
            more: dict[str, Any] = {"readOnly": True} if volume.read_only else {}
            more |= {"subPath": volume.sub_path} if volume.sub_path else {}
            entry = {"name": name, "mountPath": volume.mount_path, **more}
            found.add((*container, "volumeMounts"), entry, ("volumes", name, "mount_path"))
    for field, word in (("config_maps", "configMapRef"), ("secrets", "secretRef")):
        for key, each in getattr(workload, field).items():
            source = (field, key)
            if each.mount_path is not None:
                entry = {"name": _volume_name(field, key), "mountPath": each.mount_path, "readOnly": True}
                found.add((*container, "volumeMounts"), entry, (*source, "mount_path"))
            if each.env:
                found.add((*container, "envFrom"), {word: {"name": config_name(workload, key, each)}}, (*source, "env"))


def _volume_name(field: str, key: str) -> str:
    return f"{'config' if field == 'config_maps' else 'secret'}-{key}"[:63].rstrip("-")


def _volumes(workload: Workload) -> Iterable[tuple[str, dict[str, Any], Path]]:
    own = workload.claims_by_pod
    for name, volume in workload.volumes.items():
        source: Path = ("volumes", name)
        if volume.claim is None:
            yield name, dict(volume.source) or {"emptyDir": {}}, (*source, "source")
        elif name not in own:
            claim = volume.claim.existing or config_name(workload, name, volume.claim)
            yield name, {"persistentVolumeClaim": {"claimName": claim}}, (*source, "claim")
    for field in ("config_maps", "secrets"):
        for key, each in getattr(workload, field).items():
            if each.mount_path is not None:
                called = config_name(workload, key, each)
                held = {"configMap": {"name": called}} if field == "config_maps" else {"secret": {"secretName": called}}
                yield _volume_name(field, key), held, (field, key)


def _checksum(workload: Workload) -> dict[str, Any]:
    """An annotation that changes with the workload's ConfigMaps, so that the pods are replaced then."""
    if not workload.restart_on_change:
        return {}
    held = {key: each.content for key, each in workload.config_maps.items()}
    values = [value for content in held.values() for value in content.values()]
    if any(map(is_output, values)):
        import pulumi

        return {_CHECKSUM: pulumi.Output.from_input(held).apply(_digest)}
    return {_CHECKSUM: _digest(held)} if held and all(map(is_known, values)) else {}


def _digest(held: Mapping[str, Any]) -> str:
    text = json.dumps(held, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
