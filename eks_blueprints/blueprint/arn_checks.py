"""ARNs of another partition than the platform's, and those of another region where AWS wants its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import IN_THE_REGION
from eks_blueprints.core.spec import Spec
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

_OF_IAM = Form(r"arn:[a-z-]+:iam::(\d{12}):(?:role|policy|instance-profile)/.*", re.DOTALL)
_OF_AWS = Form(r"arn:[a-z-]+:iam::aws:policy/(.*)", re.DOTALL)
_OWN = frozenset(
    {
        "node_role_arn",
        "pod_execution_role_arn",
        "permissions_boundary",
        "role_permissions_boundary",
        "policies",
        "node_policies",
        "policy_arns",
    }
)
_ROLE_OF_PODS = ("pod_identity_associations", "role_arn")
_ARN = Form(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):.*", re.DOTALL)


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every ARN in a field of a spec; what stands in values of charts and manifests is theirs to say."""
    try:
        home = zones.region(args.region)
    except ValueError:  # told at the region
        return
    for path, arn, regional in _arns(args):
        if (match := _ARN.fullmatch(arn)) is None:
            continue
        partition, service, region = match.groups()
        if partition != home.partition:
            do = f"name one of partition {home.partition}"
            yield Problem(path, f"is in another partition than region {args.region}; got {arn}; {do}")
        elif (account := _OF_IAM.fullmatch(arn)) and args.account is not None and _is_ours(path):
            ours = args.account.number
            if ours is not None and account[1] != ours:
                what = f"is in another account than the platform's {ours}, where IAM cannot use it"
                yield Problem(path, f"{what}; got {arn}; name one of {ours}")
        elif of_aws := _OF_AWS.fullmatch(arn):
            yield from _managed_policy(path, arn, of_aws[1])
        elif regional and region not in ("", args.region):
            what = f"is in another region than the platform's {args.region}, where {service} cannot be used from"
            yield Problem(path, f"{what}; got {arn}; name one of {args.region}")


def _managed_policy(path: Path, arn: str, name: str) -> Iterator[Problem]:
    """A policy of AWS that AWS does not have, has taken back or lets nobody attach."""
    from eks_blueprints.core.facts import managed_policies

    if not managed_policies.is_known(name):
        near = managed_policies.instead_of(name)
        do = f"did you mean {arn.removesuffix(name)}{near}?" if near else "look for it in `aws iam list-policies`"
        what = "is not a known AWS managed policy"
    elif managed_policies.is_deprecated(name):
        what, do = "is a policy that AWS has deprecated and that cannot be attached again", "use its replacement"
    elif name.startswith(managed_policies.LINKED):
        what, do = "is only for roles of an AWS service, and IAM does not attach it to others", "name another"
    else:
        return
    yield Problem(path, f"{what}; got {arn}; {do}", severity="warning")


def _is_ours(path: Path) -> bool:
    """Whether IAM takes what stands at a place from the platform's own account only.

    It hands on no role of another account, and attaches no policy of one; who comes in, and whom a pod turns into, may
    be of another.
    """
    return bool(_OWN.intersection(path)) or path == ("cluster", "role_arn") or (path[0], path[-1]) == _ROLE_OF_PODS


def _arns(spec: BaseModel, path: Path = ()) -> Iterator[tuple[Path, str, bool]]:
    for name in type(spec).model_fields:
        if name in spec.model_fields_set and (kind := _kind(type(spec), name)) is not None:
            yield from _below(getattr(spec, name), (*path, name), kind)


def _below(value: Any, path: Path, regional: bool) -> Iterator[tuple[Path, str, bool]]:
    if isinstance(value, str):
        if value.startswith("arn:"):
            yield path, value, regional
    elif isinstance(value, Spec):
        yield from _arns(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below(item, (*path, str(key)), regional)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            # Elements stand under their names.
            name = getattr(item, "name", None) if isinstance(item, Spec) else None
            yield from _below(item, (*path, str(name) if name else index), regional)


@cache
def _kind(spec: type[BaseModel], name: str) -> bool | None:
    """Whether a field takes ARNs of the platform's region only; None for what is passed on unread."""
    field = spec.model_fields[name]
    words = [*field.metadata, *_words(field.annotation)]
    return None if Any in words else IN_THE_REGION in words


def _words(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _words(part)
