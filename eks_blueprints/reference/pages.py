"""The reference page of stack files, made from their JSON Schema, so that editors and readers are told the same.

python -m eks_blueprints.reference.pages > docs/reference/stack.md
python -m eks_blueprints.reference.pages pipelines > docs/reference/pipelines.md
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.reference.schema import stack_schema

_HEAD = """# Stack files

This page lists every field of a stack file. A value that is marked **or a reference** can also be read from
the stack's settings or from another stack: `{config: key}`, `{secret: key}` or `{stack: name, output: key}`, the last
with `index: 0` for one element of a list.
"""


_PIPELINES = """# Stack files of pipelines

This page lists every field of a stack file that says `blueprint: eks_blueprints.Pipelines`. A value that is marked **or
a reference** can also be read from the stack's settings or from another stack: `{config: key}`, `{secret: key}` or
`{stack: name, output: key}`, the last with `index: 0` for one element of a list.
"""


def stack_page() -> str:
    """The page of stack files of platforms, as Markdown."""
    return _page(_HEAD, stack_schema())


def pipelines_page() -> str:
    """That of stack files of pipelines; what both pages would say is said on the other one, and linked."""
    schema, known = stack_schema(PipelinesArgs), stack_schema()["$defs"]
    alike = {_anchor(name) for name, part in schema["$defs"].items() if known.get(name) == part}
    # The site has one anchor of a name on all its pages.
    clashing = {_anchor(name) for name in known} - alike
    own = {name: part for name, part in schema["$defs"].items() if _anchor(name) not in alike}

    def placed(found: re.Match[str]) -> str:
        before, anchor = found.groups()
        if anchor in alike:
            return f"](stack.md#{anchor}"
        return before + (f"pipelines-{anchor}" if anchor in clashing else anchor)

    text = _page(_PIPELINES, {**schema, "$defs": own})
    return re.sub(r'(\]\(#|<a id=")([^)"]+)', placed, text)


def _page(head: str, schema: dict[str, Any]) -> str:
    definitions = schema["$defs"]
    required = schema["anyOf"][0]["required"]
    lines = [head, *_section("Stack file", {**schema, "required": required}, "")]
    shared = {name.split(".")[1]: part for name, part in definitions.items() if name.startswith(_SHARED)}
    if shared:
        lines += _section("Fields that many add-ons have", {"properties": shared}, "shared")
    for name, definition in definitions.items():
        if name != "Reference" and not name.startswith(_SHARED) and "properties" in definition:
            lines += _section(_title(name), _own(definition), _anchor(name))
    return "\n".join(lines).rstrip() + "\n"


def own_fields(definition: dict[str, Any], elsewhere: str) -> list[str]:
    """The table of an element's own fields, for a page from which `elsewhere` leads to this one."""
    own = _own({**definition, "description": ""})
    lines = list(_section("", own, ""))[1:]
    return [line.replace("](#", f"]({elsewhere}") for line in lines]


_SHARED = "shared."


def _own(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition without the fields that are told once for all add-ons."""
    properties = definition["properties"]
    own = {f: part for f, part in properties.items() if not part.get("$ref", "").startswith(f"#/$defs/{_SHARED}")}
    if len(own) == len(properties):
        return definition
    text = f"{definition.get('description', '')}\n\nBesides the [shared fields](#shared):".strip()
    return {**definition, "description": text, "properties": own}


def _section(title: str, definition: dict[str, Any], anchor: str) -> Iterator[str]:
    yield f'## <a id="{anchor}"></a>{title}\n' if anchor else f"## {title}\n"
    if text := definition.get("description"):
        yield f"{text}\n"
    required = set(definition.get("required", ()))
    yield "| field | value | what it is |\n|---|---|---|"
    for name, part in definition["properties"].items():
        need = " **required**" if name in required else ""
        yield f"| `{name}`{need} | {_value(part)} | {_escaped(part.get('description', ''))} |"
    yield ""


def _value(part: dict[str, Any]) -> str:
    text = _type(part)
    default = part.get("default")
    if default is not None and default not in ([], {}):
        text += f", default {_code(default)}"
    return text


def type_text(part: dict[str, Any]) -> str:
    """What a field takes, as plain text."""
    return re.sub(r"\[([^\]]+)\]\([^)]*\)|[`*]", lambda match: match[1] or "", _type(part))


def _type(part: dict[str, Any]) -> str:
    if options := part.get("anyOf") or part.get("oneOf"):
        refs = [o for o in options if o.get("$ref") == "#/$defs/Reference"]
        kinds = dict.fromkeys(_type(o) for o in options if o not in refs and o.get("type") != "null")
        return " or ".join(kinds) + (" **or a reference**" if refs else "")
    if ref := part.get("$ref"):
        name = ref.removeprefix("#/$defs/")
        return f"[{_title(name)}](#{_anchor(name)})"
    if "const" in part:
        return _code(part["const"])
    if "enum" in part:
        return ", ".join(_code(value) for value in part["enum"])
    kind = part.get("type")
    if kind == "array":
        return f"list of {_type(part.get('items', {}))}"
    if kind == "object":
        return _mapping(part)
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}.get(
        str(kind), "anything"
    )


def _mapping(part: dict[str, Any]) -> str:
    known = [f"[{name}](#{_anchor(ref)})" for name, ref in _kinds(part)]
    if known:
        return "mapping of name to one of " + ", ".join(known)
    inner = part.get("additionalProperties")
    return f"mapping of name to {_type(inner)}" if isinstance(inner, dict) else "mapping"


def _kinds(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, options in part.get("properties", {}).items():
        for option in options.get("anyOf", ()):
            if "$ref" in option:
                yield name, option["$ref"].removeprefix("#/$defs/")


def _title(name: str) -> str:
    group, _, kind = name.rpartition(".")
    return f"{group}: {kind}" if group else name.removesuffix("Args")


def _anchor(name: str) -> str:
    return name.lower().replace(".", "-").replace("_", "-")


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    print(pipelines_page() if sys.argv[1:] == ["pipelines"] else stack_page(), end="")
