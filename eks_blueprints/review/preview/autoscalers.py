"""Autoscalers to compute: one of a stack, one of a file, or one that options describe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.core.errors import InputError, Problem, shown, unknown_name
from eks_blueprints.core.form import Form
from eks_blueprints.kubernetes.autoscaler.keda import Keda, horizontal
from eks_blueprints.kubernetes.autoscaler.proposals import milli, name_of
from eks_blueprints.policies.sizing import workload_named
from eks_blueprints.policies.stack import Resource, Stack

_KINDS = {"HorizontalPodAutoscaler": "autoscaling/v2", "ScaledObject": "keda.sh/v1alpha1"}
_PERCENT = Form(r"([1-9][0-9]{0,8}) ?%")
_RESOURCES = ("cpu", "memory")


@dataclass(frozen=True)
class Autoscaled:
    """An autoscaler, and what it scales."""

    title: str
    spec: Mapping[str, Any]
    """Its HorizontalPodAutoscalerSpec."""
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What the containers of a pod request, in thousandths."""
    version: str | None = None
    """Kubernetes version; None where it is not known."""
    stack: Stack | None = None
    """The stack that it is of; None for one of a file or of options."""
    workload: Resource | None = None
    """What it scales there."""
    keda: Keda | None = None
    """What KEDA's operator does beside it; None for a HorizontalPodAutoscaler of one's own."""

    @property
    def configurable_tolerance(self) -> bool:
        """Whether `behavior` says the tolerance there."""
        return self.version is None or versions.minor(self.version) >= versions.HPA_TOLERANCE


def found_in(subject: str) -> Autoscaled:
    """The autoscaler of a workload in a stack (`prod/web`), or of a file of manifests.

    Raises:
        InputError: if there is none.
    """
    path = Path(subject)
    if path.is_file():
        return _of_file(path)
    stack, _, workload = subject.rpartition("/")
    if not stack or not workload:
        do = "write one such as prod/web, or a file with a HorizontalPodAutoscaler"
        raise InputError([Problem((), f"is neither a workload of a stack nor a file; got {shown(subject)}; {do}")])
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    target = stack_target(stack)
    plan = preview(target).plan
    objects = [each.inputs for each in plan.resources if each.type.startswith("kubernetes:")]
    clusters = [each.inputs.get("version") for each in plan.resources if each.type == "aws:eks/cluster:Cluster"]
    version = next((each for each in clusters if isinstance(each, str)), None)
    scalers = {_scaled(each): each for each in objects if _is_one(each)}
    if workload not in scalers:
        known = unknown_name(workload, scalers, f"workload with a {_either()}")
        raise InputError([Problem((), known, target.stack)])
    found = _with_requests(workload, scalers[workload], objects, version)
    whole = Stack.of_plan(plan)
    return replace(found, stack=whole, workload=workload_named(whole, workload))


def _of_file(path: Path) -> Autoscaled:
    from eks_blueprints.core.document import documents
    from eks_blueprints.core.files import text_of

    objects = [each.data for each in documents(text_of(path), str(path)) if isinstance(each.data, Mapping)]
    found = [each for each in objects if _is_one(each)]
    if len(found) != 1:
        do = "use a file with one, or name a workload of a stack such as prod/web"
        raise InputError([Problem((), f"needs one {_either()}; got {len(found)}; {do}", str(path))])
    from eks_blueprints.kubernetes.check import Checked, check
    from eks_blueprints.kubernetes.custom import Definitions
    from eks_blueprints.kubernetes.shapes import of

    checked = Checked()
    check(found[0], of(None), Definitions(()), checked, may_be_nameless=True)
    wrong = [each for each in checked.problems if each.severity == "error"]
    if wrong:
        raise InputError([each.at(str(path)) for each in wrong])
    return _with_requests(_scaled(found[0]), found[0], objects, None)


def _either() -> str:
    return " or a ".join(_KINDS)


def _is_one(manifest: Mapping[str, Any]) -> bool:
    kind = manifest.get("kind")
    return isinstance(kind, str) and kind in _KINDS and manifest.get("apiVersion") == _KINDS[kind]


def _scaled(manifest: Mapping[str, Any]) -> str:
    return str(((manifest.get("spec") or {}).get("scaleTargetRef") or {}).get("name"))


