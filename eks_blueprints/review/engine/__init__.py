"""`pulumi preview` of the real engine, told like every other comparison: what would change in what is deployed."""

from __future__ import annotations

from eks_blueprints.review.engine.command import EngineError
from eks_blueprints.review.engine.events import Progress
from eks_blueprints.review.engine.run import EnginePreview, engine_preview

__all__ = ["EngineError", "EnginePreview", "Progress", "engine_preview"]
