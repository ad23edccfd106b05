"""Blueprints as stack files may name them: one that breaks when it is read, and one that changes what it is given."""

from typing import Any, ClassVar

from eks_blueprints import Blueprint, BlueprintArgs


class _Broken(BlueprintArgs):
    def __init__(self, **fields: Any) -> None:
        raise RuntimeError("of its own")


class Raises(Blueprint):
    """Cannot be read."""

    Args: ClassVar[type[BlueprintArgs]] = _Broken


class Prepares(Blueprint):
    """Gives what it builds another tag."""

    def prepare(self) -> BlueprintArgs:
        return self.args.but(tags={**self.args.tags, "prepared": "yes"})
