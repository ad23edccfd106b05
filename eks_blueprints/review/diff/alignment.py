"""Two spellings of one value: a deployed one, and the symbol or the unknown that the program's plan has for it.

A plan says `${prod-network-vpc.id}` where a state says `vpc-0a1b`. Every deployed value that the program would still
send takes the plan's spelling, so that what is left differs in earnest. Two ways lead there: the program was run with
what is deployed, and came to the same value; or each symbol of a text stands for an output of the state. What neither
can tell (a lookup that only AWS answers, an output that is secret) is taken for unchanged, and said to be unknown.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.review.diff.texts import document
from eks_blueprints.review.diff.values import as_policy, compare, likeness, same, set_in_document
from eks_blueprints.review.diff.wire import UNREAD, cleared, is_secret, opened

_SYMBOL = re.compile(r"\$\{([^{}]+)\}")
_REPLACE = "|replace("
"""What begins a replacement in a symbol: the text that goes, a comma, the text that comes (`recording/unread.py`)."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


class _Missing:
    """No run with what is deployed, or nothing at this place."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


class Outputs:
    """What symbols stand for: the outputs of deployed resources by their logical names."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], renamed: Mapping[str, str], planned: Iterable[str]) -> None:
        """`renamed` gives the new logical name of a URN that has another one now; `planned` are the plan's names."""
        self._by_name: dict[str, list[Mapping[str, Any]]] = {}
        self._planned = frozenset(planned)
        for row in rows:
            known = {**(row.get("outputs") or {}), "id": row.get("id")}
            names = {row["urn"].rpartition("::")[2], renamed.get(row["urn"], row["urn"].rpartition("::")[2])}
            for name in names:
                self._by_name.setdefault(name, []).append(known)

    def fits(self, text: str, value: str) -> bool:
        """Whether a text with symbols stands for a value, wherever the symbols can be looked up."""
        return re.fullmatch(self._pattern(text), value, re.DOTALL) is not None

    def _pattern(self, text: str) -> str:
        pattern, at = "", 0
        for found in _SYMBOL.finditer(text):
            pattern += re.escape(text[at : found.start()]) + self._options(found[1])
            at = found.end()
        return pattern + re.escape(text[at:])

    def unknown(self, text: str) -> list[str]:
        """The symbols of a text that nothing here can tell."""
        return [found[1] for found in _SYMBOL.finditer(text) if self._options(found[1]) == ".*"]

    def _options(self, symbol: str) -> str:
        values, owner = [], ""
        symbol, *steps = symbol.split(_REPLACE)
        replacements = [step.removesuffix(")").split(",") for step in steps]
        if any(len(each) != 2 for each in replacements):
            return ".*"
        for name, path in _splits(symbol):
            for outputs in self._by_name.get(name, ()):
                owner = name
                value = _at(outputs, path)
                if isinstance(value, str | int | float):
                    values.append(re.escape(_replaced(str(value), replacements)))
            owner = owner or (name if name in self._planned else "")
        if values:
            return f"(?:{'|'.join(values)})"
        # A resource that is still to be made has no value that could be deployed.
        return "(?!)" if owner and owner not in self._by_name else ".*"


def _replaced(text: str, replacements: Iterable[Sequence[str]]) -> str:
    for old, new in replacements:
        text = text.replace(old, new)
    return text


def _splits(symbol: str) -> Iterator[tuple[str, str]]:
    at = symbol.find(".")
    while at != -1:
        yield symbol[:at], symbol[at + 1 :]
        at = symbol.find(".", at + 1)


def _at(outputs: Any, path: str) -> Any:
    for part in path.replace("[", ".").replace("]", "").split("."):
        if is_secret(outputs):
            outputs = opened(outputs)
        if isinstance(outputs, Mapping):
            outputs = outputs.get(part)
        elif isinstance(outputs, list) and part.isdigit() and int(part) < len(outputs):
            outputs = outputs[int(part)]
        else:
            return None
    return outputs


