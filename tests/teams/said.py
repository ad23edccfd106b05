"""Teams as a stack file says them, on a small platform."""

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
    "compute": {"nodes": {"kind": "managed_nodes"}},
}
ADDONS: dict[str, Any] = {"vpc_cni": {"network_policy": "standard"}}
DEV = "arn:aws:iam::111122223333:role/dev"
OPS = "arn:aws:iam::111122223333:role/ops"
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef"
READ = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::shop/*"]}
WEB: dict[str, Any] = {"kind": "deployment", "image": "example.com/web:1.0"}


def platform(teams: Mapping[str, Any], addons: Mapping[str, Any] | None = None, **fields: Any) -> BlueprintArgs:
    """The platform with some teams."""
    return BlueprintArgs.model_validate({**BASE, "addons": {**ADDONS, **(addons or {})}, **fields, "teams": teams})


def made(teams: Mapping[str, Any], addons: Mapping[str, Any] | None = None, **fields: Any) -> Recorded:
    """What is made of it."""
    args = platform(teams, addons, **fields)
    return record(lambda: Blueprint("acme", args)).is_valid()


def told(teams: Mapping[str, Any], addons: Mapping[str, Any] | None = None, **fields: Any) -> list[str]:
    """What is said about the teams: errors, or else warnings."""
    try:
        args = platform(teams, addons, **fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [f"warning: {each}" for each in args.warnings if each.path[0] == "teams"]
