"""The platform as an inline SVG: zones as columns, subnets as rows, nodes across the zones that they may run in.

What changes stands out by its outline and a mark, and everything else stays quiet. Colours are the page's.
"""

# ruff: noqa: PLR0917, RUF001 - drawing takes coordinates, and a true minus sign
from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.core.printed import markup
from eks_blueprints.review.diff.changes import Kind
from eks_blueprints.review.report.platform import Group, Part, Platform

WIDTH = 1080
_PAD = 18
_GAP = 12
_LABEL = 92
_ROW = 46
_CHIP = 30
_MARKS = {"create": "+", "import": "=", "update": "~", "replace": "±", "delete": "−"}
WORDS: dict[Kind, str] = {
    "create": "created",
    "import": "imported",
    "update": "changed",
    "replace": "replaced",
    "delete": "deleted",
}
_LETTER = 7.1
"""Width of a letter of the small font, near enough to cut text before it leaves its box."""


def draw(platform: Platform) -> str:
    """The picture, or nothing where there is nothing to draw."""
    if platform.empty:
        return ""
    canvas = _Canvas()
    y = _control_plane(canvas, platform, 0)
    y = _network(canvas, platform, y)
    y = _chips(canvas, "add-ons", platform.addons, y, _PAD, WIDTH - 2 * _PAD)
    y = _chips(canvas, "people and roles", platform.access, y, _PAD, WIDTH - 2 * _PAD)
    title = markup(f"the platform in {platform.region or 'AWS'}")
    return (
        f'<svg class="platform" viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{title}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(canvas.parts)}</svg>'
    )


class _Canvas:
    """Shapes in the order they are drawn."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, style: str, radius: int = 8) -> None:
        """A rectangle."""
        self.parts.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="{radius}" class="{style}"/>'
        )

    def text(self, x: float, y: float, text: str, style: str, room: float | None = None) -> None:
        """A line of text, cut where it would leave its room."""
        if room is not None and len(text) * _LETTER > room:
            text = text[: max(1, int(room / _LETTER) - 1)] + "…"
        self.parts.append(f'<text x="{x:.0f}" y="{y:.0f}" class="{style}">{markup(text)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A connection."""
        self.parts.append(f'<path d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" class="wire"/>')

    def part(self, part: Part, x: float, y: float, width: float, height: float, style: str) -> None:
        """A box for one thing, with its label, its detail, and a mark of what happens to it."""
        self.parts.append(f"<g><title>{markup(_hint(part))}</title>")
        self.box(x, y, width, height, f"{style} {part.kind}", 6)
        room = width - 20 - (14 if part.kind != "same" else 0)
        if height > 36 and part.detail:
            self.text(x + 10, y + height / 2 - 3, part.label, "name", room)
            self.text(x + 10, y + height / 2 + 13, part.detail, "small", room)
        elif part.detail and (len(part.label) + len(part.detail) + 2) * _LETTER < room:
            self.parts.append(
                f'<text x="{x + 10:.0f}" y="{y + height / 2 + 4:.0f}" class="name">{markup(part.label)}'
                f'<tspan dx="8" class="small">{markup(part.detail)}</tspan></text>'
            )
        else:
            self.text(x + 10, y + height / 2 + 4, part.label, "name" if part.detail else "label", room)
        if part.kind != "same":
            self.text(x + width - 16, y + height / 2 + 5, _MARKS[part.kind], f"mark {part.kind}")
        self.parts.append("</g>")


def _hint(part: Part) -> str:
    return ", ".join(filter(None, (part.name, part.detail, WORDS.get(part.kind, ""))))


def _control_plane(canvas: _Canvas, platform: Platform, y: float) -> float:
    for cluster in platform.clusters:
        canvas.part(cluster, _PAD, y + 2, WIDTH - 2 * _PAD, 52, "plane")
        canvas.text(WIDTH - _PAD - 34, y + 33, f"control plane · {platform.region}".rstrip(" ·"), "small end")
        y += 52 + _GAP
        if platform.network or platform.groups:
            canvas.line(WIDTH / 2, y - _GAP + 2, WIDTH / 2, y + 2)
    return y