class Alignment:
    """The deployed values of one resource, spelled as its plan spells them."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self.unknown: dict[str, str] = {}
        """Paths of the inputs that could not be compared, each with the reason."""

    def __call__(self, old: Any, new: Any, run: Any = MISSING, path: str = "") -> Any:
        """The old value, with the new one's spelling wherever they stand for the same.

        Args:
            old: value in the state.
            new: value in the plan.
            run: value that the program sends when it is run with what is deployed.
            path: where they are.
        """
        if is_secret(old):
            old = opened(old)
        if old is UNREAD or (isinstance(new, Mapping) and "$secret" in new):
            self.unknown[path] = "secret"
            return new
        if _is_unknown(new):
            return self._behind_unknown(old, new, run, path)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return self._mapping(old, new, run, path)
        if isinstance(old, list) and isinstance(new, list):
            return self._list(old, new, run, path)
        return self._leaf(old, new, run, path)

    def _behind_unknown(self, old: Any, new: Any, run: Any, path: str) -> Any:
        if run is MISSING or _is_unknown(run):
            self.unknown[path] = ""
            return new
        return new if _alike(old, run) else cleared(old)

    def _mapping(self, old: Mapping[str, Any], new: Mapping[str, Any], run: Any, path: str) -> dict[str, Any]:
        runs: Mapping[str, Any] = run if isinstance(run, Mapping) else {}
        found: dict[str, Any] = {}
        for key, each in old.items():
            if new.get(key) is not None:
                at = f"{path}.{key}" if path else key
                found[key] = self(each, new[key], runs.get(key, MISSING), at)
            elif not key.startswith("__"):
                found[key] = cleared(each)
        return found

    def _leaf(self, old: Any, new: Any, run: Any, path: str) -> Any:
        if same(old, new) or (run is not MISSING and _alike(old, run)) or _same_scalar(old, new):
            return new
        if not isinstance(old, str) or not isinstance(new, str):
            return cleared(old)
        before, after = document(old), document(new)
        if before is not None and type(before) is type(after):
            return self._document(before, after, run, path, (old, new))
        if self._fits(old, new):
            for symbol in self._outputs.unknown(_readable(new)):
                self.unknown[path] = f"${{{symbol}}}"
            return new
        return old

    def _fits(self, old: str, new: str) -> bool:
        if "${" in new:
            return self._outputs.fits(new, old)
        inside = _decoded(new)
        if inside is None or "${" not in inside:
            return False
        return self._outputs.fits(inside, _decoded(old) or "")

    def _document(self, old: Any, new: Any, run: Any, path: str, texts: tuple[str, str]) -> Any:
        ran = document(run) if isinstance(run, str) else None
        before, after, meant = (as_policy(each) for each in (old, new, MISSING if ran is None else ran))
        found = self(before, after, meant, path + "{}")
        if not list(compare(found, after, path + "{}", set_in_document)):
            return texts[1]
        return json.dumps(found) if not same(found, before) else texts[0]

    def _list(self, old: list[Any], new: list[Any], run: Any, path: str) -> list[Any]:
        runs: Sequence[Any] = run if isinstance(run, list) and len(run) == len(new) else [MISSING] * len(new)
        found: list[Any] = [MISSING] * len(old)
        free = dict.fromkeys(range(len(new)))
        for index, each in enumerate(old):
            first = (index,) if index in free else ()
            partner = next((at for at in (*first, *free) if self._same_entry(each, new[at], runs[at])), None)
            if partner is not None:
                del free[partner]
                found[index] = new[partner]
        for index, each in enumerate(old):
            if found[index] is not MISSING:
                continue
            partner = self._likest(each, index, free, new, runs)
            if partner is None:
                found[index] = cleared(each)
            else:
                del free[partner]
                found[index] = self(each, new[partner], runs[partner], f"{path}[{index}]")
        return found

    def _same_entry(self, old: Any, new: Any, run: Any) -> bool:
        probe = Alignment(self._outputs)
        if list(compare(probe(old, new, run), new, "", _ordered)):
            return False
        self.unknown |= {f"{path}": why for path, why in probe.unknown.items() if path}
        return True

    def _likest(
        self, old: Any, index: int, free: Mapping[int, None], new: list[Any], runs: Sequence[Any]
    ) -> int | None:
        if not isinstance(old, Mapping | list):
            return index if index in free and not isinstance(new[index], Mapping | list) else None
        scores = {
            at: likeness(cleared(old), new[at] if runs[at] is MISSING else runs[at]) + (0.01 if at == index else 0)
            for at in free
        }
        best = max(scores, key=lambda at: scores[at], default=None)
        return best if best is not None and (scores[best] > 0 or len(free) == 1) else None


def _alike(old: Any, run: Any) -> bool:
    return _same_scalar(old, run) or not list(compare(cleared(old), run, "", _ordered))


def _ordered(path: str) -> bool:
    return False


def _same_scalar(old: Any, new: Any) -> bool:
    """Numbers and booleans that one side has as text."""
    if isinstance(old, str) and isinstance(new, bool | int | float):
        return old == json.dumps(new)
    return isinstance(old, bool | int | float) and isinstance(new, str) and new == json.dumps(old)


def _is_unknown(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("$unknown"))


def _decoded(text: str) -> str | None:
    """The text that another one holds as base64, as user data does."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return None


def _readable(text: str) -> str:
    return text if "${" in text else _decoded(text) or text
