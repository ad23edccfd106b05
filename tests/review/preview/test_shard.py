"""Which stacks are whose: each is in one shard, shards are even, and a new stack moves few others."""

from __future__ import annotations

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.shard import MOST, Shard, shares


@pytest.mark.parametrize("total", [1, 2, 3, 7, MOST])
@pytest.mark.parametrize("number", [0, 1, 2, 5, 40])
def test_every_stack_is_in_one_shard_and_shards_are_even(number: int, total: int) -> None:
    names = [f"team-{each}" for each in range(number)]
    parts = [Shard(index, total).of(names) for index in range(1, total + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_the_order_of_the_names_changes_nothing() -> None:
    names = [f"shop-{each}" for each in range(30)]
    assert shares(names[::-1], 4) == shares(names, 4)
    assert shares([*names[15:], *names[:15]], 4) == shares(names, 4)


def test_the_share_of_a_stack_is_the_same_on_every_machine_and_in_every_release() -> None:
    assert shares(["dev", "prod", "eu", "us"], 2) == {"prod": 1, "eu": 1, "dev": 2, "us": 2}


def test_a_new_stack_moves_few_others() -> None:
    moved = []
    for number in range(1, 60):
        names = [f"shop-{each}" for each in range(number)]
        before, after = shares(names, 4), shares([*names, "added"], 4)
        moved.append(sum(before[name] != after[name] for name in names))
    assert max(moved) <= 3
    assert sum(moved) < 1.2 * len(moved)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0/4", "has shards from 1 to 4; got 0/4"),
        ("5/4", "has shards from 1 to 4; got 5/4"),
        ("a/b", 'needs a shard and how many there are; got "a/b"; write 1/4'),
        ("", "needs a shard and how many there are"),
        ("1", "needs a shard and how many there are"),
        ("-1/4", "needs a shard and how many there are"),
        ("1/2/3", "needs a shard and how many there are"),
        ("1/0", "needs 1 to 256 shards; got 1/0"),
        ("1/257", "needs 1 to 256 shards; got 1/257"),
        ("\u0661/\u0664", "needs a shard and how many there are"),
    ],
)
def test_what_is_no_shard_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        Shard.parse(text)
    assert f"--shard: {said}" in str(error.value)


def test_spaces_mean_nothing() -> None:
    assert Shard.parse(" 2 / 4 ") == Shard(2, 4)
