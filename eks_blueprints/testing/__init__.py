"""A test kit for blueprints: record what a program asks for, and say what must be true of it.

    from eks_blueprints.testing import record

    def test_nodes_are_spot():
        platform = record(lambda: Blueprint("dev", args))
        platform.one("eks.NodeGroup").has(capacityType="SPOT")

The package is a pytest plugin as well: the fixture `record` is this function, and `golden` compares a recording with
the one that is checked in (`pytest --update-golden` writes it again).
"""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.testing.recorded import Recorded as Recorded
    from eks_blueprints.testing.recorded import Resource as Resource
    from eks_blueprints.testing.recorded import record as record
    from eks_blueprints.testing.recorded import record_program as record_program
    from eks_blueprints.testing.recorded import record_stack as record_stack

_HOMES = dict.fromkeys(("Recorded", "Resource", "record", "record_program", "record_stack"), "recorded")

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

# pytest loads the plugin for every project that has this package; pulumi is imported when a test records.
__getattr__, __dir__ = served(__name__, _HOMES)
