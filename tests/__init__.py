"""The tests mirror the package; `tests/engine` runs the real engine on stand-in providers."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
"""The top folder of the checkout."""

PROJECT = ROOT / "tests" / "project"
"""A project as users have one: what this repository ships as `Pulumi.yaml` and `stacks/`, which they may edit."""
