"""Parts of a stack as plain values: what only the deployment tells is left out, and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.errors import Path, dotted
from eks_blueprints.policies.objects import canonical
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Stack

_GONE = object()
_NAMES = frozenset({"labels", "matchLabels", "labelSelector", "selector", "claimName", "name", "namespace"})
"""Keys below which a symbol is as good as what it stands for: it is compared with the same symbol elsewhere."""
_WHOLE = frozenset(
    {
        *("matchExpressions", "matchLabelExpressions", "requirements", "taints", "tolerations"),
        "topologySpreadConstraints",
    }
)
"""Lists whose entries mean something else where a part of them is missing."""


class Gaps:
    """What is not known of something, as it is gathered."""

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}
        self._said: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._paths or self._said)

    def __len__(self) -> int:
        return len(self._paths)

    def at(self, path: Path) -> None:
        """What stands at a path is not known."""
        self._paths.setdefault(dotted(path))

    def say(self, sentence: str) -> None:
        """Something else is not known, in a sentence without a full stop."""
        self._said.setdefault(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in sentences without a full stop."""
        paths = list(self._paths)
        shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        hidden = [f"left out, because nobody knows it before the deployment: {shown}"] if paths else []
        return (*hidden, *self._said)

    def __str__(self) -> str:
        return "; ".join(self.sentences)


def plain(part: Props, stack: Stack, gaps: Gaps, *keys: str) -> Any:
    """The value of a part of a stack, or of some keys of it, without what is not known; None where nothing is left."""
    try:
        below = part.at(*keys)
    except Undetermined as error:
        gaps.at(error.path)
        return None
    found = _Reading(below, stack, gaps).of(below.value, below.path, named=any(key in _NAMES for key in keys))
    return None if found is _GONE else found


class _Reading:
    def __init__(self, part: Props, stack: Stack, gaps: Gaps) -> None:
        self._part, self._stack, self._gaps = part, stack, gaps

    def of(self, value: Any, path: Path, *, named: bool) -> Any:
        if isinstance(value, str):
            return self._text(value, path, named=named) if "${" in value else value
        if isinstance(value, Mapping):
            if "$unknown" in value or "$secret" in value:
                self._gaps.at(path)
                return _GONE
            found = {key: self.of(each, (*path, key), named=named or key in _NAMES) for key, each in value.items()}
            return {key: each for key, each in found.items() if each is not _GONE}
        return self._listed(value, path, named=named) if isinstance(value, list) else value

    def _listed(self, value: list[Any], path: Path, *, named: bool) -> list[Any]:
        kept = []
        for index, each in enumerate(value):
            before = len(self._gaps)
            found = self.of(each, (*path, index), named=named)
            holes = len(self._gaps) > before
            if found is not _GONE and not (holes and path[-1:] and path[-1] in _WHOLE):
                kept.append(found)
        return kept

    def _text(self, value: str, path: Path, *, named: bool) -> Any:
        known = canonical(value, self._stack)
        if named or not self._part.symbolic(known):
            return known
        self._gaps.at(path)
        return _GONE
