"""What a change does, and where it is shown: preview, diff, cost, report, comment, and the same by the real engine."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.review.engine import EngineError as EngineError
    from eks_blueprints.review.engine import engine_preview as engine_preview
    from eks_blueprints.review.preview.targets import stack_target as stack_target

_HOMES = {"EngineError": "engine", "engine_preview": "engine", "stack_target": "preview.targets"}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