def _network(canvas: _Canvas, platform: Platform, y: float) -> float:
    top, inner = y + 2, y + 58
    start = len(canvas.parts)
    zones = platform.zones or ("",)
    column = (WIDTH - 2 * _PAD - _LABEL - _PAD - _GAP * (len(zones) - 1)) / len(zones)
    lefts = [_PAD + _LABEL + index * (column + _GAP) for index in range(len(zones))]
    bottom = inner
    if platform.zones:
        for zone, x in zip(zones, lefts, strict=True):
            canvas.text(x + column / 2, inner + 2, zone, "zone")
        bottom = inner + 12
    columns_top = inner - 18
    for tier in platform.tiers:
        bottom = _tier(canvas, tier, platform, list(zip(zones, lefts, strict=True)), column, bottom)
        if tier == _home(platform):
            bottom = _groups(canvas, platform.groups, zones, lefts, column, bottom)
    if not platform.tiers:
        bottom = _groups(canvas, platform.groups, zones, lefts, column, bottom)
    if platform.endpoints:
        bottom = _chips(canvas, "endpoints", platform.endpoints, bottom, _PAD + 14, WIDTH - 2 * _PAD - 28)
    back = _Canvas()
    kind = platform.network.kind if platform.network else "same"
    back.box(_PAD, top, WIDTH - 2 * _PAD, bottom - top + 6, f"vpc {kind}", 10)
    title = f"{platform.network.label} {platform.network.detail}" if platform.network else "network of others"
    back.text(_PAD + 14, top + 24, title, "name")
    if platform.internet:
        back.text(WIDTH - _PAD - 14, top + 24, "↕ internet gateway", f"small end {platform.internet.kind}-text")
    if platform.zones:
        for x in lefts:
            back.box(x - 5, columns_top, column + 10, bottom - columns_top - 2 - _below(platform), "column", 8)
    canvas.parts[start:start] = back.parts
    return bottom + 6 + _GAP


def _below(platform: Platform) -> float:
    return _chip_height(platform.endpoints, WIDTH - 2 * _PAD - 28) if platform.endpoints else 0


def _home(platform: Platform) -> str:
    """The tier in which nodes are drawn."""
    tiers = list(platform.tiers)
    return "private" if "private" in tiers else tiers[-1] if tiers else ""


def _tier(
    canvas: _Canvas,
    tier: str,
    platform: Platform,
    columns: Sequence[tuple[str, float]],
    column: float,
    y: float,
) -> float:
    subnets = platform.tiers[tier]
    canvas.text(_PAD + 14, y + 28, tier, "tier", _LABEL - 16)
    for zone, x in columns:
        subnet = subnets.get(zone)
        if subnet is None:
            continue
        gateway = platform.gateways.get(zone) if tier == "public" else None
        width = column - 76 if gateway else column
        canvas.part(subnet, x, y + 6, width, 34, f"subnet {'public' if tier == 'public' else 'private'}")
        if gateway:
            canvas.part(gateway, x + column - 68, y + 6, 68, 34, "nat")
    return y + _ROW


def _groups(
    canvas: _Canvas, groups: Sequence[Group], zones: Sequence[str], lefts: Sequence[float], column: float, y: float
) -> float:
    for group in groups:
        inside = [index for index, zone in enumerate(zones) if zone in group.zones] or list(range(len(zones)))
        first, last = inside[0], inside[-1]
        x = lefts[first] + 6
        canvas.part(group.part, x, y + 2, lefts[last] + column - 6 - x, 34, "nodes")
        y += 40
    return y


def _chips(canvas: _Canvas, title: str, parts: Sequence[Part], y: float, left: float, width: float) -> float:
    if not parts:
        return y
    canvas.text(left, y + 14, title, "tier")
    x, y = left, y + 22
    for part in parts:
        room = _chip_width(part)
        if x + room > left + width and x > left:
            x, y = left, y + _CHIP + 6
        canvas.part(part, x, y, min(room, width), _CHIP, "chip")
        x += room + 8
    return y + _CHIP + _GAP


def _chip_height(parts: Sequence[Part], width: float) -> float:
    rows, x = 1, 0.0
    for part in parts:
        room = _chip_width(part)
        if x + room > width and x > 0:
            rows, x = rows + 1, 0.0
        x += room + 8
    return 22 + rows * (_CHIP + 6) - 6 + _GAP


def _chip_width(part: Part) -> float:
    letters = len(part.label) + (len(part.detail) + 2 if part.detail else 0)
    return letters * _LETTER + 26 + (14 if part.kind != "same" else 0)
