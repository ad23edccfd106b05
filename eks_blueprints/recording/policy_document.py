"""What `aws.iam.getPolicyDocument` answers: the one provider function that computes instead of asking AWS.

Programs build their IAM policies with it, so a symbol would hide from a plan what reviewers most want to see. The
rules are the provider's (hashicorp/terraform-provider-aws, internal/service/iam/policy_model.go and
policy_document_data_source.go): one value is written as a string, several as a list sorted downwards, ``&{`` stands
for ``${``. Documents that merge others (``source_policy_documents``, ``override_policy_documents``) stay symbolic.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

FUNCTION = "aws:iam/getPolicyDocument:getPolicyDocument"

_MERGING = ("source_policy_documents", "override_policy_documents")
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})  # as Go's encoder writes them


def policy_document(args: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON; nothing where only the provider can tell.

    Literals reach a provider function with Python's spelling, argument classes with the provider's; both are read.
    """
    if any(_get(args, name) for name in _MERGING):
        return {}
    document: dict[str, Any] = {"Version": args.get("version") or "2012-10-17"}
    if identifier := _get(args, "policy_id"):
        document["Id"] = identifier
    try:
        statements = [_statement(each) for each in args.get("statements") or []]
    except (AttributeError, KeyError, TypeError):  # the provider says what is wrong with it, in its own words
        return {}
    if statements:
        document["Statement"] = statements
    return {
        "json": json.dumps(document, indent=2, ensure_ascii=False).translate(_HTML),
        "minifiedJson": json.dumps(document, separators=(",", ":"), ensure_ascii=False).translate(_HTML),
    }


def _statement(args: Mapping[str, Any]) -> dict[str, Any]:
    statement = {
        "Sid": args.get("sid"),
        "Effect": args.get("effect") or "Allow",
        "Action": _downwards(_get(args, "actions")),
        "NotAction": _downwards(_get(args, "not_actions")),
        "Resource": _variables(_downwards(_get(args, "resources"))),
        "NotResource": _variables(_downwards(_get(args, "not_resources"))),
        "Principal": _principals(_get(args, "principals")),
        "NotPrincipal": _principals(_get(args, "not_principals")),
        "Condition": _conditions(args.get("conditions")),
    }
    return {name: value for name, value in statement.items() if value}


def _principals(principals: Sequence[Mapping[str, Any]] | None) -> Any:
    if not principals:
        return None
    if len(principals) == 1 and principals[0]["type"] == "*" and principals[0]["identifiers"] == ["*"]:
        return "*"
    grouped: dict[str, list[str]] = {}
    for each in principals:
        grouped.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _variables(_downwards(values)) for kind, values in sorted(grouped.items())}


def _conditions(conditions: Sequence[Mapping[str, Any]] | None) -> Any:
    grouped: dict[str, dict[str, list[str]]] = {}
    for each in conditions or ():
        grouped.setdefault(each["test"], {}).setdefault(each["variable"], []).extend(each["values"])
    return {
        test: {
            name: _variables(values[0] if len(values) == 1 else values) for name, values in sorted(variables.items())
        }
        for test, variables in sorted(grouped.items())
    }


def _downwards(values: Sequence[str] | None) -> Any:
    if not values:
        return None
    ordered = sorted(set(values), reverse=True)
    return ordered[0] if len(ordered) == 1 else ordered


def _variables(value: Any) -> Any:
    """IAM's own variables, which Terraform's syntax has taken the dollar from."""
    if isinstance(value, str):
        return value.replace("&{", "${")
    return [_variables(each) for each in value] if isinstance(value, list) else value


def _get(args: Mapping[str, Any], name: str) -> Any:
    first, *rest = name.split("_")
    return args.get(name) or args.get(first + "".join(part.title() for part in rest))
