"""Actions of GitHub, each at the commit of a release."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from eks_blueprints.pipelines.engines._yaml import Noted

TABLE = Path(__file__).with_name("actions.toml")


@cache
def _pins() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return found


def action(name: str) -> Noted:
    """An action at the commit of its release."""
    pin = _pins()[name]
    return Noted(f"{name}@{pin['commit']}", pin["version"])


def literal(said: str) -> str:
    """A text that GitHub leaves as it is, where it would look for expressions."""
    return said.replace("${{", "${{ '${{' }}")
