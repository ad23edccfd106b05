"""What autoscalers of workloads ask of add-ons: rights of KEDA's operator, rules of the Prometheus Adapter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.spec import BlueprintArgs

_KEDA, _ADAPTER = "keda", "prometheus_adapter"


def asked(addon: AddOn, args: BlueprintArgs) -> AddOn:
    """An add-on with what workloads ask of it."""
    kind = addon.kind()
    if kind == _KEDA:
        return _with_rights(addon, args)
    if kind == _ADAPTER and (rules := [rule for _, _, rule in _rules(args)]):
        known = getattr(addon, "rules", ())
        new = [rule for number, rule in enumerate(rules) if rule not in rules[:number] and rule not in known]
        return addon.model_copy(update={"rules": (*known, *new)})
    return addon


def _with_rights(addon: AddOn, args: BlueprintArgs) -> AddOn:
    rights = _rights(args)
    # A role that is there already is not changed, and without one of its own it has that of the nodes.
    if not rights or getattr(addon, "service_account_role_arn", None) is not None or addon.identity == "node_role":
        return addon
    from eks_blueprints.core.role_spec import RoleArgs
    from eks_blueprints.core.statements import StatementArgs

    role = addon.iam_role or RoleArgs()
    made = tuple(StatementArgs(actions=actions, resources=(on,)) for actions, on in rights)
    return addon.model_copy(update={"iam_role": role.model_copy(update={"allow": (*role.allow, *made)})})


def _rights(args: BlueprintArgs) -> list[tuple[tuple[str, ...], str]]:
    try:
        partition = zones.partition(args.region)
    except ValueError:  # told at the region
        return []
    found: dict[tuple[tuple[str, ...], str], None] = {}
    for _, workload in workloads(args):
        for field in ("scaled_object", "scaled_job"):
            if (scaler := getattr(workload, field, None)) is not None:
                found |= dict.fromkeys(scaler.rights(partition))
    return sorted(found)


def workloads(args: BlueprintArgs) -> Iterator[tuple[Path, Any]]:
    """The workloads of a platform and of its teams, and where they stand."""
    for each in args.workloads:
        yield ("workloads", each.name), each
    for team in args.teams:
        for each in team.workloads:
            yield ("teams", team.name, "workloads", each.name), each


def _rules(args: BlueprintArgs) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Rules for the metrics of pods that are made from Prometheus, with their names and places."""
    for path, workload in workloads(args):
        scaler = getattr(workload, "horizontal_pod_autoscaler", None)
        for name, metric in scaler.pods_metrics.items() if scaler is not None else ():
            if metric.prometheus is not None:
                at = (*path, "horizontal_pod_autoscaler", "pods_metrics", name, "prometheus")
                yield at, name, metric.prometheus.rule(name)


def check(args: BlueprintArgs, addons: tuple[AddOn, ...]) -> Iterator[Problem]:
    """APIs of metrics that two add-ons serve, and metrics that are made in two ways."""
    served: dict[str, AddOn] = {}
    for addon in addons:
        for group in addon.serves_metrics:
            other = served.setdefault(group, addon)
            if other is not addon:
                do = "remove its rules.external" if _ADAPTER in (addon.kind(), other.kind()) else "remove one of them"
                what = f"serves {group}, of which a cluster has one server; got {other.name} too; {do}"
                yield Problem(("addons", addon.name), what)
    adapter = next((addon for addon in addons if addon.kind() == _ADAPTER), None)
    made: dict[str, dict[str, Any]] = {}
    for path, name, rule in _rules(args):
        if made.setdefault(name, rule) != rule:
            do = "choose another name for one of them"
            yield Problem(path, f"is made from another series elsewhere; got {name} twice; {do}")
        elif adapter is None:
            yield Problem(path, "needs prometheus_adapter; got no such add-on; add prometheus_adapter to addons")
    said = getattr(adapter, "values", {}).get("rules") if adapter is not None else None
    if made and isinstance(said, dict) and said.get("custom"):
        what = "takes the place of the rules that are made for workloads; got it in values; write it in rules"
        yield Problem(("addons", adapter.name if adapter else "", "values", "rules", "custom"), what)
