"""Pipelines: one model of stages, which AWS CodePipeline, GitHub Actions, GitLab CI and Jenkins run."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.pipelines._connection import Connection as Connection
    from eks_blueprints.pipelines._environment import Environment as Environment
    from eks_blueprints.pipelines._environment import ManifestRepository as ManifestRepository
    from eks_blueprints.pipelines._environment import PrivateAccess as PrivateAccess
    from eks_blueprints.pipelines.base import Pipeline as Pipeline
    from eks_blueprints.pipelines.custom_pipeline import CustomPipeline as CustomPipeline

_HOMES = {
    "Connection": "_connection",
    "CustomPipeline": "custom_pipeline",
    "Environment": "_environment",
    "ManifestRepository": "_environment",
    "Pipeline": "base",
    "PrivateAccess": "_environment",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
