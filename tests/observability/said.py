"""Platforms that are observed, as a stack file says them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, record

BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}},
    "namespaces": {"shop": {}},
    "compute": {"nodes": {"kind": "managed_nodes"}},
}
STACK: dict[str, Any] = {"kube_prometheus_stack": {}}
AGENT: dict[str, Any] = {"amazon_cloudwatch_observability": {}}
WEB: dict[str, Any] = {
    "kind": "deployment",
    "namespace": "shop",
    "image": "example.com/web:1.0",
    "ports": {"http": 8080},
}


def platform(**fields: Any) -> BlueprintArgs:
    return BlueprintArgs.model_validate({**BASE, **fields})


def made(**fields: Any) -> Recorded:
    """What is made of it."""
    args = platform(**fields)
    return record(lambda: Blueprint("acme", args)).is_valid()


def told(*groups: str, **fields: Any) -> list[str]:
    """What is said about some parts of it: errors, or else warnings."""
    try:
        args = platform(**fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [f"warning: {each}" for each in args.warnings if each.path[0] in (groups or ("observability",))]
