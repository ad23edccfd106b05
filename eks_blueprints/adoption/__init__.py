"""Taking over what runs: `stacks/<stack>.adopt.yaml` names, for each resource, what in AWS it stands for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.adoption.program import adopt

__all__ = ["adopt"]


def __getattr__(name: str) -> Any:
    # Reading and checking such a file needs no pulumi.
    if name == "adopt":
        from eks_blueprints.adoption.program import adopt

        return adopt
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
