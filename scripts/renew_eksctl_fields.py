"""Writes `eks_blueprints/lifecycle/importers/eksctl/fields.toml` from eksctl's JSON Schema; review the diff.

    git clone --depth 1 https://github.com/eksctl-io/eksctl
    python scripts/renew_eksctl_fields.py eksctl

A new field has no rule in `rules.toml`, and a test says so: add one, or a text to `core/peer_fields.toml`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "eks_blueprints" / "lifecycle" / "importers" / "eksctl" / "fields.toml"
SCHEMA = "pkg/apis/eksctl.io/v1alpha5/assets/schema.json"
_PLAIN = {"string": "text", "boolean": "bool", "integer": "int", "number": "number"}
# What the schema leaves open, and eksctl's code reads: NodeGroup.taints is also a mapping of texts, and an identity
# provider has the fields of the only type that there is beside `type` (types.go, identity_provider.go).
_OPEN = {"taintsWrapper": "[NodeGroupTaint]|{text}"}
_INSIDE = {"IdentityProvider": "OIDCIdentityProvider"}


def main(clone: Path) -> None:
    """Write the table."""
    schema = json.loads((clone / SCHEMA).read_text(encoding="utf-8"))
    head = ["git", "-C", str(clone), "rev-parse", "--short=10", "HEAD"]
    commit = subprocess.run(head, capture_output=True, text=True, check=True)  # noqa: S603 - no input of others
    OUT.write_text(table(schema, commit.stdout.strip()), encoding="utf-8")


def table(schema: dict[str, Any], commit: str) -> str:
    """The table's text: for each type its fields, and for each field what it holds."""
    definitions = schema["definitions"]
    lines = [
        "# Every field of eksctl's ClusterConfig: its types, and what each of their fields holds.",
        "# text, bool, int, number, any (a mapping of whatever), [of a list], {of a mapping}, a | b, or a type below.",
        "",
        f'source = "github.com/eksctl-io/eksctl {SCHEMA} at {commit}"',
        f"as_of = {datetime.now(UTC).date()}",
        'renew = "python scripts/renew_eksctl_fields.py EKSCTL"',
        'needs = "a clone of eksctl-io/eksctl"',
        'api_version = "eksctl.io/v1alpha5"',
    ]
    for name in sorted(definitions):
        properties = dict(definitions[name].get("properties", {}))
        if name in _INSIDE:
            properties |= definitions[_INSIDE[name]]["properties"]
        if not properties:
            continue
        lines += ["", f"[types.{name}]"]
        lines += [f'{key} = "{_holds(properties[key], definitions)}"' for key in sorted(properties)]
    lines += ["", "[required]"]
    lines += [
        f"{name} = {json.dumps(sorted(each['required']))}"
        for name, each in sorted(definitions.items())
        if each.get("required") and each.get("properties")
    ]
    lines += ["", "[choices]"]
    for name in sorted(definitions):
        for key, each in sorted(definitions[name].get("properties", {}).items()):
            choices = each.get("enum") or each.get("items", {}).get("enum")
            if choices:
                lines.append(f'"{name}.{key}" = {json.dumps(choices)}')
    return "\n".join(lines) + "\n"


def _holds(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        if name in _OPEN:
            return _OPEN[name]
        target = definitions[name]
        return name if target.get("properties") else _holds(target, definitions)
    if field.get("type") == "array":
        return f"[{_holds(field['items'], definitions)}]"
    more = field.get("additionalProperties")
    if isinstance(more, dict):
        return f"{{{_holds(more, definitions)}}}" if more else "any"
    return _PLAIN.get(field.get("type", "string"), "text")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
