"""What belongs to a workload, in the fields of its element; like `fields`, guesses that drawing proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.leaves import object_name
from eks_blueprints.core.spec import Reference
from eks_blueprints.lifecycle.importers.manifests import fields as said
from eks_blueprints.lifecycle.importers.manifests.fields import Fields
from eks_blueprints.lifecycle.importers.manifests.groups import Group, Member
from eks_blueprints.lifecycle.importers.manifests.original import Original
from eks_blueprints.workloads._exposed import host_name


class UnfitError(Exception):
    """An object cannot be said in the fields of a workload; the text says why."""


def add(member: Member, group: Group, fields: Fields) -> str:
    """Put an object into the fields of a workload; gives the key under which the element draws it.

    Raises:
        UnfitError: if it does not fit there.
    """
    found, field = member.original, member.field
    if field == "service_account":
        fields[field] = _account(found, group, fields)
        return "service-account"
    if field in _RIGHTS:
        return _rights(found, field, fields)
    if field in ("config_maps", "secrets"):
        key = _short(found.name, group.controller.name, fields.get(field, {}))
        named = {} if found.name == f"{group.controller.name}-{key}" else {"name": found.name}
        fields.setdefault(field, {})[key] = {**named, "data": _data(found)}
        if field == "config_maps":
            fields["restart_on_change"] = False
        return f"{'config' if field == 'config_maps' else 'secret'}-{key}"
    if field == "claim":
        return _claim(found, group, fields)
    if field == "headless_service":
        fields[field] = found.name
        return "headless"
    if field == "service":
        fields[field] = _service(found, fields, group.controller.name)
        return field
    maker = {
        "ingress": _ingress,
        "http_route": _route,
        "pod_disruption_budget": _budget,
        "horizontal_pod_autoscaler": _horizontal,
        "vertical_pod_autoscaler": _vertical,
        "scaled_object": _scaled_object,
        "network_policy": _policy,
    }[field]
    fields[field] = maker(found, fields)
    return field.replace("_", "-")


def _short(name: str, workload: str, taken: Mapping[str, Any]) -> str:
    short = name.removeprefix(f"{workload}-").replace(".", "-")[:63].strip("-")
    if object_name.fault(short) or short in taken:
        raise UnfitError(f"its name makes no short one; got {name}")
    return short


def _data(found: Original) -> Fields:
    data = found.manifest.get("stringData" if found.kind == "Secret" else "data")
    if not data or not all(isinstance(value, str | Reference) for value in data.values()):
        raise UnfitError("it holds no texts")
    if found.kind == "Secret" and (found.manifest.get("type", "Opaque") != "Opaque" or found.manifest.get("data")):
        raise UnfitError("it is of a type of its own, or holds what is no text")
    return dict(data)


def _account(found: Original, group: Group, fields: Fields) -> Fields:
    before = fields.get("service_account", {})
    kept = {key: value for key, value in before.items() if key == "automount_token"}
    named = {} if found.name == group.controller.name else {"name": found.name}
    annotations = found.metadata.get("annotations")
    return {**named, **({"annotations": dict(annotations)} if annotations else {}), **kept}


_RIGHTS = {
    "role": "rules",
    "role_binding": "rules",
    "cluster_role": "cluster_rules",
    "cluster_role_binding": "cluster_rules",
}
"""Roles and their bindings, and where the service account of a workload says the rules of both."""


def _rights(found: Original, field: str, fields: Fields) -> str:
    where = _RIGHTS[field]
    if not field.endswith("binding"):
        if not (rules := found.manifest.get("rules")):
            raise UnfitError("it has no rules")
        fields["service_account"] = {**fields.get("service_account", {}), where: list(rules)}
    elif where not in fields.get("service_account", {}):
        raise UnfitError("its role is not made by the workload")
    return field.replace("_", "-")


def _claim(found: Original, group: Group, fields: Fields) -> str:
    made = said.claim(found.spec)
    for name, volume in (fields.get("volumes") or {}).items():
        if volume.get("claim") == {"existing": found.name} and made is not None:
            named = {} if found.name == f"{group.controller.name}-{name}" else {"name": found.name}
            volume["claim"] = {**named, **made}
            return f"claim-{name}"
    raise UnfitError("it is no volume of the workload as a whole")


def _service(found: Original, fields: Fields, workload: str) -> Fields:
    service: Fields = {} if found.name == workload else {"name": found.name}
    spec = found.spec
    if spec.get("clusterIP") == "None":
        service["headless"] = True
    if spec.get("type") == "NodePort":
        service["type"] = "NodePort"
    ports = [each for each in spec.get("ports") or () if isinstance(each, Mapping)]
    own = fields.get("ports") or {}
    by_name = {each["name"]: each["port"] for each in ports if "name" in each and "port" in each}
    leads = all(each.get("name") in own and each.get("targetPort") == each.get("name") for each in ports)
    if ports and leads and len(by_name) == len(ports):
        if by_name != own:
            service["ports"] = by_name
    elif ports:
        service["spec"] = {"ports": [dict(each) for each in ports]}
    annotations = found.metadata.get("annotations")
    return {**service, **({"annotations": dict(annotations)} if annotations else {})}


def _ingress(found: Original, fields: Fields) -> Fields:
    if "service" not in fields:
        raise UnfitError("the Service that it leads to is not the workload's")
    spec = found.spec
    made: Fields = {"ingress_class": spec.get("ingressClassName") or "none"}
    rules = [each for each in spec.get("rules") or () if isinstance(each, Mapping)]
    paths = [(each.get("http") or {}).get("paths") or [] for each in rules]
    if rules and all(len(each) == 1 and each == paths[0] for each in paths):
        hosts = [each.get("host") for each in rules]
        if all(isinstance(each, str) and not host_name.fault(each) for each in hosts):
            made["hosts"] = hosts
        path, path_type = paths[0][0].get("path"), paths[0][0].get("pathType")
        if path and path != "/":
            made["path"] = path
        if path_type != "Prefix":
            made["path_type"] = path_type
    annotations = found.metadata.get("annotations")
    return {**made, **({"annotations": dict(annotations)} if annotations else {})}


def _route(found: Original, fields: Fields) -> Fields:
    if "service" not in fields:
        raise UnfitError("the Service that it leads to is not the workload's")
    parents = found.spec.get("parentRefs") or []
    if not parents:
        raise UnfitError("it names no Gateway")
    made: Fields = {"gateway": parents[0].get("name")}
    if parents[0].get("namespace"):
        made["gateway_namespace"] = parents[0]["namespace"]
    if found.spec.get("hostnames"):
        made["hosts"] = list(found.spec["hostnames"])
    return made


def _budget(found: Original, _fields: Fields) -> Fields:
    words = {
        "maxUnavailable": "max_unavailable",
        "minAvailable": "min_available",
        "unhealthyPodEvictionPolicy": "unhealthy_pod_eviction_policy",
    }
    made = {field: found.spec[word] for word, field in words.items() if found.spec.get(word) is not None}
    return {"unhealthy_pod_eviction_policy": "IfHealthyBudget", **made}


def _horizontal(found: Original, _fields: Fields) -> Fields:
    metrics = list(found.spec.get("metrics") or ())
    if not metrics:
        raise UnfitError("it names no metric")
    made: Fields = {
        "min_replicas": found.spec.get("minReplicas", 1),
        "max_replicas": found.spec.get("maxReplicas"),
    }
    for name in ("cpu", "memory"):
        target = {"type": "Utilization"}
        share = ((metrics[0].get("resource") or {}).get("target") or {}).get("averageUtilization") if metrics else None
        plain = {"type": "Resource", "resource": {"name": name, "target": {**target, "averageUtilization": share}}}
        if share is not None and metrics[0] == plain:
            made[name] = share
            metrics = metrics[1:]
    if metrics:
        made["metrics"] = metrics
    if found.spec.get("behavior"):
        made["behavior"] = found.spec["behavior"]
    return made


def _vertical(found: Original, _fields: Fields) -> Fields:
    mode = (found.spec.get("updatePolicy") or {}).get("updateMode")
    policy = found.spec.get("resourcePolicy")
    return {"update_mode": mode, **({"resource_policy": policy} if policy else {})}


def _scaled_object(found: Original, _fields: Fields) -> Fields:
    spec = found.spec
    made = {
        "min_replicas": spec.get("minReplicaCount", 0),
        "max_replicas": spec.get("maxReplicaCount", 100),
        "triggers": list(spec.get("triggers") or ()),
    }
    told = ("minReplicaCount", "maxReplicaCount", "triggers", "scaleTargetRef")
    rest = {key: value for key, value in spec.items() if key not in told}
    return {**made, **({"spec": rest} if rest else {})}


def _policy(found: Original, _fields: Fields) -> Fields:
    spec = found.spec
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    return {word.lower(): list(spec.get(word.lower()) or ()) for word in types}