def _with_requests(
    title: str, manifest: Mapping[str, Any], objects: list[Mapping[str, Any]], version: str | None
) -> Autoscaled:
    reference = manifest["spec"].get("scaleTargetRef") or {}
    home = (manifest.get("metadata") or {}).get("namespace")
    requests: dict[str, dict[str, int]] = {}
    for each in objects:
        metadata = each.get("metadata") or {}
        same = (each.get("kind"), metadata.get("name"), metadata.get("namespace"))
        if same == (reference.get("kind"), reference.get("name"), home):
            requests = dict(_requested(each))
    spec = {key: value for key, value in manifest["spec"].items() if value is not None}
    if manifest.get("kind") == "ScaledObject":
        made, operator = horizontal(spec)
        return Autoscaled(title, made, requests, version, keda=operator)
    return Autoscaled(title, spec, requests, version)


def _requested(workload: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    pod = ((workload.get("spec") or {}).get("template") or {}).get("spec") or {}
    sidecars = [each for each in pod.get("initContainers") or () if each.get("restartPolicy") == "Always"]
    for each in (*(pod.get("containers") or ()), *sidecars):
        resources = each.get("resources") or {}
        # Where only a limit is said, Kubernetes requests as much.
        amounts = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
        known = {name: amount for name, amount in amounts.items() if name in _RESOURCES}
        yield str(each.get("name")), {name: milli(amount) for name, amount in known.items()}


def asked(
    known: Autoscaled | None,
    *,
    least: int | None,
    most: int | None,
    targets: Mapping[str, str],
    requests: Mapping[str, str],
    version: str | None,
) -> Autoscaled:
    """An autoscaler with what options say of it.

    Raises:
        InputError: if too little is said, or a value cannot be read.
    """
    spec = dict(known.spec) if known else {}
    problems: list[Problem] = []
    if least is not None:
        spec["minReplicas"] = least
    if most is not None:
        spec["maxReplicas"] = most
    if "maxReplicas" not in spec:
        problems.append(Problem(("max",), "is required; got none; add --max 10, or name a workload such as prod/web"))
    elif int(spec.get("minReplicas", 1)) > int(spec["maxReplicas"]):
        got = f"{spec.get('minReplicas', 1)} and {spec['maxReplicas']}"
        problems.append(Problem(("max",), f"is below the fewest pods; got {got}; raise it"))
    keda = known.keda if known else None
    if targets:
        said = list(_read(targets, "target", _metric, problems).values())
        # Those of KEDA whose targets are not known are said one by one.
        kept = [each for each in spec.get("metrics", ()) if name_of(each) not in targets] if keda else []
        spec["metrics"] = [*kept, *said]
    if not spec.get("metrics") and keda is not None:
        unknown = next(iter(keda.triggers), "queue")
        do = f"say it with --target {unknown}=20"
        problems.append(Problem(("target",), f"is required: none of the triggers is known here; got none; {do}"))
    elif not spec.get("metrics"):
        # What Kubernetes fills in.
        spec["metrics"] = [_metric("cpu", "80%")]
    found = {name: dict(each) for name, each in (known.requests if known else {}).items()}
    first = next(iter(found), "main")
    for name, amount in _read(requests, "request", lambda _, value: milli(value), problems).items():
        container, _, resource = name.rpartition("/")
        found.setdefault(container or first, {})[resource] = amount
    if version is not None:
        _read({"": version}, "kubernetes", lambda _, value: versions.minor(value), problems)
    if problems:
        raise InputError(problems)
    title = known.title if known else "an autoscaler"
    version = version or (known.version if known else None)
    if known is None:
        return Autoscaled(title, spec, found, version)
    return replace(known, spec=spec, requests=found, version=version)


def _read(
    said: Mapping[str, str], option: str, form: Callable[[str, str], Any], problems: list[Problem]
) -> dict[str, Any]:
    """What an option says by name; what cannot be read is noted."""
    found = {}
    for name, value in said.items():
        try:
            found[name] = form(name, value)
        except ValueError as error:
            problems.append(Problem((option, name) if name else (option,), str(error)))
    return found


def _metric(name: str, value: str) -> dict[str, Any]:
    """A metric as in Kubernetes: of a resource, of one container's, or an external one with a value for each pod."""
    container, _, resource = name.rpartition("/")
    if resource not in _RESOURCES:
        amount = milli(value)
        if amount <= 0:
            raise ValueError(f"needs more than 0; got {shown(value)}; raise it")
        target: dict[str, Any] = {"type": "AverageValue", "averageValue": value}
        return {"type": "External", "external": {"metric": {"name": name}, "target": target}}
    if match := _PERCENT.fullmatch(value):
        target = {"type": "Utilization", "averageUtilization": int(match[1])}
    else:
        if milli(value) <= 0:
            raise ValueError(f"needs more than 0; got {shown(value)}; raise it")
        target = {"type": "AverageValue", "averageValue": value}
    if container:
        part = {"name": resource, "container": container, "target": target}
        return {"type": "ContainerResource", "containerResource": part}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}
