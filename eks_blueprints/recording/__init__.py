"""Running a Pulumi program in-process and keeping all it asks for: the base of preview, diff, policies and tests.

Importing this package costs nothing; pulumi is imported with the first name taken from it.
"""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.recording.directory import record_directory as record_directory
    from eks_blueprints.recording.errors import ProgramError as ProgramError
    from eks_blueprints.recording.monitor import Call as Call
    from eks_blueprints.recording.plan import Plan as Plan
    from eks_blueprints.recording.plan import PlannedResource as PlannedResource
    from eks_blueprints.recording.positions import Position as Position
    from eks_blueprints.recording.recording import LogMessage as LogMessage
    from eks_blueprints.recording.recording import RecordedResource as RecordedResource
    from eks_blueprints.recording.recording import Recording as Recording
    from eks_blueprints.recording.render import Secret as Secret
    from eks_blueprints.recording.run import record as record

_HOMES = {
    "Call": "monitor",
    "LogMessage": "recording",
    "Plan": "plan",
    "PlannedResource": "plan",
    "Position": "positions",
    "ProgramError": "errors",
    "RecordedResource": "recording",
    "Recording": "recording",
    "Secret": "render",
    "record": "run",
    "record_directory": "directory",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
