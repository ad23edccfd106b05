"""The reference page of other tools' fields: where each is in a stack file, or why it is not.

python -m eks_blueprints.reference.peer_pages > docs/reference/peers.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from eks_blueprints.core import peer_fields
from eks_blueprints.core.peer_fields import PeerField

_HEAD = """\
# Fields of eksctl and terraform-aws-eks

Every input of terraform-aws-eks and every field of eksctl's ClusterConfig, and what to write instead in a stack file.
`eks-blueprints explain FIELD` says the same, and `check` suggests it where one of these names is written.

Generated from the table of {date} ({source}).
"""


def page() -> str:
    """The text of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.format(date=peer_fields.date(), source=peer_fields.source())
    tool = ""
    for part in peer_fields.parts():
        if part[0].tool != tool:
            tool = part[0].tool
            yield f"## {tool}\n"
        yield f"### {', '.join(part[0].of)}\n"
        if any(each.here.startswith(".") and any(each.places) for each in part):
            yield f"Fields below are those of {_below(part[0].places)}, unless the whole path is written.\n"
        yield "| field | stack file |\n|---|---|"
        for each in part:
            yield f"| `{each.name}` | {_here(each)} |"
        yield ""


def _below(places: tuple[str, ...]) -> str:
    return " or ".join(f"`{_written(place)}`" for place in places)


def _written(place: str) -> str:
    """A place as it is written: elements stand below names of the user's choice."""
    group, dot, kind = place.partition(".")
    return (
        f"{group}: {{NAME: {{kind: {kind}}}}}" if dot and group in ("compute", "addons") and "." not in kind else place
    )


def _here(each: PeerField) -> str:
    if not each.is_field:
        return each.here.replace("|", "\\|")
    if each.here.startswith("."):
        return f"`{each.here[1:]}`"
    return f"`{each.here}` (whole path)"


if __name__ == "__main__":
    sys.stdout.write(page())
