"""The tests mirror the package; `tests/engine` runs the real engine on stand-in providers."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
"""The top folder of the checkout."""
