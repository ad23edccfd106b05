"""Quantities and durations, as Kubernetes and Go read them."""

from fractions import Fraction

import pytest

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.karpenter.quantities import exact, quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1000", 1000),
        ("100m", Fraction(1, 10)),
        ("1.5Ti", 3 * 2**39),
        ("1e3", 1000),
        ("12E-1", Fraction(6, 5)),
        ("1E", 10**18),
        ("+5", 5),
        ("1.", 1),
        (".5", Fraction(1, 2)),
        ("3n", Fraction(3, 10**9)),
        ("-1", -1),
        ("2k", 2000),
    ],
)
def test_quantities_are_exact(text: str, amount: Fraction) -> None:
    assert exact(text) == amount


@pytest.mark.parametrize(
    "text", ["", ".", "1K", "1e", "Gi", "1e3.5", "1.5.2", "9999E", "1e400", "0.1n", "1 ", "1\n", "\u0663", "1_0"]
)
def test_no_quantities(text: str) -> None:
    with pytest.raises(ValueError, match="; got "):
        exact(text)


@pytest.mark.parametrize(("text", "offer"), [("100 GiB", "100Gi"), ("10GB", "10G"), ("10KB", "10k"), ("1K", "1k")])
def test_the_unit_that_was_meant_is_offered(text: str, offer: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {offer}\\?"):
        quantity(text)


def test_negative_quantities_are_refused() -> None:
    with pytest.raises(ValueError, match="is negative"):
        quantity("-1")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0", 0),
        ("1h30m", 5400 * 10**9),
        ("1.5h", 5400 * 10**9),
        ("500ms", 5 * 10**8),
        ("-30s", -30 * 10**9),
        ("1h1h", 7200 * 10**9),
    ],
)
def test_durations_of_go(text: str, length: int) -> None:
    assert nanoseconds(text) == length


@pytest.mark.parametrize("text", ["", "1", "1d", "h", "1h ", "--1s", "2562048h", "1h-30m"])
def test_no_durations_of_go(text: str) -> None:
    with pytest.raises(ValueError, match="; got "):
        nanoseconds(text)
