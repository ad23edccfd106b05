"""Exit codes of the command line; scripts tell results apart by them."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code says."""

    FINE = 0
    FAILED = 1
    """The tool itself failed, or what it had to run did."""
    INVALID = 2
    """The input is invalid."""
    REFUSED = 3
    """A policy or a gate says no."""
    CHANGES = 4
    """There are changes; given only when asked for with `--exit-code`."""
    UNREAD = 141
    """The reader of the output went away, as in `| head`: what shells say of a command that SIGPIPE ends."""
