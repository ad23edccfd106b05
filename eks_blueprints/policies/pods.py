"""What rules about pods share: the workloads they judge, and the parts of them that they are asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from eks_blueprints.policies.definition import Check, Context, Parts, Rule, Severity, rule
from eks_blueprints.policies.objects import SYSTEM, WORKLOADS, containers_of, in_system_namespace, pod_of
from eks_blueprints.policies.props import Props


def pods(context: Context) -> Iterator[Props]:
    """The pod of a workload."""
    yield pod_of(context.resource)


def containers(context: Context) -> list[Props]:
    """The containers of a workload."""
    found = context.stack.cache.get(context.resource)
    if found is None:
        found = context.stack.cache[context.resource] = containers_of(context.resource)
    return list(found)


def parts(context: Context) -> Iterator[Props]:
    """The pod of a workload, then each of its containers: where a security context may stand."""
    yield pod_of(context.resource)
    yield from containers(context)


def tenant_pods(context: Context) -> Iterator[Props]:
    """The pod of a workload that stands in no system namespace."""
    if not in_system_namespace(context):
        yield from pods(context)


def tenant_containers(context: Context) -> list[Props]:
    """The containers of a workload that stands in no system namespace."""
    return [] if in_system_namespace(context) else containers(context)


def tenant_parts(context: Context) -> Iterator[Props]:
    """The pod and the containers of a workload that stands in no system namespace."""
    if not in_system_namespace(context):
        yield from parts(context)


_TENANTS = (tenant_pods, tenant_containers, tenant_parts)


def pod_rule(
    id: str,  # noqa: A002 - the word everyone uses
    severity: Severity,
    *,
    each: Parts,
    enforcement: Literal["mandatory", "advisory"] = "mandatory",
    wave: int = 1,
    params: Mapping[str, Any] | None = None,
    **more: Any,
) -> Callable[[Check], Rule]:
    """Make a function a rule about whatever makes pods.

    One about tenants takes `system_namespaces` as a parameter. `more` is what `rule` takes besides.
    """
    known = {**(SYSTEM if each in _TENANTS else {}), **(params or {})}
    return rule(id, *WORKLOADS, severity=severity, enforcement=enforcement, wave=wave, params=known, each=each, **more)
