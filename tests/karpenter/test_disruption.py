"""Disruption budgets: the worked example of work hours, and Karpenter's own arithmetic."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from eks_blueprints.karpenter.disruption import Budget, Disruption, Reason, allowed_disruptions

from .words import one, pool, refused

# DC-04 to DC-07: nothing but empty nodes in work hours, a tenth of the rest at other times.
BUDGETS = (
    Budget(nodes="0", schedule="0 9 * * mon-fri", duration="8h", reasons=("Drifted", "Underutilized")),
    Budget(nodes="100%", reasons=("Empty",)),
    Budget(nodes="10%", reasons=("Drifted", "Underutilized")),
)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("moment", "reason", "expected"),
    [
        (at(12), "Drifted", 0),
        (at(12), "Underutilized", 0),
        (at(12), "Empty", 25),
        (at(8, 59), "Drifted", 3),
        (at(9), "Drifted", 0),
        (at(16, 59), "Drifted", 0),
        (at(17), "Drifted", 3),
        (at(3), "Empty", 25),
        (at(12, day=4), "Drifted", 0),
        (at(12, day=5), "Drifted", 3),
        (at(12, day=6), "Underutilized", 3),
    ],
)
def test_budgets_of_work_hours(moment: datetime, reason: Reason, expected: int) -> None:
    assert allowed_disruptions(BUDGETS, 25, reason, moment) == expected


def test_a_share_is_rounded_up() -> None:
    assert [Budget(nodes="10%").most(n) for n in (0, 1, 10, 11, 25)] == [0, 1, 1, 2, 3]


def test_the_time_zone_of_the_question_is_taken_into_account() -> None:
    berlin = timezone(timedelta(hours=1))
    assert BUDGETS[0].active_at(datetime(2026, 1, 5, 10, tzinfo=berlin))
    assert not BUDGETS[0].active_at(datetime(2026, 1, 5, 9, 59, tzinfo=berlin))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        BUDGETS[0].active_at(datetime(2026, 1, 5, 10))  # noqa: DTZ001


def test_without_budgets_a_tenth_may_go() -> None:
    assert pool().allowed_disruptions(25, "Drifted", MONDAY) == 3
    assert pool(disruption={}).allowed_disruptions(25, "Drifted", MONDAY) == 3


def test_an_empty_list_of_budgets_limits_nothing() -> None:
    assert pool(disruption={"budgets": []}).allowed_disruptions(25, "Drifted", MONDAY) == 25


def test_never_more_than_there_are() -> None:
    assert allowed_disruptions([Budget(nodes="50")], 4, "Empty", MONDAY) == 4


@pytest.mark.parametrize("nodes", ["0", "5", "1000", "0%", "100%", "00%", "7%"])
def test_numbers_of_nodes(nodes: str) -> None:
    assert not refused(Budget, nodes=nodes)


@pytest.mark.parametrize("nodes", ["101%", "-1", "10.5%", "010%", "all", "", "2147483648", "5\n", "\u0665", 5])
def test_no_numbers_of_nodes(nodes: object) -> None:
    assert one(Budget, nodes=nodes).startswith("nodes: ")


@pytest.mark.parametrize("duration", ["8h", "90m", "1h30m", "8h0m0s", "90m0s"])
def test_windows(duration: str) -> None:
    assert not refused(Budget, schedule="@daily", duration=duration)


@pytest.mark.parametrize(
    "duration", ["30s", "1d", "1h30m30s", "30m1h", "0h", "0h0m0s", "9999999h", "", "8h\n", "Never"]
)
def test_no_windows(duration: str) -> None:
    assert one(Budget, schedule="@daily", duration=duration).startswith("duration: ")


def test_schedule_and_duration_belong_together() -> None:
    assert "write how long it lasts" in one(Budget, schedule="@daily")
    assert "write when it starts" in one(Budget, duration="8h")


def test_reasons() -> None:
    assert not refused(Budget, reasons=["Empty", "Drifted"])
    assert "needs at least one entry" in one(Budget, reasons=[])
    assert "names a reason twice" in one(Budget, reasons=["Empty", "Empty"])
    assert one(Budget, reasons=["Expired"]).startswith("reasons[0]: is not one of the allowed values")


@pytest.mark.parametrize("after", ["0s", "90m", "1h30m", "720h", "Never"])
def test_times_to_wait(after: str) -> None:
    assert not refused(Disruption, consolidate_after=after)


@pytest.mark.parametrize("after", ["1d", "1.5h", "100ms", "-1s", "never", "30", "", "30s\n", 30])
def test_no_times_to_wait(after: object) -> None:
    assert one(Disruption, consolidate_after=after).startswith("consolidate_after: ")


def test_days_are_offered_as_hours() -> None:
    assert one(Disruption, consolidate_after="30d").endswith("write 720h")
    assert one(Disruption, consolidate_after="2w").endswith("write 336h")


def test_policies_and_number_of_budgets() -> None:
    assert not refused(Disruption, consolidation_policy="Balanced", budgets=[{}] * 50)
    assert "at most 50" in one(Disruption, budgets=[{}] * 51)
    assert "is not one of" in one(Disruption, consolidation_policy="WhenUnderutilized")
