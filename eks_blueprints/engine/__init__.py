"""`pulumi preview` of the real engine, told like every other comparison: what would change in what is deployed."""

from __future__ import annotations

from eks_blueprints.engine.command import EngineError
from eks_blueprints.engine.events import Progress
from eks_blueprints.engine.run import EnginePreview, engine_preview

__all__ = ["EngineError", "EnginePreview", "Progress", "engine_preview"]
