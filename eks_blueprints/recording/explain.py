"""From what the SDK raises when a program fails to what its author should read."""

from traceback import walk_tb

from pulumi import RunError
from pydantic import ValidationError

from eks_blueprints.core.errors import InputError, problems_of
from eks_blueprints.recording.apart import OutOfTime
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.monitor import RecordingMonitor
from eks_blueprints.recording.positions import Locator, Position


def explain(error: BaseException, monitor: RecordingMonitor, locator: Locator) -> ProgramError:
    """The user's line and the message of what went wrong first."""
    if monitor.failure is not None:
        return monitor.failure
    chain = causes(error)
    if memory := next((each for each in chain if isinstance(each, MemoryError)), None):
        raise memory
    if late := next((each for each in chain if isinstance(each, OutOfTime)), None):
        place = locator.blame(late.__traceback__)
        return ProgramError(f"the program {late}", *((place.file, place.line) if place else ()))
    for each in chain:
        if isinstance(each, ProgramError):
            return each
        if isinstance(each, RunError):
            return ProgramError(str(each))
        if isinstance(each, SyntaxError) and each.filename:
            return ProgramError(f"SyntaxError: {each.msg}", locator.name(each.filename), each.lineno)
    for each in reversed(chain):
        place = locator.blame(each.__traceback__)
        if place is not None:
            return ProgramError(_message(each), place.file, place.line)
    # A value that cannot be sent is found after the program's own lines were left: the resource knows its line.
    for each in chain:
        place = _sent_from(each, monitor)
        if place is not None:
            return ProgramError(_message(chain[-1]), place.file, place.line)
    return ProgramError(_message(error))


def causes(error: BaseException) -> list[BaseException]:
    """An error and what it comes from, one after the other, each once: the SDK's errors may lead back to themselves."""
    chain = [error]
    while isinstance(cause := _cause(chain[-1]), BaseException) and cause not in chain:
        chain.append(cause)
    return chain


def _cause(error: BaseException) -> BaseException | None:
    # The SDK raises the failure of a request again, from itself.
    return error.__context__ if error.__cause__ is error else error.__cause__


def _sent_from(error: BaseException, monitor: RecordingMonitor) -> Position | None:
    for frame, _line in walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "pulumi.runtime.resource" and "res" in frame.f_locals:
            return monitor.position_of(frame.f_locals["res"])
    return None


def _message(error: BaseException) -> str:
    text = str(error).strip()
    if isinstance(error, InputError):
        return text  # already in the user's words
    if isinstance(error, ValidationError):
        return "\n".join(str(problem) for problem in problems_of(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
