"""Add-ons: software that is installed on a cluster, one a file; the file's name is the kind in a stack file.

`from eks_blueprints.addons import ExternalDns` imports that one file. Type checkers read the names from the stub beside
this file, which `make generate` writes.
"""

import importlib
import re
from pathlib import Path
from typing import Any

from eks_blueprints.core.spec import kind_name

BASES = {
    "AddOn": "base",
    "Chart": "_helm_addon",
    "EksAddOn": "_eks_managed",
    "HelmAddOn": "_helm_addon",
    "ManifestAddOn": "_manifest_addon",
}


def __getattr__(name: str) -> Any:
    home = BASES.get(name, kind_name(name))
    try:
        return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{home}":
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    stub = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    return sorted(re.findall(r" as (\w+)$", stub, re.MULTILINE))
