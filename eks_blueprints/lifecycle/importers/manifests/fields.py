"""Containers and pods in the fields of a workload element: each is a guess, which drawing the element then proves.

What no field says is left to `pod` and `spec`, so nothing here has to be complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eks_blueprints.core.leaves import object_name
from eks_blueprints.core.spec import Reference
from eks_blueprints.workloads._container import port_name

Fields = dict[str, Any]

_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")


def container(found: Mapping[str, Any]) -> Fields:
    """The fields of one container, besides what it mounts."""
    fields: Fields = {}
    for word, field in {"image": "image", "imagePullPolicy": "image_pull_policy"}.items():
        if found.get(word):
            fields[field] = found[word]
    for field in ("command", "args"):
        if found.get(field) and all(isinstance(each, str | Reference) for each in found[field]):
            fields[field] = list(found[field])
    if env := _variables(found.get("env") or ()):
        fields["env"] = env
    if found.get("envFrom"):
        fields["env_from"] = list(found["envFrom"])
    if ports := _ports(found.get("ports") or ()):
        fields["ports"] = ports
    fields |= _amounts(found.get("resources") or {})
    for word in ("readiness", "liveness", "startup"):
        if probe := found.get(f"{word}Probe"):
            fields[f"{word}_probe"] = _probe(probe, ports)
    if found.get("securityContext"):
        fields["security_context"] = found["securityContext"]
    return fields


def _amounts(resources: Mapping[str, Any]) -> Fields:
    """Requests and limits; the limit of memory is left out where it is what the element sets by itself."""
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    fields: Fields = {}
    if requests:
        fields["requests"] = {key: str(value) for key, value in requests.items()}
    if limits and limits != {"memory": requests.get("memory")}:
        fields["limits"] = {key: str(value) for key, value in limits.items()}
    elif not limits and "memory" in requests:
        fields["limits"] = {}
    return fields


def mounts(found: Mapping[str, Any]) -> dict[str, str]:
    """What a container mounts, where a path by the volume's name says all of it; nothing where it does not."""
    every = found.get("volumeMounts") or []
    said = {each.get("name"): each.get("mountPath") for each in every if set(each) <= {"name", "mountPath"}}
    return said if len(said) == len(every) and all(said) else {}


def _variables(env: Iterable[Mapping[str, Any]]) -> Fields:
    """Variables by name; nothing where one can only be said in Kubernetes' words, as their order counts."""
    fields: Fields = {}
    for each in env:
        name, source = each.get("name"), each.get("valueFrom")
        if not isinstance(name, str) or name in fields or set(each) - {"name", "value", "valueFrom"}:
            return {}
        if source is None:
            value = each.get("value", "")
            if not isinstance(value, str):  # a secret among others, which would be put into a Secret of its own
                return {}
            fields[name] = value
        elif isinstance(source, Mapping) and len(source) == 1 and set(source) <= set(_SOURCES):
            fields[name] = dict(source)
        else:
            return {}
    return fields


def _ports(ports: Iterable[Mapping[str, Any]]) -> Fields:
    fields: Fields = {}
    for each in ports:
        name, number, protocol = each.get("name"), each.get("containerPort"), each.get("protocol", "TCP")
        if not isinstance(name, str) or port_name.fault(name) or name in fields:
            return {}
        value = number if protocol == "TCP" else f"{number}/{protocol}"
        if value in fields.values():
            return {}
        fields[name] = value
    return fields


def _probe(probe: Mapping[str, Any], ports: Mapping[str, Any]) -> Any:
    asked = probe.get("httpGet")
    first = next(iter(ports), None)
    path = asked.get("path") if isinstance(asked, Mapping) else None
    if first is not None and probe == {"httpGet": {"path": path, "port": first}} and str(path).startswith("/"):
        return path
    return dict(probe)


def volumes(pod: Mapping[str, Any], main: Mapping[str, Any], templates: Mapping[str, Fields]) -> Fields:
    """Volumes by name with where the main container mounts them; `templates` are claims for each pod.

    Nothing where a name is none that an element takes.
    """
    fields: Fields = {}
    for each in pod.get("volumes") or ():
        source = {key: value for key, value in each.items() if key != "name"}
        claim = source.get("persistentVolumeClaim")
        if isinstance(claim, Mapping) and set(claim) == {"claimName"}:
            fields[each["name"]] = {"claim": {"existing": claim["claimName"]}}
        else:
            fields[each["name"]] = {} if source == {"emptyDir": {}} else {"source": source}
    fields |= {name: {"claim": claim} for name, claim in templates.items()}
    if any(object_name.fault(name) for name in fields):
        return {}
    return _mounted(fields, main)


def _mounted(fields: Fields, main: Mapping[str, Any]) -> Fields:
    """The same with the mounts of the main container, where they come in an order that volumes can have."""
    every = main.get("volumeMounts") or []
    names = [each.get("name") for each in every]
    known = {"name", "mountPath", "readOnly", "subPath"}
    if len(set(names)) != len(names) or any(set(each) - known for each in every) or set(names) - set(fields):
        return fields
    # What is mounted comes in the order of the mounts; whether that of the volumes stands it, drawing shows.
    ordered = [name for name in fields if name in names]
    if ordered != names:
        return fields
    words = {"mountPath": "mount_path", "readOnly": "read_only", "subPath": "sub_path"}
    for each in every:
        fields[each["name"]] = {
            **{words[key]: value for key, value in each.items() if key in words and value},
            **fields[each["name"]],
        }
    return fields


def claim(spec: Mapping[str, Any]) -> Fields | None:
    """A claim that is made; None where it asks for no storage."""
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if storage is None:
        return None
    fields: Fields = {"size": str(storage)}
    if isinstance(spec.get("storageClassName"), str):
        fields["storage_class"] = spec["storageClassName"]
    modes = spec.get("accessModes") or ["ReadWriteOnce"]
    if modes != ["ReadWriteOnce"]:
        fields["access_modes"] = list(modes)
    told = ("resources", "storageClassName", "accessModes")
    rest = {key: value for key, value in spec.items() if key not in told}
    if len(spec.get("resources") or {}) > 1:
        rest["resources"] = spec["resources"]
    if rest.get("volumeMode") == "Filesystem":
        del rest["volumeMode"]
    return {**fields, **({"spec": rest} if rest else {})}
