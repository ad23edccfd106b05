"""What changes about nodes and pods, in each form of a report, and as a report of its own."""

from __future__ import annotations

from collections.abc import Iterator

import click

from eks_blueprints.capacity.lines import TONES, Line, lines
from eks_blueprints.core.page import BASE, page
from eks_blueprints.core.printed import markup, one_line, visible
from eks_blueprints.review.report.escaped import plain
from eks_blueprints.review.report.model import Report, StackReport

_MARKS = {"bad": "⚠️ ", "unsure": "❔ "}
_CLASSES = {"head": "first", "bad": "danger", "good": "", "plain": "soft", "unsure": "warning"}
_MOST_LINES = 6


def told(stack: StackReport, *, every: bool = False) -> Iterator[Line]:
    """The lines of a stack's clusters of which there is anything to say, or of all of them."""
    several = len(stack.capacity) > 1
    for each in stack.capacity:
        if each.changed or every:
            yield from lines(each, named=several)


def in_text(stack: StackReport, *, every: bool = False) -> Iterator[str]:
    """For a terminal."""
    for line in told(stack, every=every):
        yield click.style(f"{'  ' * (line.depth + 1)}{one_line(line.text)}", **TONES[line.tone])


def in_markdown(stack: StackReport, prefix: str = "", *, every: bool = False) -> str:
    """As a paragraph and a list, which is folded where it is long; pods that newly wait are never folded."""
    found = list(told(stack, every=every))
    if not found:
        return ""
    head, *rest = found
    rows = [f"{'  ' * line.depth}- {_MARKS.get(line.tone, '')}{plain(line.text)}" for line in rest]
    if len(rows) > _MOST_LINES:
        loud = [row for row, line in zip(rows, rest, strict=True) if line.tone == "bad"]
        rows = [*loud, "", "<details><summary>Nodes and pods</summary>", "", *rows, "", "</details>"]
    return "\n".join([f"{prefix}{_upper(plain(head.text))}.", "", *rows]).strip()


def in_html(stack: StackReport, *, every: bool = False) -> Iterator[str]:
    """As a list."""
    found = "".join(map(_item, told(stack, every=every)))
    if found:
        yield f"<ul>{found}</ul>"


def _item(line: Line) -> str:
    # What follows the head often begins with a name, whose letters are its own.
    said = _upper(line.text) if line.tone == "head" else line.text
    return f'<li class="{_CLASSES[line.tone]}{" deep" if line.depth else ""}">{markup(said)}</li>'


def text(report: Report) -> Iterator[str]:
    """A report of its own, for a terminal."""
    for name, problem in report.errors.items():
        yield click.style(f"{one_line(name)} cannot be rendered", fg="red")
        yield from (f"  {visible(line)}" for line in problem.splitlines())
    for stack in report.stacks:
        about = click.style(one_line(f"compared with {report.base}"), dim=True)
        yield f"{click.style(one_line(stack.stack), bold=True)}  {about}"
        yield from list(in_text(stack, every=True)) or [f"  {_NONE}"]
    yield from (click.style(f"note  {one_line(note)}", dim=True) for note in report.limits)


def markdown(report: Report) -> str:
    """A report of its own, in Markdown."""
    parts = ["### Capacity", f"compared with {plain(report.base)}"]
    parts += [f"**{plain(name)}** cannot be rendered: {plain(problem)}" for name, problem in report.errors.items()]
    parts += [
        in_markdown(each, f"{plain(each.stack)}: ", every=True) or f"{plain(each.stack)}: {_NONE}"
        for each in report.stacks
    ]
    parts += [f"<sub>{plain(note)}</sub>" for note in report.limits]
    return "\n\n".join(parts) + "\n"


def html(report: Report) -> str:
    """A report of its own, as a page."""
    base = f"compared with <code>{markup(report.base)}</code>"
    body = [f'<div class="verdict"><h1>Capacity</h1><p class="lead">{markup(report.project)} · {base}</p></div>']
    for name, problem in report.errors.items():
        said = f"<h2>{markup(name)} cannot be rendered</h2><pre><span>{markup(problem)}</span></pre>"
        body.append(f'<section class="stack">{said}</section>')
    for each in report.stacks:
        found = "".join(in_html(each, every=True)) or f"<p>{_upper(_NONE)}</p>"
        body.append(f'<section class="stack"><header><h2>{markup(each.stack)}</h2></header>{found}</section>')
    body.append(f"<footer>{''.join(f'<p>{markup(note)}</p>' for note in report.limits)}</footer>")
    return page("capacity", "\n".join(body), BASE)


_NONE = "it makes no cluster"


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]
