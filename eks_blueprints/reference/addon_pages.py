"""A page for each add-on and one that lists them all, made from the classes and from what they ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.reference import addon_facts as facts
from eks_blueprints.reference.docstrings import class_doc
from eks_blueprints.reference.pages import own_fields
from eks_blueprints.reference.schema import stack_schema

_REFERENCE = "../reference/stack.md#"
_NOTE = "<!-- Made by `eks-blueprints addons --write`; change the class instead. -->\n"


def addon_pages() -> dict[str, str]:
    """The pages by file name, `index.md` with the rest."""
    definitions = stack_schema()["$defs"]
    known = facts.classes()
    pages = {f"{kind}.md": _page(cls, definitions[f"addons.{kind}"]) for kind, cls in known.items()}
    return {"index.md": _index(known), **pages}


def write(folder: Path) -> list[Path]:
    """Write every page into a folder, and take away pages of add-ons that are gone; what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = addon_pages()
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def _index(known: dict[str, type[AddOn]]) -> str:
    by_category: dict[str, list[str]] = {}
    for kind, cls in known.items():
        by_category.setdefault(cls.category, []).append(kind)
    lines = [
        _NOTE,
        "# Add-ons\n",
        f"{len(known)} kinds, which are written under `addons` in a stack file. Search this page, or",
    ]
    lines.append("list them with `eks-blueprints addons`, and with a word such as `eks-blueprints addons logs`.\n")
    lines += ["| category | add-ons |", "|---|---|"]
    for category, found in sorted(by_category.items()):
        anchor = category.replace(" ", "-")
        lines.append(f"| [{category}](#{anchor}) | {', '.join(f'[{kind}]({kind}.md)' for kind in found)} |")
    for category, found in sorted(by_category.items()):
        lines += ["", f"## {category}\n", "| kind | version | what it does | needs |", "|---|---|---|---|"]
        lines += [_row(kind, known[kind]) for kind in found]
    return "\n".join(lines) + "\n"


def _row(kind: str, cls: type[AddOn]) -> str:
    needs = ", ".join(f"[{other}]({other}.md)" for other in facts.named(cls.requires))
    return f"| [{kind}]({kind}.md) | {facts.version(cls)} | {_cell(facts.summary(cls))} | {needs} |"


def _page(cls: type[AddOn], definition: dict[str, Any]) -> str:
    lines = [_NOTE, f"# {cls.kind()}\n", f"{class_doc(cls)}\n", "| | |", "|---|---|"]
    lines += [f"| {name} | {_cell(text)} |" for name, text in _traits(cls) if text]
    lines += ["", "## In a stack file\n", "```text", *_example(cls), "```\n"]
    lines += ["## Fields\n", *own_fields(definition, _REFERENCE)]
    asked = facts.asked(cls)
    if asked.statements or asked.managed:
        lines += ["## What it may do in AWS\n", "With the arguments above, on a cluster in eu-west-1:\n"]
        lines += [f"- the policy `{arn}`" for arn in asked.managed] + ([""] if asked.managed else [])
        if asked.statements:
            lines += ["```json", json.dumps(list(asked.statements), indent=2), "```\n"]
    if asked.values:
        lines += ["## Values it sets\n", "```json", json.dumps(asked.values, indent=2, sort_keys=True), "```\n"]
    return "\n".join(lines).rstrip() + "\n"


def _traits(cls: type[AddOn]) -> Iterator[tuple[str, str]]:
    fits = cls.fits
    yield "category", cls.category
    yield "comes from", facts.source(cls)
    yield "namespace", facts.sample(cls).home
    yield "service account", cls.service_account and f"`{cls.service_account}`"
    yield "needs", _links(cls.requires)
    yield "cannot run beside", _links(cls.conflicts)
    yield "comes after, where they are there", _links(cls.after)
    yield "on Fargate alone", f"no: {fits.not_on_fargate}" if fits.not_on_fargate else "yes, with IRSA"
    yield "on EKS Auto Mode alone", _in_auto_mode(cls)
    if issubclass(cls, ChartAddOn):
        yield "`production`", "spare pods" if cls.spare or cls.spread else "knows nothing of it; use `values`"
        yield "one pod in production too", "; ".join(f"`{name}`: {why}" for name, why in cls.alone.items())
        yield "`registry_mirrors`", ", ".join(f"`{image}`" for image in dict.fromkeys(cls.images.values()))
        yield "when the cluster is deleted", "uninstalled first" if cls.makes_outside else "goes with it"
    if issubclass(cls, HelmAddOn) and cls.crds is not None:
        yield (
            "CRDs",
            f"a release of their own, chart {cls.crds.name} {cls.crds.version}; they are kept when it is deleted",
        )


def _in_auto_mode(cls: type[AddOn]) -> str:
    if cls.fits.not_in_auto_mode:
        return f"no: {cls.fits.not_in_auto_mode}"
    return f"left out: Auto Mode includes {cls.fits.in_auto_mode}" if cls.fits.in_auto_mode else ""


def _links(found: tuple[type[AddOn], ...]) -> str:
    return ", ".join(f"[{kind}]({kind}.md)" for kind in facts.named(found))


def _example(cls: type[AddOn]) -> list[str]:
    fields = facts.samples().get(cls.kind(), {})
    if not fields:
        return ["addons:", f"  {cls.kind()}: {{}}"]
    return ["addons:", f"  {cls.kind()}:", *(f"    {name}: {json.dumps(value)}" for name, value in fields.items())]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
