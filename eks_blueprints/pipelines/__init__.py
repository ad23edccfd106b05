"""Pipelines: one model of stages, which AWS CodePipeline, GitHub Actions, GitLab CI and Jenkins run."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.pipelines._connection import Connection as Connection
    from eks_blueprints.pipelines._environment import Environment as Environment
    from eks_blueprints.pipelines._environment import ManifestRepository as ManifestRepository
    from eks_blueprints.pipelines._environment import PrivateAccess as PrivateAccess
    from eks_blueprints.pipelines.app_pipeline import AppPipeline as AppPipeline
    from eks_blueprints.pipelines.base import Pipeline as Pipeline
    from eks_blueprints.pipelines.chart_pipeline import ChartPipeline as ChartPipeline
    from eks_blueprints.pipelines.custom_pipeline import CustomPipeline as CustomPipeline
    from eks_blueprints.pipelines.drift_pipeline import DriftPipeline as DriftPipeline
    from eks_blueprints.pipelines.platform_pipeline import PlatformPipeline as PlatformPipeline
    from eks_blueprints.pipelines.release_pipeline import ReleasePipeline as ReleasePipeline

_HOMES = {
    "Connection": "_connection",
    "AppPipeline": "app_pipeline",
    "ChartPipeline": "chart_pipeline",
    "CustomPipeline": "custom_pipeline",
    "DriftPipeline": "drift_pipeline",
    "Environment": "_environment",
    "ManifestRepository": "_environment",
    "Pipeline": "base",
    "PlatformPipeline": "platform_pipeline",
    "PrivateAccess": "_environment",
    "ReleasePipeline": "release_pipeline",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
