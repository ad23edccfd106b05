"""What an import says about itself: what became of each object, what differs, and what could be better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.spec import Reference
from eks_blueprints.lifecycle.importers.lines import counted, listed
from eks_blueprints.lifecycle.importers.manifests.elements import Built
from eks_blueprints.lifecycle.importers.manifests.part import Part

_WAYS = {
    "pod_security": "remove pod_security: privileged, and the pods have to run without root (Pod Security Standard)",
    "spread": "remove spread: none, and the pods are spread over zones and nodes",
    "drain": "remove drain_seconds: 0, and a pod that ends answers until its load balancer sends no more requests",
    "budget": "remove pod-disruption-budget from patches, and a drain of nodes takes one pod at a time",
    "account": "remove service_account, and the pods have one of their own that may do nothing",
    "limits": "remove limits: {}, and a pod takes at most the memory that it requests",
    "requests": "say requests, so that the scheduler knows what a pod takes",
    "probe": "say readiness_probe, so that pods get requests when they are ready",
    "restart": "remove restart_on_change: false, and the pods are replaced when their settings change",
    "env": "move secrets from pod to env, and the pod reads them from a Secret of its own",
    "role": "say policy_arns or allow in service_account, and the role of the annotation is made with the workload",
}


def to_data(part: Part) -> dict[str, Any]:
    """All that is said about a part, as data."""
    return {
        "objects": len(part.originals),
        "workloads": {
            each.name: {"kind": each.kind, "objects": [found.called for found in each.made]} for each in part.workloads
        },
        "namespaces": [each.name for each in part.namespaces],
        "manifests": [{"object": found.called, "place": found.place, "why": why} for found, why in part.manifests],
        "added": list(part.added),
        "differences": [{"object": name, "place": place, "what": what} for place, name, what in differences(part)],
        "comments": {file: list(lines) for file, lines in part.uncarried.items()},
        "secrets": dict(part.secrets.of),
        "plain_secrets": list(part.secrets.inside),
        "unchecked_kinds": list(part.unknown),
        "advice": advice(part),
    }


def differences(part: Part) -> Iterator[tuple[str, str, str]]:
    """What is other than in the input, object by object: place, object, and what with its reason."""
    for found in part.originals:
        for note in found.notes:
            yield found.place, found.called, note


def advice(part: Part) -> dict[str, list[str]]:
    """What could be turned on, and for which workloads."""
    found: dict[str, list[str]] = {}
    for built in part.workloads:
        for key in _of(built, part):
            found.setdefault(_WAYS[key], []).append(built.name)
    return found


def _of(built: Built, part: Part) -> Iterator[str]:
    fields = built.fields
    served = built.kind in ("deployment", "stateful_set")
    several = served and (fields.get("replicas") or 0) >= 2
    if fields.get("pod_security") == "privileged":
        yield "pod_security"
    if several and fields.get("spread") == "none":
        yield "spread"
    if (fields.get("patches") or {}).get("pod-disruption-budget", 0) is None:
        yield "budget"
    if fields.get("drain_seconds") == 0:
        yield "drain"
    account = fields["service_account"]
    if account.get("existing") and account.get("name") == "default":
        yield "account"
    if "eks.amazonaws.com/role-arn" in (account.get("annotations") or {}):
        yield "role"
    if fields.get("limits") == {}:
        yield "limits"
    if "requests" not in fields and "limits" not in fields:
        yield "requests"
    if served and "ports" in fields and "readiness_probe" not in fields:
        yield "probe"
    if fields.get("restart_on_change") is False:
        yield "restart"
    if any(isinstance(each, Reference) for each in _values(fields.get("pod"))):
        yield "env"


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each)
    else:
        yield value


def lines(part: Part) -> Iterator[str]:
    """The same for people."""
    data = to_data(part)
    inside = sum(len(each["objects"]) for each in data["workloads"].values())
    yield (
        f"{counted(data['objects'], 'object')}: {inside} in {counted(len(part.workloads), 'workload')}, "
        f"{len(part.namespaces)} in namespaces, {len(part.manifests)} as manifests in addons.{part.name}"
    )
    for name, each in data["workloads"].items():
        yield f"  workloads.{name} ({each['kind']}): {', '.join(each['objects'])}"
    yield from listed("as they are", [f"{each['object']}: {each['why']}" for each in data["manifests"]])
    yield from listed("besides", data["added"])
    said = [f"{each['place']}: {each['object']}: {each['what']}" for each in data["differences"]]
    if said:
        yield from listed("differs from what was read", said)
    else:
        yield "nothing differs from what was read"
    lost = [f"{file}: {counted(len(own), 'line')}, the first is {own[0]}" for file, own in data["comments"].items()]
    yield from listed("comments without a place, or that may hold a secret", lost)
    yield from listed("secrets in plain text", data["plain_secrets"])
    if data["unchecked_kinds"]:
        yield from listed("not checked, as nothing here knows their fields", data["unchecked_kinds"])
    told = [f"{what}: {', '.join(names)}" for what, names in data["advice"].items()]
    yield from listed("off, as in the input; could be turned on", told)
