"""The stub of `eks_blueprints.addons`: every add-on's class by name, for type checkers and editors."""

from __future__ import annotations

from pathlib import Path

import eks_blueprints.addons
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import element_class, kinds

STUB = Path(eks_blueprints.addons.__file__).with_suffix(".pyi")


def addons_stub() -> str:
    """The stub's text."""
    package = eks_blueprints.addons.__name__
    homes = {name: f"{package}.{home}" for name, home in eks_blueprints.addons.BASES.items()}
    for kind in kinds(AddOn):
        cls = element_class(AddOn, kind)
        if cls.__module__.startswith(f"{package}."):
            homes[cls.__name__] = cls.__module__
    lines = sorted(f"from {home} import {name} as {name}" for name, home in homes.items())
    return "\n".join(["# Written by `make generate`; do not edit.", *lines, "", "BASES: dict[str, str]"]) + "\n"


if __name__ == "__main__":
    STUB.write_text(addons_stub(), encoding="utf-8", newline="\n")
