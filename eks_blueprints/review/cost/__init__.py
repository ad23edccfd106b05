"""What a platform costs a month at list prices, as far as it has list prices, from dated tables in the package."""

from __future__ import annotations

from eks_blueprints.review.cost.estimate import Estimate, Line, difference, estimate
from eks_blueprints.review.cost.prices import Prices, read_prices

__all__ = ["Estimate", "Line", "Prices", "difference", "estimate", "read_prices"]
