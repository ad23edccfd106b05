"""What is deployed, for a recording that shall compute with it: the outputs that an engine would hand to the program.

A program that runs against an existing stack sees real outputs of all that stays. Recorded with them, whatever it works
out by `apply` (an ARN cut into pieces, the fourth block of a VPC) is what the engine would be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Deployed:
    """One resource as the last deployment left it, spelled as on the wire."""

    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

    def output(self, key: str, given: Any) -> Any:
        """An output once the program gives `given` for it (None for nothing); None where that is not known."""
        known = self.outputs.get(key)
        if known is None or given is None or given == self.inputs.get(key):
            return known
        return _over(given, known) if isinstance(given, Mapping) and isinstance(known, Mapping) else None


def _over(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the program gives, with what the provider added inside it."""
    merged = dict(known)
    for key, value in given.items():
        before = known.get(key)
        nested = isinstance(value, Mapping) and isinstance(before, Mapping)
        merged[key] = _over(value, before) if nested else value  # type: ignore[arg-type]
    return merged
