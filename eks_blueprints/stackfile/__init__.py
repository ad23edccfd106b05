"""Stack files: one blueprint as data, read with the place of every part."""

from typing import TYPE_CHECKING, Any

from eks_blueprints.stackfile.load import StackFile, load, open_stack

if TYPE_CHECKING:
    from eks_blueprints.stackfile.from_settings import from_config
    from eks_blueprints.stackfile.program import deploy

__all__ = ["StackFile", "deploy", "from_config", "load", "open_stack"]


def __getattr__(name: str) -> Any:
    # What programs call needs pulumi; reading and checking a stack file does not.
    if name == "deploy":
        from eks_blueprints.stackfile.program import deploy

        return deploy
    if name == "from_config":
        from eks_blueprints.stackfile.from_settings import from_config

        return from_config
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
