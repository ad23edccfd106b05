"""Where an adoption stands, and how it is read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from pydantic import ValidationError

from eks_blueprints.adoption.spec import Adopted, AdoptionArgs
from eks_blueprints.adoption.types import types
from eks_blueprints.core.document import Document, located, parse, read
from eks_blueprints.core.errors import InputError, Problem, problems_of, shown
from eks_blueprints.core.yaml_text import needs_no_quotes
from eks_blueprints.stackfile.find import ADOPTION

Key = tuple[str, str]
"""Type and logical name."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """An adoption that has been read."""

    args: AdoptionArgs
    document: Document

    def of(self, type_: str, name: str) -> Adopted | None:
        """What a resource stands for; None where it is new."""
        return self.args.resources.get(type_, {}).get(name)

    def named(self) -> Iterator[Key]:
        """Every resource that it names."""
        return ((type_, name) for type_, named in self.args.resources.items() for name in named)


def beside(stack_file: FilePath) -> FilePath:
    """The file of the adoption that belongs to a stack file, be it there or not."""
    return stack_file.with_name(f"{stack_file.stem}{ADOPTION}")


def read_adoption(path: FilePath, name: str | None = None) -> Adoption:
    """The adoption in a file; `name` is what messages call it.

    Raises:
        InputError: with all that is wrong with it, each with its line and column.
    """
    return _checked(read(path, name))


def parse_adoption(text: str, name: str = "<text>") -> Adoption:
    """The same from text."""
    return _checked(parse(text, name))


def _checked(document: Document) -> Adoption:
    try:
        adoption = Adoption(AdoptionArgs.model_validate(document.data), document)
    except ValidationError as error:
        raise InputError(located(problems_of(error), document)) from error
    if wrong := list(_wrong_ids(adoption)):
        raise InputError(located(wrong, document))
    return adoption


def _wrong_ids(adoption: Adoption) -> Iterator[Problem]:
    """Ids of another form than the provider imports their type by; of a type that is not known, any will do."""
    known = types()
    for type_, name in adoption.named():
        each = adoption.of(type_, name)
        if each is None or each.id is None or type_ not in known or known[type_].takes(each.id):
            continue
        what = f"is no id by which the provider imports {type_}"
        do = f"write it as {known[type_].id_form}"
        yield Problem(("resources", type_, name, "id"), f"{what}; got {shown(each.id)}; {do}")


def adoption_text(resources: Mapping[Key, Adopted], about: str, schema: str | None = None) -> str:
    """An adoption as the text of its file: by type and name, each resource on a line of its own.

    Args:
        resources: what each resource stands for.
        about: where this is from, as a sentence.
        schema: path of the JSON Schema, for editors. Default: none is named.
    """
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += [
        f"# {about}",
        "# The next pulumi up takes these over and changes nothing about them. After it, delete this file, or, where",
        "# an entry keeps properties, set adopted to true.",
        "adopted: false",
        "resources:" if resources else "resources: {}",
    ]
    for type_ in sorted({type_ for type_, _ in resources}):
        lines.append(f"  {type_}:")
        named = {name: each for (of, name), each in resources.items() if of == type_}
        lines += [f"    {_text(name)}: {_entry(each)}" for name, each in sorted(named.items())]
    return "\n".join(lines) + "\n"


def _entry(adopted: Adopted) -> str:
    fields = [(key, _text(value)) for key in ("id", "alias") if (value := getattr(adopted, key)) is not None]
    if adopted.keep:
        fields.append(("keep", f"[{', '.join(map(_text, adopted.keep))}]"))
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields) + "}"


def _text(value: str) -> str:
    if needs_no_quotes(value) and not set(value) & set(",[]{}#&*!|>'\"%@`:? "):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
