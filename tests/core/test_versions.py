"""The calendar of versions."""

from __future__ import annotations

import pytest

from eks_blueprints.core import versions
from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.errors import InputError


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
def test_support(version: str, support: str) -> None:
    assert versions.support(version) == support


@pytest.mark.parametrize(
    ("day", "support"),
    [("2026-03-22", "standard"), ("2026-03-23", "extended"), ("2027-03-22", "extended"), ("2027-03-23", "ended")],
)
def test_support_is_judged_by_the_day(day: str, support: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, day)
    assert versions.support("1.32") == support
    assert ("1.32" in versions.supported()) is (support != "ended")


def test_a_day_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "yesterday")
    with pytest.raises(InputError, match="EKS_BLUEPRINTS_TODAY: is not a valid date"):
        versions.support("1.32")


def test_a_version_of_the_future_may_be_offered_by_now() -> None:
    assert versions.offered("1.99") == "1.99"


@pytest.mark.parametrize("version", ["1", "1.", "1.0", "1.05", "1.100", "2.1", " 1.35", "1.35\n", "latest"])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Kubernetes version"):
        versions.offered(version)
