"""The calendar of versions."""

from __future__ import annotations

import pytest

from eks_blueprints.core import versions


def test_versions_are_in_order_and_have_their_dates_in_order() -> None:
    minors = [versions.minor(version) for version in versions.releases()]
    assert minors == sorted(minors)
    for release in versions.releases().values():
        dates = [release.eks_release, release.end_standard_support, release.end_extended_support]
        known = [date for date in dates if date is not None]
        assert known == sorted(set(known))


@pytest.mark.parametrize(
    ("version", "support"),
    [("1.20", "ended"), ("1.30", "ended"), ("1.33", "extended"), ("1.35", "standard"), ("1.99", "unknown")],
)
def test_support_is_judged_on_the_date_of_the_table(version: str, support: str) -> None:
    assert versions.support(version) == support


def test_a_version_of_the_future_may_be_offered_by_now() -> None:
    assert versions.offered("1.99") == "1.99"


@pytest.mark.parametrize("version", ["1", "1.", "1.0", "1.05", "1.100", "2.1", " 1.35", "1.35\n", "latest"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is no Kubernetes version"):
        versions.offered(version)
