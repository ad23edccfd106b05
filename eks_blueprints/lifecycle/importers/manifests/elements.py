"""A workload element that makes the same objects as a group: guessed, drawn, mended and drawn again."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from eks_blueprints.core.elements import element_class
from eks_blueprints.core.errors import Path, dotted, problems_of
from eks_blueprints.core.json_values import spelled
from eks_blueprints.core.refs import Ground
from eks_blueprints.lifecycle.importers.manifests import fields as said
from eks_blueprints.lifecycle.importers.manifests import members, same
from eks_blueprints.lifecycle.importers.manifests.fields import Fields
from eks_blueprints.lifecycle.importers.manifests.groups import Group, Member
from eks_blueprints.lifecycle.importers.manifests.members import UnfitError
from eks_blueprints.lifecycle.importers.manifests.original import Original
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads.base import NAME_LABEL, Workload

_GROUNDS = tuple(
    Ground(version=None, network=cast("Any", None), oidc_provider=True, auto_mode=auto) for auto in (False, True)
)
"""Clusters on which the element has to make the same objects: EKS Auto Mode has load balancers of its own."""
_OWN_WORDS = ("service", "ingress", "http_route")
"""Fields of an element with a `spec` of their own."""
_NAMED_FREELY = frozenset(
    {"annotations", "data", "env", "labels", "limits", "pod_annotations", "pod_labels", "ports", "requests", "selector"}
)
"""Fields of elements whose mappings are read as they stand."""


@dataclass(slots=True)
class Built:
    """An element and the objects that it makes."""

    name: str
    kind: str
    fields: Fields
    by_key: dict[str, Original]
    """The objects that it makes, by the keys under which it draws them."""
    left: list[tuple[Original, str]] = field(default_factory=list)
    """Objects that belong to it and that it cannot make, and why."""

    @property
    def made(self) -> list[Original]:
        """The objects that it makes."""
        return list(self.by_key.values())

    def drawn(self) -> Iterator[tuple[Original, Drawing]]:
        """The same, each with what the element draws for it."""
        for each in _element(self.kind, self.name, self.fields).objects(_GROUNDS[0]):
            yield self.by_key[each.key], each


def build(group: Group, name: str) -> Built:
    """The element of a group, with as much of it as it can make.

    Raises:
        UnfitError: if it cannot make the workload itself.
    """
    try:
        return _with(group, name, group.members)
    except UnfitError:
        kept: list[Member] = []
        built = _with(group, name, kept)
        left: list[tuple[Original, str]] = []
        for member in group.members:
            try:
                built = _with(group, name, [*kept, member])
                kept.append(member)
            except UnfitError as error:
                left.append((member.original, str(error)))
        built.left = left
        return built


def _with(group: Group, name: str, chosen: list[Member]) -> Built:
    fields = _controller(group, name)
    expected = {group.kind.replace("_", "-"): group.controller}
    for member in chosen:
        expected[members.add(member, group, fields)] = member.original
    if {"ingress", "http_route"} & fields.keys() or fields.get("service", {}).get("type") == "LoadBalancer":
        fields["drain_seconds"] = 0
    fields = _mended(group, name, fields, expected)
    return Built(name, group.kind, fields, expected)


def _controller(group: Group, name: str) -> Fields:
    """The fields of the workload itself."""
    found, pod = group.controller, group.pod
    fields: Fields = {}
    if found.name != name.replace("_", "-").lower():
        fields["object_name"] = found.name
    main = pod["containers"][0]
    if main.get("name") != found.name:
        fields["container_name"] = main.get("name")
    fields["namespace"] = found.namespace
    fields |= _marks(group)
    own = said.container(main)
    fields |= {key: value for key, value in own.items() if key not in ("env", "security_context")}
    if group.kind in ("deployment", "stateful_set") and "replicas" in found.spec:
        fields["replicas"] = found.spec["replicas"]
    fields |= {"env": own["env"]} if "env" in own else {}
    templates = _templates(found) if group.kind == "stateful_set" else {}
    if volumes := said.volumes(pod, main, templates):
        fields["volumes"] = volumes
    if not any("mount_path" in each for each in volumes.values()) and (paths := said.mounts(main)):
        fields["volume_mounts"] = paths
    _further(group, fields)
    fields["service_account"] = {"existing": True, "name": pod.get("serviceAccountName") or "default"}
    if isinstance(pod.get("automountServiceAccountToken"), bool):
        fields["service_account"]["automount_token"] = pod["automountServiceAccountToken"]
    fields |= _of_kind(group)
    fields["pod_security"] = "privileged"
    fields |= {"security_context": own["security_context"]} if "security_context" in own else {}
    if group.kind in ("deployment", "stateful_set"):
        fields["spread"] = "none"
    return fields


def _marks(group: Group) -> Fields:
    """Labels and annotations: what the pods and their maker share is said once."""
    found, pods = group.controller, dict(group.labels)
    selector = (
        pods if group.kind in ("job", "cron_job") else (found.spec.get("selector") or {}).get("matchLabels") or {}
    )
    rest = {key: value for key, value in pods.items() if key not in selector}
    shared = {key: value for key, value in rest.items() if found.labels.get(key) == value}
    own = {key: value for key, value in rest.items() if key not in shared}
    marks = {
        "selector": {} if selector == {NAME_LABEL: found.name} else dict(selector),
        "labels": shared,
        "pod_labels": own,
        "annotations": dict(found.metadata.get("annotations") or {}),
        "pod_annotations": dict((group.template.get("metadata") or {}).get("annotations") or {}),
    }
    return {field: value for field, value in marks.items() if value}


def _templates(found: Original) -> dict[str, Fields]:
    """Claims for each pod, where the element can say all of them."""
    every = found.spec.get("volumeClaimTemplates") or []
    claims = {str((each.get("metadata") or {}).get("name")): said.claim(each.get("spec") or {}) for each in every}
    plain = all(set(each.get("metadata") or {}) == {"name"} for each in every)
    return {name: claim for name, claim in claims.items() if claim} if plain and all(claims.values()) else {}


def _further(group: Group, fields: Fields) -> None:
    """Init containers and sidecars, where those come first that run to their end."""
    every = group.pod.get("initContainers") or []
    beside = [each.get("restartPolicy") == "Always" for each in every]
    if sorted(beside) != beside:
        return
    for each, stays in zip(every, beside, strict=True):
        paths = said.mounts(each)
        container = {**said.container(each), **({"volume_mounts": paths} if paths else {})}
        fields.setdefault("sidecars" if stays else "init_containers", {})[each.get("name")] = container


def _of_kind(group: Group) -> Fields:
    spec: Any = group.controller.spec
    fields: Fields = {}
    if group.kind == "stateful_set":
        kept = spec.get("persistentVolumeClaimRetentionPolicy") or {}
        given = {
            "headless_service": spec.get("serviceName"),
            "pod_management": spec.get("podManagementPolicy"),
            "claims_when_deleted": kept.get("whenDeleted"),
            "claims_when_scaled": kept.get("whenScaled"),
        }
        return {key: value for key, value in given.items() if value not in (None, "", "Retain", "OrderedReady")}
    if group.kind == "cron_job":
        fields = {"schedule": spec.get("schedule"), "concurrency_policy": spec.get("concurrencyPolicy", "Allow")}
        words = {
            "timeZone": "time_zone",
            "suspend": "suspend",
            "startingDeadlineSeconds": "starting_deadline_seconds",
        }
        fields |= {field: spec[word] for word, field in words.items() if spec.get(word)}
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    if group.kind in ("job", "cron_job"):
        words = {
            "completions": "completions",
            "parallelism": "parallelism",
            "backoffLimit": "backoff_limit",
            "activeDeadlineSeconds": "active_deadline_seconds",
        }
        fields |= {field: spec[word] for word, field in words.items() if spec.get(word) is not None}
        if group.pod.get("restartPolicy") == "OnFailure":
            fields["restart_policy"] = "OnFailure"
    return fields


def _mended(group: Group, name: str, fields: Fields, expected: Mapping[str, Original]) -> Fields:
    """The fields with what they lack in Kubernetes' own words, so that drawing them gives the objects themselves."""
    drawn = {each.key: each for each in _element(group.kind, name, fields).objects(_GROUNDS[0])}
    if missing := [each.called for key, each in expected.items() if key not in drawn]:
        raise UnfitError(f"the element does not make {', '.join(missing)}")
    result = copy.deepcopy(fields)
    patches: Fields = {}
    for key, each in drawn.items():
        if (original := expected.get(key)) is None:
            patches[key] = None
            continue
        try:
            changes = same.patch(each.manifest, original.manifest, (original.kind,))
        except same.UnsayableError as error:
            where: Path = error.args[0][1:]
            raise UnfitError(f"{dotted(where)} cannot be merged into what the element makes") from None
        if original is group.controller:
            changes = _split(group, result, changes)
        elif (field := key.replace("-", "_")) in _OWN_WORDS and changes.get("spec"):
            result[field]["spec"] = {**result[field].get("spec", {}), **changes.pop("spec")}
        if changes:
            patches[key] = changes
    if patches:
        result["patches"] = patches
    result = {key: value if key in _NAMED_FREELY else spelled(value) for key, value in result.items()}
    _prove(group, name, result, expected)
    return result


