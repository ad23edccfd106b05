"""Tests."""

from __future__ import annotations

from eks_blueprints.pipelines.stages._commands import CommandStage


class Test(CommandStage):
    """Run tests; nothing that follows starts if one fails."""
