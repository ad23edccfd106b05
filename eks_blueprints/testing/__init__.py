"""A test kit for blueprints: record what a program asks for, and say what must be true of it.

    from eks_blueprints.testing import record

    def test_nodes_are_spot():
        platform = record(lambda: Blueprint("dev", args))
        platform.one("eks.NodeGroup").has(capacityType="SPOT")

The package is a pytest plugin as well: the fixture `record` is this function, and `golden` compares a recording with
the one that is checked in (`pytest --update-golden` writes it again).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.testing.recorded import Recorded as Recorded
    from eks_blueprints.testing.recorded import Resource as Resource
    from eks_blueprints.testing.recorded import record as record
    from eks_blueprints.testing.recorded import record_stack as record_stack

__all__ = ["Recorded", "Resource", "record", "record_stack"]


def __getattr__(name: str) -> Any:
    # pytest loads the plugin for every project that has this package; pulumi is imported when a test records.
    if name in __all__:
        from eks_blueprints.testing import recorded

        return getattr(recorded, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
