"""What a recording says when the program itself is wrong."""


class ProgramError(Exception):
    """The recorded program failed: where in the user's code, and what it said, without the SDK's own traceback.

    The original exception stays reachable as ``__cause__``, for a debugger or ``--verbose``.
    """

    def __init__(self, message: str, file: str | None = None, line: int | None = None) -> None:
        self.message = message
        """What went wrong, in one line where the program's own message has one."""
        self.file = file
        """The user's file, relative to the project directory where it lies in it; None if no user code is to blame."""
        self.line = line
        """The line in `file`."""
        super().__init__(message)

    def __str__(self) -> str:
        if self.file is None:
            return self.message
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"
