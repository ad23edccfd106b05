"""Values that only AWS knows, from files: what `pulumi stack export` wrote, or a mapping of symbols to values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.recording.exported import exported, is_exported

_DO = "write it with pulumi stack export, or as {prod-cluster.endpoint: https://…}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of deployed stacks."""

    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Exported stacks, by their names."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values by their symbols."""

    def recorded_with(self, stack: str) -> dict[str, Any]:
        """What a recording of a stack takes."""
        state = self.states.get(stack)
        if state is None:
            return {}
        from eks_blueprints.review.diff.state import deployed, stack_references

        return {"deployed": deployed(state), "stack_references": stack_references(state)}


def known(files: Sequence[Path], stacks: Sequence[str]) -> Known:
    """What files say about stacks.

    Raises:
        InputError: if one is neither an exported stack nor such a mapping, or is about none of the stacks.
    """
    states: dict[str, Mapping[str, Any]] = {}
    values: dict[str, Any] = {}
    for file in files:
        data = _data(file)
        if is_exported(data):
            state = exported(json.dumps(data), str(file), empty=False)
            name = state["deployment"]["resources"][0]["urn"].split(":")[2]
            if name not in stacks:
                got = f"{name}, not {', '.join(stacks)}"
                raise _error(file, f"is the state of another stack; got {got}; export the stack that is rendered")
            states[name] = state
        elif isinstance(data, Mapping) and all(isinstance(key, str) for key in data):
            if len(stacks) > 1:
                raise _error(
                    file, f"holds values of one stack; got {len(stacks)} stacks to render; render one at a time"
                )
            if wrong := [key for key, value in data.items() if isinstance(value, Mapping | list) or value is None]:
                raise _error(file, f"{wrong[0]}: needs one value; got {shown(data[wrong[0]])}; write text or a number")
            values |= {key.removeprefix("${").removesuffix("}"): value for key, value in data.items()}
        else:
            raise _error(file, f"holds no values; got {shown(data)}; {_DO}")
    return Known(states, values)


def _data(file: Path) -> Any:
    try:
        text = text_of(file)
    except FileNotFoundError:
        raise _error(file, f"does not exist; got no such file; {_DO}") from None
    except UnicodeDecodeError:
        raise _error(file, f"is not text; got bytes that are no UTF-8; {_DO}") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return load(text)
    except (YAMLError, ValueError, RecursionError):
        raise _error(file, f"is neither JSON nor YAML; got something else; {_DO}") from None


def _error(file: Path, message: str) -> InputError:
    return InputError([Problem((), message, str(file))])
