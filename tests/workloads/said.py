"""Workloads as a stack file says them, on a small platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, record

BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}},
    "namespaces": {"shop": {}},
    "compute": {"nodes": {"kind": "managed_nodes", "labels": {"pool": "apps"}}},
}
OTHERS = {"acme/db/prod": {"url": "postgres://db"}}
STORAGE: dict[str, Any] = {"aws_ebs_csi_driver": {}, "storage_classes": {}}
"""Add-ons with which claims get volumes."""
WEB: dict[str, Any] = {"kind": "deployment", "namespace": "shop", "image": "example.com/web:1.0"}


def platform(workloads: Mapping[str, Any], **fields: Any) -> BlueprintArgs:
    """The platform with some workloads."""
    return BlueprintArgs.model_validate({**BASE, **fields, "workloads": workloads})


def made(workloads: Mapping[str, Any], **fields: Any) -> Recorded:
    """What is made of it."""
    args = platform(workloads, **fields)
    config = {f"shop:{key}": f"{key}-value" for key in ("db", "log", "a")}
    return record(lambda: Blueprint("acme", args), project="shop", config=config, stack_references=OTHERS).is_valid()


def told(workloads: Mapping[str, Any], **fields: Any) -> list[str]:
    """What is said about the workloads: errors, or else warnings."""
    try:
        args = platform(workloads, **fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [f"warning: {each}" for each in args.warnings if each.path[0] == "workloads"]
