"""What keeps a command from an account or a cluster."""

from __future__ import annotations


class LiveError(RuntimeError):
    """An account or a cluster cannot be asked; the text says why in one line, and what to do about it."""