def _split(group: Group, fields: Fields, changes: Fields) -> Fields:
    """Put changes of the pods into `pod`, others of the spec into `spec`; gives those of the metadata."""
    inside: Any = changes
    template: Path = ("jobTemplate", "spec", "template") if group.kind == "cron_job" else ("template",)
    steps = [changes]
    for part in ("spec", *template):
        inside = inside.get(part)
        if not isinstance(inside, dict):
            break
        steps.append(inside)
    else:
        if isinstance(pod := inside.pop("spec", None), dict):
            fields["pod"] = pod
    for outer in reversed(steps):
        for key in [key for key, value in outer.items() if value == {} and key in ("spec", *template)]:
            del outer[key]
    if isinstance(spec := changes.pop("spec", None), dict):
        fields["spec"] = spec
    return changes


def _prove(group: Group, name: str, fields: Fields, expected: Mapping[str, Original]) -> None:
    element = _element(group.kind, name, fields)
    for ground in _GROUNDS:
        if found := [problem for problem in element.problems_on(ground) if problem.severity == "error"]:
            raise UnfitError(str(found[0]))
        drawn = {each.key: each.manifest for each in element.objects(ground)}
        if drawn.keys() != expected.keys():
            raise UnfitError("the element makes other objects")
        for key, original in expected.items():
            if found_at := next(same.differences(original.manifest, drawn[key], (original.kind,)), None):
                raise UnfitError(f"{dotted(found_at[1:])} of {original.called} would be another")


def _element(kind: str, name: str, fields: Fields) -> Workload:
    cls = element_class(Workload, kind)
    try:
        return cast("Workload", cls.model_validate({**fields, "name": name}))
    except ValidationError as error:
        problem = problems_of(error)[0]
        raise UnfitError(f"{dotted(problem.path)}: {problem.message}") from None
