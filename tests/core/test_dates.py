from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.core.dates import (
    ONE_DAY,
    Period,
    PeriodError,
    add_months,
    month_start,
    months_between,
)

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 1500))))


def of(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def test_a_period_holds_its_start_and_not_its_end() -> None:
    may = Period.month(2026, 5)

    assert date(2026, 5, 1) in may
    assert date(2026, 5, 31) in may
    assert date(2026, 6, 1) not in may
    assert (may.last_day, may.days) == (date(2026, 5, 31), 31)


def test_empty_and_reversed_periods_are_refused() -> None:
    for end in ("2026-05-01", "2026-04-30"):
        with pytest.raises(PeriodError, match="must end after it starts"):
            of("2026-05-01", end)


def test_calendar_periods() -> None:
    assert Period.month(2024, 2) == of("2024-02-01", "2024-03-01")
    assert Period.month(2025, 12) == of("2025-12-01", "2026-01-01")
    assert Period.quarter(2026, 1) == of("2026-01-01", "2026-04-01")
    assert Period.quarter(2026, 4) == of("2026-10-01", "2027-01-01")
    assert Period.year(2026) == of("2026-01-01", "2027-01-01")


@pytest.mark.parametrize("quarter", [0, 5])
def test_there_are_four_quarters(quarter: int) -> None:
    with pytest.raises(PeriodError, match="A quarter is"):
        Period.quarter(2026, quarter)


def test_fiscal_year_is_named_after_the_year_it_ends_in() -> None:
    assert Period.fiscal_year(2026, 4) == of("2025-04-01", "2026-04-01")
    assert Period.fiscal_year(2026, 1) == Period.year(2026)
    assert Period.fiscal_year_of(date(2026, 3, 31), 4) == Period.fiscal_year(2026, 4)
    assert Period.fiscal_year_of(date(2026, 4, 1), 4) == Period.fiscal_year(2027, 4)
    assert Period.fiscal_year_of(date(2026, 12, 31), 1) == Period.year(2026)


@given(days, st.integers(1, 12))
def test_fiscal_year_of_a_day_holds_it(day: date, start_month: int) -> None:
    year = Period.fiscal_year_of(day, start_month)

    assert day in year
    assert year.start.month == start_month
    assert year.last_day.year == Period.fiscal_year(year.last_day.year, start_month).last_day.year


@pytest.mark.parametrize(
    ("as_of", "months", "start"),
    [
        ("2026-06-15", 12, "2025-06-16"),
        ("2026-06-30", 12, "2025-07-01"),
        ("2025-02-28", 12, "2024-03-01"),
        ("2024-02-28", 12, "2023-03-01"),
        ("2024-02-29", 12, "2023-03-01"),
        ("2024-03-30", 1, "2024-03-01"),
        ("2024-03-31", 1, "2024-03-01"),
        ("2026-01-31", 3, "2025-11-01"),
    ],
)
def test_rolling_months_include_the_day(as_of: str, months: int, start: str) -> None:
    day = date.fromisoformat(as_of)

    assert Period.rolling(day, months) == Period(date.fromisoformat(start), day + ONE_DAY)


def test_whole_months_end_with_the_last_complete_month() -> None:
    assert Period.whole_months(date(2026, 6, 15)) == of("2025-06-01", "2026-06-01")
    assert Period.whole_months(date(2026, 6, 30)) == of("2025-07-01", "2026-07-01")
    assert Period.whole_months(date(2026, 6, 29), 1) == Period.month(2026, 5)


@pytest.mark.parametrize(
    ("period", "previous"),
    [
        ("2026-03", "2026-02"),
        ("2026-Q1", "2025-Q4"),
        ("2024", "2023"),
        ("2025-06-16/2026-06-16", "2024-06-16/2025-06-16"),
        ("2026-03-10/2026-03-20", "2026-02-28/2026-03-10"),
        ("2026-01-15/2026-02-15", "2025-12-15/2026-01-15"),
    ],
)
def test_previous_comparable_period(period: str, previous: str) -> None:
    assert str(Period.parse(period).previous()) == previous


@pytest.mark.parametrize(
    ("period", "last_year"),
    [
        ("2025-02", "2024-02"),
        ("2024-02", "2023-02"),
        ("2024-02-29/2024-03-01", "2023-02-28/2023-03-01"),
        ("2024-02-01/2024-02-29", "2023-02"),
        ("2025-02-10/2025-03-01", "2024-02-10/2024-03-01"),
        ("2025-02-01/2025-02-28", "2024-02-01/2024-02-28"),
        ("2026-05-03/2026-05-10", "2025-05-03/2025-05-10"),
        ("2024", "2023"),
    ],
)
def test_same_period_last_year_survives_leap_days(period: str, last_year: str) -> None:
    assert str(Period.parse(period).same_period_last_year()) == last_year


@given(periods())
def test_previous_meets_this_one(period: Period) -> None:
    assert period.previous().end == period.start


@given(periods())
def test_same_period_last_year_differs_by_a_leap_day_at_most(period: Period) -> None:
    assert abs(period.same_period_last_year().days - period.days) <= 1


def test_months_touched() -> None:
    assert [str(month) for month in of("2025-12-31", "2026-03-01").months()] == [
        "2025-12",
        "2026-01",
        "2026-02",
    ]


@pytest.mark.parametrize(
    ("period", "parts"),
    [
        ("2026-01-10/2026-04-05", ["2026-01-10/2026-02-01", "2026-02-01/2026-04-01", "tail"]),
        ("2026-Q2", ["2026-Q2"]),
        ("2026-01-05/2026-01-20", ["2026-01-05/2026-01-20"]),
        ("2026-01-15/2026-02-10", ["2026-01-15/2026-02-01", "2026-02-01/2026-02-10"]),
        ("2026-01-01/2026-01-20", ["2026-01-01/2026-01-20"]),
    ],
)
def test_split_into_whole_months_and_edges(period: str, parts: list[str]) -> None:
    tail = "2026-04-01/2026-04-05"

    assert [str(part) for part in Period.parse(period).split().parts] == [
        tail if part == "tail" else part for part in parts
    ]


def test_split_names_its_edges() -> None:
    split = of("2026-01-10", "2026-04-05").split()

    assert split.edges == (split.head, split.tail)
    assert split.whole == of("2026-02-01", "2026-04-01")
    assert Period.month(2026, 5).split().edges == ()


@given(periods())
def test_the_parts_of_a_split_tile_the_period(period: Period) -> None:
    split = period.split()

    assert sum(part.days for part in split.parts) == period.days
    assert (split.parts[0].start, split.parts[-1].end) == (period.start, period.end)
    assert all(one.end == two.start for one, two in zip(split.parts, split.parts[1:], strict=False))
    assert split.whole is None or split.whole.is_whole_months
    assert all(not edge.is_whole_months and edge.days < 31 for edge in split.edges)


@given(periods())
def test_text_reads_back(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(st.integers(1, 9998), st.integers(1, 12))
def test_text_of_calendar_periods_is_short_and_reads_back(year: int, month: int) -> None:
    assert str(Period.month(year, month)) == f"{year:04}-{month:02}"
    assert Period.parse(f"{year:04}") == Period.year(year)
    assert str(Period.year(year)) == f"{year:04}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-05-01",
        "2026-05-01/2026-05-01",
        "2026-02-30/2026-03-01",
        "9999",
        "0000",
        "2026/2027/2028",
        "٢٠٢٦",
        "last year",
    ],
)
def test_text_that_is_no_period_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(PeriodError, match="Write a period as 2026, 2026-03"):
        Period.parse(text)


def test_periods_contain_overlap_and_intersect() -> None:
    year, june = Period.year(2026), Period.month(2026, 6)
    ragged = of("2026-06-20", "2026-07-05")

    assert year.contains(june)
    assert not june.contains(year)
    assert june.overlaps(ragged)
    assert june.intersection(ragged) == of("2026-06-20", "2026-07-01")
    assert not june.overlaps(Period.month(2026, 7))
    assert june.intersection(Period.month(2026, 7)) is None


def test_months_are_added_within_the_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months(date(2025, 12, 5), 1) == date(2026, 1, 5)


@given(days, st.integers(-600, 600))
def test_months_between_undoes_add_months(day: date, months: int) -> None:
    later = add_months(day, months)

    assert months_between(day, later) == months
    assert month_start(later).day == 1
    assert later.day <= day.day
