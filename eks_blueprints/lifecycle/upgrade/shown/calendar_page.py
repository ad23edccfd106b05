"""The calendar as one page that needs nothing else: no script, no font, no request; light or dark as one likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from eks_blueprints.core import page as pages
from eks_blueprints.core import versions
from eks_blueprints.core.clock import today
from eks_blueprints.core.printed import markup
from eks_blueprints.core.support import Standing
from eks_blueprints.lifecycle.upgrade.calendar import Calendar, Entry

_STYLE = Path(__file__).with_name("calendar.css")
_SOON = 90


def page(calendar: Calendar) -> str:
    """The page."""
    return pages.page("EKS support calendar", "\n".join(_body(calendar)), _STYLE)


def _body(calendar: Calendar) -> Iterator[str]:
    yield "<h1>EKS support calendar</h1>"
    yield f'<p class="soft">{today()} · the most urgent first · days are counted to the end of the phase of support</p>'
    counts = Counter(each.standing.support if each.standing else "unknown" for each in calendar.entries)
    yield '<ul class="totals">'
    yield f"<li>{_count(len(calendar.entries), 'cluster')}</li>"
    words = {"standard": "in standard support", "extended": "in extended support", "ended": "without support"}
    for support, said in words.items():
        if counts[support]:  # type: ignore[index]
            yield f"<li>{counts[support]} {said}</li>"  # type: ignore[index]
    yield f"<li>${calendar.months:,.0f} a month for extended support now</li></ul>"
    yield '<div class="rows">'
    for each in calendar.entries:
        yield from _entry(each)
    yield "</div>"
    yield (
        f"<footer>Dates of {versions.as_of()} from the EKS user guide and endoflife.date; EKS can move them: "
        "<code>aws eks describe-cluster-versions</code>. Extended support is $0.50 an hour more for each "
        "cluster.</footer>"
    )


def _entry(each: Entry) -> Iterator[str]:
    found = each.standing
    name = each.stack if each.cluster in ("", each.stack) else f"{each.stack} · {each.cluster}"
    if found is None:
        yield f'<article class="open"><header><h2>{markup(name)}</h2></header><p>{markup(each.why)}</p></article>'
        return
    days = found.days
    left = "not known" if days is None else _count(days, "day") if days >= 0 else f"{-days} days over"
    yield f'<article class="{_class(found)}"><header><h2>{markup(name)}</h2>'
    yield f'<span class="version">Kubernetes {markup(found.version)}</span><span class="days">{left}</span></header>'
    yield from _bar(found)
    sentence = found.sentence()
    yield f"<p>{markup(sentence[:1].upper() + sentence[1:])}.</p>"
    if each.place:
        yield f'<p class="place">{markup(each.place)}</p>'
    yield "</article>"


def _bar(found: Standing) -> Iterator[str]:
    """Standard and extended support to scale, with a mark at today."""
    release = versions.releases().get(found.version)
    begin = release.eks_release if release else None
    if begin is None or found.standard is None or found.extended is None:
        return
    whole = (found.extended - begin).days
    standard = 100 * (found.standard - begin).days / whole
    here = min(99.6, max(0.0, 100 * (today() - begin).days / whole))
    yield (
        f'<div class="bar" role="img" aria-label="standard support until {found.standard}, then extended support">'
        f'<span class="standard" style="width:{standard:.1f}%"></span>'
        f'<span class="extended" style="width:{100 - standard:.1f}%"></span><i style="left:{here:.1f}%"></i></div>'
    )
    yield (
        f'<div class="ends"><span>{begin}</span><span>standard until {found.standard}</span>'
        f"<span>extended until {found.extended}</span></div>"
    )


def _class(found: Standing) -> str:
    if found.support == "unknown":
        return "open"
    if found.support == "ended" or (found.support == "extended" and found.upgrades_itself):
        return "late"
    return "paid" if found.support == "extended" or (found.days is not None and found.days < _SOON) else "fine"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
