"""Writes eks_blueprints/policies/examples.json: of the cases of each rule one that fails, and one that passes.

python scripts/renew_policy_examples.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from eks_blueprints.policies.catalogue import rules  # noqa: E402
from eks_blueprints.policies.stack import Resource  # noqa: E402
from eks_blueprints.policies.trial import Scene, outcome  # noqa: E402
from tests.policies.test_cases import CASES  # noqa: E402

TARGET = ROOT / "eks_blueprints" / "policies" / "examples.json"


def main() -> None:
    """Write the table."""
    TARGET.write_text(text(), encoding="utf-8")


def text() -> str:
    """The table."""
    lines = [f"{json.dumps(id_)}: {json.dumps(table(id_), ensure_ascii=False)}" for id_ in rules() if id_ in CASES]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def table(id_: str) -> dict[str, list[dict[str, Any]]]:
    """The shortest case of a rule for each verdict."""
    return {verdict: min(found, key=size) for verdict in ("fail", "pass") if (found := list(scenes(id_, verdict)))}


def scenes(id_: str, verdict: str) -> list[list[dict[str, Any]]]:
    """Cases of a rule that turn out so: the resource alone or with all of its scene, and the parameters it needs."""
    found = []
    for scene in CASES[id_]:
        settings = {key: value for each in scene if isinstance(each, dict) for key, value in each.items()}
        if not set(settings) <= set(rules()[id_].params):
            continue
        given = [each for each in scene if not isinstance(each, dict)]
        for resource in [each for each in given if each.name.startswith(f"{verdict}-")]:
            for chosen in ([resource], [resource, *(each for each in given if each is not resource)]):
                entries = [*(data(each) for each in chosen), *([{"parameters": settings}] if settings else [])]
                told = Scene.of(json.loads(json.dumps(entries)))
                if told is not None and outcome(rules()[id_], told) == verdict:
                    found.append(entries)
                    break
    return found


def data(resource: Resource) -> dict[str, Any]:
    """A resource as a case of YAML has it."""
    keys = ("type", "name", "inputs", "options", "provider")
    given = {key: getattr(resource, key) for key in keys}
    return {key: value for key, value in given.items() if value}


def size(scene: list[dict[str, Any]]) -> int:
    """How long a scene is."""
    return len(json.dumps(scene))


if __name__ == "__main__":
    main()
