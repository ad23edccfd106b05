"""Forms of single values."""

from __future__ import annotations

import pytest

from eks_blueprints.core.leaves import cidr, cidr4, overlap, policy_arn, tags, within


@pytest.mark.parametrize("text", ["10.0.0.0/16", "0.0.0.0/0", "::/0", "2001:db8::/32"])
def test_address_ranges_are_taken(text: str) -> None:
    assert cidr(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10.0.0.1/16", "did you mean 10.0.0.0/16"),
        ("10.0.0.1", "write 10.0.0.1/32"),
        ("10.0.0.0/255.255.0.0", "write 10.0.0.0/16"),
        ("10.0.0.0/33", "is not a valid address range"),
        ("10.0.0/16", "is not a valid address range"),
        ("", "is not a valid address range"),
        ("ten", "is not a valid address range"),
    ],
)
def test_what_is_no_range_is_refused_with_what_to_write(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        cidr(text)


def test_ipv6_is_refused_where_ipv4_is_needed() -> None:
    with pytest.raises(ValueError, match="needs IPv4"):
        cidr4("2001:db8::/32")


def test_ranges_of_two_families_never_overlap() -> None:
    assert not overlap("0.0.0.0/0", "::/0")
    assert not within("::/0", ["0.0.0.0/0"])


def test_an_aws_managed_policy_is_a_policy() -> None:
    assert policy_arn("arn:aws:iam::aws:policy/PowerUserAccess")


def test_tags_are_counted() -> None:
    with pytest.raises(ValueError, match="at most 50 tags; got 51"):
        tags({f"k{n}": "" for n in range(51)})
