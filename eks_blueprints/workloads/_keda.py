"""KEDA's objects of a workload, and what they need on the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._needs import is_missing
from eks_blueprints.workloads._objects import drawing
from eks_blueprints.workloads._triggered import AWS, Triggered

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.workloads.base import Workload

_HOME = "monitoring"


def authentications(workload: Workload, field: str, scaler: Triggered) -> Iterator[Drawing]:
    """How KEDA says who it is."""
    made: dict[str, tuple[Any, tuple[str, ...]]] = {}
    if scaler.asking_aws():
        made[AWS] = ({"podIdentity": scaler.aws_identity.manifest}, (field, "aws_identity"))
    for name, spec in scaler.authentications.items():
        made[name] = (dict(spec), (field, "authentications", name))
    for name, (spec, source) in made.items():
        kind = "keda.sh/v1alpha1 TriggerAuthentication"
        found = drawing(workload, f"authentication-{name}", kind, source, _named(workload, name))
        found.put(("spec",), spec, source, as_written=name != AWS)
        yield found


def put(workload: Workload, found: Drawing, field: str, scaler: Triggered) -> None:
    """Put what a scaler says into its object."""
    for key, value in scaler.manifest.items():
        found.put(("spec", key), value, (field,))
    named = {name: _named(workload, name) for name in (AWS, *scaler.authentications)}
    for trigger, source, as_written in scaler.drawn(named):
        place = found.add(("spec", "triggers"), trigger, (field, *source))
        if as_written:
            found.put(place, trigger, (field, *source), as_written=True)
    found.patch(("spec",), scaler.spec, (field, "spec"))


def _named(workload: Workload, name: str) -> str:
    return f"{workload.object_name_used}-{name}"


def problems(field: str, scaler: Triggered, ground: Ground) -> Iterator[Problem]:
    """Add-ons that are missing, and times that never come."""
    if is_missing(ground, "keda"):
        yield Problem((field,), "needs keda; got no such add-on; add keda to addons")
    for name, each in scaler.cron.items():
        if at := each.never:
            what = "never occurs, so it adds no pods; use a day that exists"
            yield Problem((field, "cron", name, at), what, severity="warning")
    for name, query in scaler.prometheus.items():
        if query.server_address is not None or query.workspace_arn is not None:
            continue
        home = ground.addon_homes.get("kube_prometheus_stack", _HOME)
        if is_missing(ground, "kube_prometheus_stack") or home != _HOME:
            got = "no kube_prometheus_stack" if home == _HOME else f"kube_prometheus_stack in {home}"
            do = "write server_address or workspace_arn"
            yield Problem((field, "prometheus", name), f"does not say which Prometheus is asked; got {got}; {do}")
    for number, actions in scaler.rights_unknown():
        what = "asks AWS for what is not known here, so that KEDA's operator gets no rights for it"
        do = f"allow {', '.join(actions)} in addons.keda.iam_role, or add an entry of authentications with another role"
        place = (field, "triggers", number, "metadata")
        yield Problem(place, f"{what}; got {scaler.triggers[number].get('type')}; {do}", severity="warning")
    if scaler.resources and is_missing(ground, "metrics_server", "eks_addon"):
        message = "reads what pods use from the metrics server; got no such add-on; add metrics_server to addons"
        yield Problem((field, "triggers"), message)
