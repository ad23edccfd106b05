"""What else is wrong with a file of which one part cannot be read.

Checks across parts run on a platform that was read as a whole. So that a slip in one part does not hide what is wrong
with the others until the next run, the parts that the rest stands on are checked without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.errors import Problem, problems_of
from eks_blueprints.core.versions import latest

_GROUND = ("region", "network", "security_groups", "cluster", "account", "access")
"""Parts whose checks need none of the others: what stands on them may be missing, they may not."""


def problems_of_the_rest(data: Mapping[str, Any], found: Iterable[Problem]) -> list[Problem]:
    """Problems that the sound ones among the parts of the ground have together, which reading did not get to.

    What hangs on a part that is wrong itself is not guessed: with a bad network, what a cluster needs of it is left,
    and with a bad account, whom `deployer` means.
    """
    wrong = {problem.path[0] for problem in found if problem.path}
    sound = {key: data[key] for key in _GROUND if key in data and key not in wrong}
    if "region" not in sound:
        return []
    told = set(sound)
    if wrong & {"network", "security_groups", "cluster", "account"}:
        told = {"region", "network", "account"} - wrong
    try:
        BlueprintArgs.model_validate({"cluster": {"version": latest()}, **sound, "compute": {}, "core_addons": []})
    except ValidationError as error:
        return [problem for problem in problems_of(error) if problem.path and problem.path[0] in told]
    return []
