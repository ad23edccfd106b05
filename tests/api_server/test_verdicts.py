"""The verdicts that the suite without a server goes by are those of a real one.

PATH=…:$PATH pytest --update-golden tests/api_server/test_verdicts.py
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.kubernetes.test_verdicts import refused

from .mutations import VERDICTS, changed, kept, objects
from .started import ApiServer

_SHOWN = 100


def test_verdicts_are_those_of_a_server(server: ApiServer, request: pytest.FixtureRequest) -> None:
    verdicts: dict[str, dict[str, str]] = {}
    left: dict[str, list[str]] = {}
    for kind, base in objects().items():
        assert server.refusal(base) == "", kind
        said = {change: (server.refusal(other), other) for change, other in changed(base) if kept(kind, change)}
        verdicts[kind] = {change: message[:_SHOWN] for change, (message, _) in said.items()}
        missed = sorted(change for change, (message, other) in said.items() if message and not refused(other))
        left |= {kind: missed} if missed else {}
    version = server.call("/version")[1]
    table: dict[str, Any] = {"server": version["gitVersion"], "minor": int(version["minor"].rstrip("+"))}
    if request.config.getoption("--update-golden"):
        text = json.dumps({**table, "left": left, "verdicts": verdicts}, indent=1, ensure_ascii=False)
        VERDICTS.write_text(text + "\n", encoding="utf-8")
    known = json.loads(VERDICTS.read_text(encoding="utf-8"))
    assert known["minor"] != table["minor"] or {k: list(map(bool, v.values())) for k, v in verdicts.items()} == {
        k: list(map(bool, v.values())) for k, v in known["verdicts"].items()
    }
