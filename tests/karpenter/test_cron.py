"""Schedules: what Karpenter's parser takes, and when they come. The expectations were compared with robfig/cron."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from eks_blueprints.karpenter import cron


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match="; got ") as error:
        cron.schedule(text)
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        *("@daily", "@weekly", "@hourly", "@yearly", "@annually", "@monthly", "@midnight", "0 9 * * mon-fri"),
        *("*/15 * * * *", "0 9 * * MON,Wed,5", "1,,2 * * * *", "5/10 3 ? * ?", "0  9\t* * *", " 0 9 * * * "),
        *("+3 07 * jan-mar 0", "*-5 * * * *", "0 0 29 2 *", "0 0 29 feb mon"),
    ],
)
def test_schedules(text: str) -> None:
    assert cron.schedule(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@dailyjunk", "did you mean @daily?"),
        ("@every 1h", "is not a macro"),
        ("@Daily", "did you mean @daily?"),
        ("99 99 * * *", "use 0 to 59"),
        ("a b c d e", "is not a valid minute"),
        ("0 9 * * * *", "needs five fields; got 6"),
        ("0 9 * *", "needs five fields; got 4"),
        ("daily", "needs five fields; got 1"),
        ("0 9 * * 7", "Sunday is 0 or sun"),
        ("0 9 * * fri-mon", "the smaller first"),
        ("CRON_TZ=Europe/Berlin 0 9 * * *", "count in UTC"),
        ("TZ=UTC 0 9 * * *", "count in UTC"),
        ("0 0 31 2 *", "never occurs"),
        ("0 0 31 apr,jun,sep,nov *", "never occurs"),
        (", * * * *", "has no minute"),
        ("*/0 * * * *", "steps from 1"),
        ("1-2-3 * * * *", "is not a valid minute"),
        ("1/2/3 * * * *", "is not a valid minute"),
        ("-1 * * * *", "is not a valid minute"),
        ("0 24 * * *", "use 0 to 23"),
        ("0 0 0 * *", "use 1 to 31"),
        ("0 0 * 13 *", "use 1 to 12"),
        ("\u0660 9 * * *", "is not a valid schedule"),
        ("0 9 * * *\n", "is not a valid schedule"),
        ("", "is not a valid schedule"),
    ],
)
def test_no_schedules(text: str, why: str) -> None:
    assert why in refusal(text)


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("0 9 * * mon-fri", "2026-01-02T09:00:00", "2026-01-05T09:00:00"),
        ("0 9 * * mon-fri", "2026-01-02T08:59:59.5", "2026-01-02T09:00:00"),
        ("@hourly", "2026-12-31T23:00:00", "2027-01-01T00:00:00"),
        ("@weekly", "2026-01-05T00:00:00", "2026-01-11T00:00:00"),
        ("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 13 * fri", "2026-01-01T00:00:00", "2026-01-02T00:00:00"),
        ("0 0 13 * *", "2026-01-01T00:00:00", "2026-01-13T00:00:00"),
        ("0 0 */2 * fri", "2026-01-01T00:00:00", "2026-01-02T00:00:00"),
        ("5/20 3 * * *", "2026-01-01T03:05:00", "2026-01-01T03:25:00"),
        ("30 4 1 12 ?", "2026-12-01T04:30:00", "2027-12-01T04:30:00"),
    ],
)
def test_when_they_come(text: str, after: str, expected: str) -> None:
    found = cron.parse(text).next(datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_what_does_not_come_within_five_years() -> None:
    assert cron.parse("0 0 29 2 *").next(datetime(2096, 3, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        # Clocks in New York were set back at 2:00 on 4 November 2012, and forward at 2:00 on 11 March.
        ("0 1 * * *", "2012-11-04T04:00:00", ["2012-11-04T01:00:00-04:00", "2012-11-04T01:00:00-05:00"]),
        ("*/30 * * * *", "2012-11-04T05:10:00", ["2012-11-04T01:30:00-04:00", "2012-11-04T01:00:00-05:00"]),
        ("30 2 * * *", "2012-03-10T08:00:00", ["2012-03-12T02:30:00-04:00", "2012-03-13T02:30:00-04:00"]),
        ("0 0 31 2 *", "2012-03-10T08:00:00", []),
    ],
)
def test_the_next_runs_in_a_time_zone(text: str, after: str, expected: list[str]) -> None:
    found = cron.parse(text).runs(datetime.fromisoformat(after).replace(tzinfo=UTC), ZoneInfo("America/New_York"), 2)
    assert [each.isoformat() for each in found] == expected
