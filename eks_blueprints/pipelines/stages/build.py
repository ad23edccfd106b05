"""Builds of files."""

from __future__ import annotations

from eks_blueprints.pipelines.stages._commands import CommandStage


class Build(CommandStage):
    """Make artifacts of the sources."""
