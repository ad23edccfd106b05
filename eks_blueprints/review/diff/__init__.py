"""What changes between two plans: property by property, told apart into create, update, replace and delete.

Importing this package imports no pulumi: plans are plain data, and what forces a replacement is a dated table.
"""

from __future__ import annotations

from eks_blueprints.review.diff.changes import Change, Kind, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.plans import diff_plans

__all__ = ["Change", "Kind", "PlanDiff", "ResourceDiff", "diff_plans"]
