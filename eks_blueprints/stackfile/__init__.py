"""Stack files: one blueprint as data, read with the place of every part."""

from typing import TYPE_CHECKING, Any

from eks_blueprints.stackfile.load import StackFile, load, open_stack

if TYPE_CHECKING:
    from eks_blueprints.stackfile.program import deploy

__all__ = ["StackFile", "deploy", "load", "open_stack"]


def __getattr__(name: str) -> Any:
    # deploy needs pulumi; reading and checking a stack file does not.
    if name == "deploy":
        from eks_blueprints.stackfile.program import deploy

        return deploy
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
