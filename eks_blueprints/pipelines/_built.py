"""The component of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from eks_blueprints.core.component import Component


class BuiltPipeline(Component):
    """What a pipeline consists of in AWS."""

    of_element: ClassVar[bool] = True

    made: Mapping[str, Any]
    """What its engine gives, such as its ARN."""
