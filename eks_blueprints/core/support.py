"""What the calendar says of a Kubernetes version: how many days are left, what comes then, what waiting costs.

Extended support is billed from the day on which standard support ends, and EKS upgrades the control plane by itself:
with support type STANDARD at the end of standard support, else some time after the end of extended support.
Source: EKS user guide, "Understand the Kubernetes version lifecycle on EKS"; EKS pricing page (2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from eks_blueprints.core import versions
from eks_blueprints.core.clock import today

EXTRA_HOUR = 0.50
"""US dollars that extended support adds to an hour of a cluster, in every region; as in `review/cost/prices.toml`."""
MONTH = 730
"""Hours of a month, as AWS counts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands today."""

    version: str
    support: versions.Support
    """`unknown` for a version that the table does not have yet."""
    standard: date | None
    """The day on which standard support ends; None where it is not known."""
    extended: date | None
    upgrades_itself: bool
    """Whether support type STANDARD has EKS upgrade the cluster when standard support ends."""

    @property
    def days(self) -> int | None:
        """Days until the phase that it is in ends, negative where EKS may upgrade it any day; None where unknown."""
        end = self.standard if self.support == "standard" or self.upgrades_itself else self.extended
        return None if end is None else (end - today()).days

    @property
    def paid(self) -> bool:
        """Whether extended support is being paid for now."""
        return self.support == "extended" and not self.upgrades_itself

    @property
    def month(self) -> float:
        """US dollars that a month of extended support costs, to be paid now or from the end of standard support on."""
        return EXTRA_HOUR * MONTH

    @property
    def still_to_pay(self) -> float | None:
        """US dollars of extended support from today, or from its beginning, until its end; None where unknown."""
        if self.standard is None or self.extended is None or self.upgrades_itself:
            return None
        days = (self.extended - max(today(), self.standard)).days
        return max(0, days) * 24 * EXTRA_HOUR

    def sentence(self) -> str:
        """All of it in one line, such as `standard support for 117 more days (until 2027-03-27), then $365 a month`."""
        if self.support == "unknown":
            return f"newer than the table of versions of {versions.as_of()}: when its support ends is not known"
        after = "EKS upgrades it then" if self.upgrades_itself else f"then ${self.month:,.0f} a month more"
        if self.support == "standard":
            return f"standard support for {_days(self.days)} (until {self.standard}), {after}"
        if self.support == "extended" and self.upgrades_itself:
            return f"standard support ended on {self.standard}: EKS may upgrade it any day (support type STANDARD)"
        if self.support == "extended":
            until = f"extended support for {_days(self.days)} (until {self.extended})"
            return f"{until}, at ${self.month:,.0f} a month more since {self.standard}; then EKS upgrades it"
        ended = f"on {self.extended}" if self.extended else f"before {versions.as_of()}"
        return f"support ended {ended}: EKS upgrades its control plane by itself, any day"


def standing(version: str, support_type: str | None = None) -> Standing:
    """Where a version stands; `support_type` is EKS's `STANDARD` or `EXTENDED`, which is its default.

    Raises:
        ValueError: if the text is not a version.
    """
    release = versions.releases().get(version)
    return Standing(
        version,
        versions.support(version),
        release.end_standard_support if release else None,
        release.end_extended_support if release else None,
        support_type == "STANDARD",
    )


def _days(days: int | None) -> str:
    return "an unknown time" if days is None else "1 more day" if days == 1 else f"{days} more days"
