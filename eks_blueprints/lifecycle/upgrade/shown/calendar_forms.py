"""The calendar as terminal text, as JSON, as an iCalendar file and as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import click

from eks_blueprints.core import versions
from eks_blueprints.core.clock import now
from eks_blueprints.core.printed import document, one_line
from eks_blueprints.lifecycle.upgrade.calendar import Calendar, Entry
from eks_blueprints.lifecycle.upgrade.shown.calendar_page import page

_SOON = 90
_LINE = 75  # octets of a line, RFC 5545, section 3.1


def text(calendar: Calendar) -> str:
    """A line for each cluster, the most urgent first."""
    wide = max((len(_name(each)) for each in calendar.entries), default=0)
    lines = []
    for each in calendar.entries:
        if each.standing is None:
            lines.append(f"{_name(each):<{wide}}  {click.style(one_line(each.why), dim=True)}")
            continue
        color = _color(each)
        days = each.standing.days
        left = "?" if days is None else str(days)
        mark = click.style(f"{left:>5} days", fg=color)
        lines.append(f"{_name(each):<{wide}}  {each.standing.version}  {mark}  {each.standing.sentence()}")
    lines += ["", _summary(calendar)]
    return "\n".join(lines)


def _summary(calendar: Calendar) -> str:
    paying = [each for each in calendar.entries if each.months]
    said = (
        f"extended support now: ${calendar.months:,.0f} a month for {len(paying)} of {len(calendar.entries)} clusters"
    )
    return f"{said}; dates of {versions.as_of()}, EKS can move them: aws eks describe-cluster-versions"


def _color(each: Entry) -> str:
    found = each.standing
    if found is None or found.support == "unknown":
        return "magenta"
    if found.support == "ended" or (found.days is not None and found.days < 0):
        return "red"
    return "yellow" if found.support == "extended" or (found.days is not None and found.days < _SOON) else "green"


def _name(each: Entry) -> str:
    return one_line(each.stack if each.cluster in ("", each.stack) else f"{each.stack} ({each.cluster})")


def ics(calendar: Calendar) -> str:
    """An iCalendar file (RFC 5545): an all-day event for each end of support, with an alarm 30 days before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//eks-blueprints//support calendar//EN", "CALSCALE:GREGORIAN"]
    lines += ["X-WR-CALNAME:EKS support"]
    for each in calendar.entries:
        lines += _events(each)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _events(each: Entry) -> Iterator[str]:
    found = each.standing
    if found is None:
        return
    what = f"Kubernetes {found.version} of {_name(each)}"
    then = "EKS upgrades its control plane then" if found.upgrades_itself else f"then ${found.month:,.0f} a month more"
    if found.standard is not None:
        yield from _event(each, "standard", found.standard, f"{what}: standard support ends", then)
    if found.extended is not None and not found.upgrades_itself:
        then = "EKS upgrades its control plane some time after"
        yield from _event(each, "extended", found.extended, f"{what}: extended support ends", then)


def _event(each: Entry, phase: str, day: date, summary: str, then: str) -> Iterator[str]:
    version = each.standing.version if each.standing else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped('-'.join((each.stack, each.cluster, version, phase)))}@eks-blueprints"
    yield f"DTSTAMP:{now():%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(summary)}"
    yield f"DESCRIPTION:{_escaped(f'{then}. eks-blueprints upgrade plan {each.stack}')}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(summary)}"
    yield "TRIGGER:-P30D"
    yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """A line in parts of 75 octets at most, the later ones after a space; no character is cut."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _LINE:
            yield part
            part = " "
        part += character
    yield part


def _json(calendar: Calendar) -> str:
    return document(calendar.to_data())


FORMS: dict[str, Callable[[Calendar], str]] = {"text": text, "json": _json, "ics": ics, "html": page}
"""The forms by the names that `--format` takes."""
