"""Payment terms: due dates, instalments, early discounts; golden values and properties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.core.exact import EXACT, exact_sum
from settlements.analytics.due_dates import (
    RANGES,
    DueDateError,
    EarlyDiscount,
    LineKind,
    Operation,
    OperationKind,
    Roll,
    TermLine,
    WorkingDays,
    check_lines,
    check_operations,
    cost_of_not_taking,
    due_date,
    schedule,
)
from settlements.analytics.instalments import Instalment
from settlements.analytics.working_days import CalendarError, roll_day

D = Decimal
EOM = Operation(OperationKind.END_OF_MONTH)


def days(count: int) -> Operation:
    return Operation(OperationKind.DAYS, count)


def months(count: int) -> Operation:
    return Operation(OperationKind.MONTHS, count)


def day_of_month(day: int) -> Operation:
    return Operation(OperationKind.DAY_OF_MONTH, day)


def weekday(day: int) -> Operation:
    return Operation(OperationKind.NEXT_WEEKDAY, day)


def roll(how: Roll) -> Operation:
    return Operation(OperationKind.BUSINESS_DAY, how)


SPRING = WorkingDays(
    holidays=frozenset(date(2025, 1, 28) + timedelta(days=n) for n in range(8)),
    working_weekends=frozenset({date(2025, 1, 26), date(2025, 2, 8)}),
)
"""The Spring Festival of 2025: off 28 January to 4 February, worked on two weekend days."""

# Dates


@pytest.mark.parametrize(
    ("base", "operations", "due"),
    [
        (date(2018, 11, 27), [EOM, days(45)], date(2019, 1, 14)),  # "45 EOM" as the supplier reads
        (date(2018, 11, 27), [days(45), EOM], date(2019, 1, 31)),  # and as the customer does
        (date(2026, 1, 31), [days(30)], date(2026, 3, 2)),
        (date(2026, 1, 31), [months(1)], date(2026, 2, 28)),
        (date(2024, 1, 31), [months(1)], date(2024, 2, 29)),
        (date(2026, 12, 15), [months(13)], date(2028, 1, 15)),
        (date(2026, 7, 31), [days(30)], date(2026, 8, 30)),  # monthly: the period's end and 30
        (date(2026, 7, 31), [days(60)], date(2026, 9, 29)),
        (date(2026, 2, 10), [day_of_month(31)], date(2026, 2, 28)),
        (date(2026, 2, 10), [day_of_month(10)], date(2026, 2, 10)),
        (date(2026, 1, 31), [day_of_month(30)], date(2026, 2, 28)),
        (date(2026, 12, 20), [day_of_month(5)], date(2027, 1, 5)),
        (date(2026, 11, 23), [weekday(0)], date(2026, 11, 23)),  # a Monday stays
        (date(2026, 11, 24), [weekday(0)], date(2026, 11, 30)),
        (date(2026, 11, 22), [], date(2026, 11, 22)),
        (date(2026, 11, 22), [days(0)], date(2026, 11, 22)),
        (
            date(2026, 5, 1),
            [days(30), roll(Roll.FOLLOWING)],
            date(2026, 6, 1),
        ),  # 31 May is a Sunday
        (date(2026, 5, 1), [days(30), roll(Roll.PRECEDING)], date(2026, 5, 29)),
        (date(2026, 5, 1), [days(30), roll(Roll.MODIFIED_FOLLOWING)], date(2026, 5, 29)),
        (date(2026, 5, 1), [days(29), roll(Roll.MODIFIED_FOLLOWING)], date(2026, 5, 29)),
        (date(2026, 5, 30), [roll(Roll.PRECEDING)], date(2026, 6, 1)),  # the base is a Saturday
        (date(2026, 5, 30), [roll(Roll.MODIFIED_FOLLOWING)], date(2026, 6, 1)),
        (date(2026, 5, 1), [days(15), roll(Roll.MODIFIED_FOLLOWING)], date(2026, 5, 18)),
    ],
)
def test_operations_apply_in_their_order(
    base: date, operations: list[Operation], due: date
) -> None:
    assert due_date(base, operations) == due


@pytest.mark.parametrize(
    ("day", "how", "found"),
    [
        (date(2025, 1, 26), Roll.FOLLOWING, date(2025, 1, 26)),  # a Sunday that is worked
        (date(2025, 1, 25), Roll.FOLLOWING, date(2025, 1, 26)),
        (date(2025, 1, 29), Roll.FOLLOWING, date(2025, 2, 5)),
        (date(2025, 1, 29), Roll.MODIFIED_FOLLOWING, date(2025, 1, 27)),
        (date(2025, 2, 1), Roll.PRECEDING, date(2025, 1, 27)),
        (date(2025, 2, 1), Roll.MODIFIED_FOLLOWING, date(2025, 2, 5)),
        (date(2025, 2, 9), Roll.PRECEDING, date(2025, 2, 8)),
    ],
)
def test_the_calendar_knows_holidays_and_worked_weekends(day: date, how: Roll, found: date) -> None:
    assert roll_day(day, how, SPRING) == found


def test_a_month_without_work_is_left_and_a_year_without_work_is_refused() -> None:
    february = frozenset(date(2025, 2, 1) + timedelta(days=n) for n in range(28))
    idle = WorkingDays(holidays=february)
    assert roll_day(date(2025, 2, 10), Roll.MODIFIED_FOLLOWING, idle) == date(2025, 3, 3)
    never = WorkingDays(weekend=frozenset(range(7)))
    with pytest.raises(CalendarError) as refused:
        due_date(date(2026, 1, 1), [roll(Roll.FOLLOWING)], never)
    assert (refused.value.code, refused.value.params["day"]) == ("no_working_day", date(2026, 1, 1))
    both = WorkingDays(frozenset({date(2026, 1, 3)}), frozenset({date(2026, 1, 3)}))
    assert not both.is_working(date(2026, 1, 3))


def test_without_its_base_event_a_term_has_no_due_date() -> None:
    assert due_date(None, [days(30)]) is None
    lines = [TermLine(LineKind.PERCENT_OF_TOTAL, D(30)), TermLine(LineKind.REMAINDER)]
    assert schedule(D(10), None, lines, places=2) == [Instalment(D(3)), Instalment(D(7))]
    assert EarlyDiscount(D(2), 10).discount_date(None) is None


def test_operations_with_values_that_are_none_are_refused() -> None:
    wrong = [
        Operation(OperationKind.DAYS),
        Operation(OperationKind.DAYS, Roll.FOLLOWING),
        Operation(OperationKind.DAYS, True),
        Operation(OperationKind.BUSINESS_DAY, 1),
        Operation(OperationKind.END_OF_MONTH, 1),
        days(-1),
        months(121),
        day_of_month(32),
        weekday(7),
    ]
    found = check_operations(wrong, row=2)
    assert [one.code for one in found] == ["operation_value"] * 5 + ["operation_range"] * 4
    assert [one.params["place"] for one in found] == list(range(9))
    assert {one.row for one in found} == {2}
    assert (found[-1].params["lowest"], found[-1].params["highest"]) == (0, 6)
    with pytest.raises(DueDateError) as refused:
        due_date(None, [days(-1)])
    assert refused.value.code == "operation_range"


@pytest.mark.parametrize(
    "operations", [[days(3660)], [months(1)], [day_of_month(1)], [roll(Roll.FOLLOWING)]]
)
def test_a_date_that_cannot_be_written_is_refused(operations: list[Operation]) -> None:
    idle = WorkingDays(holidays=frozenset({date.max}))
    with pytest.raises(DueDateError) as refused:
        due_date(date.max, operations, idle)
    assert refused.value.code == "out_of_range"


dates = st.dates(date(1990, 1, 1), date(2150, 12, 31))
numbered = st.one_of(
    [
        st.builds(Operation, st.just(kind), st.integers(low, min(high, 400)))
        for kind, (low, high) in RANGES.items()
    ]
)
any_operation = st.one_of(numbered, st.just(EOM), st.sampled_from([roll(how) for how in Roll]))
terms = st.lists(any_operation, max_size=5)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[date, WorkingDays]:
    """A base date and a calendar with days off and worked weekends around it."""
    base = draw(dates)
    near = st.frozensets(st.integers(-40, 120).map(lambda n: base + timedelta(days=n)), max_size=40)
    return base, WorkingDays(draw(near), draw(near))


@given(calendars(), terms)
def test_due_is_never_before_base(
    given_days: tuple[date, WorkingDays], term: list[Operation]
) -> None:
    base, calendar = given_days
    due = due_date(base, term, calendar)
    assert due is not None
    assert due >= base


@given(calendars(), terms, terms, st.integers(0, 90), st.integers(0, 90))
def test_more_days_are_never_due_earlier(
    given_days: tuple[date, WorkingDays],
    before: list[Operation],
    after: list[Operation],
    fewer: int,
    extra: int,
) -> None:
    base, calendar = given_days
    early = due_date(base, [*before, days(fewer), *after], calendar)
    late = due_date(base, [*before, days(fewer + extra), *after], calendar)
    assert early is not None
    assert late is not None
    assert early <= late


@given(calendars(), st.integers(0, 60), st.sampled_from(Roll))
def test_rolling_twice_is_rolling_once(
    given_days: tuple[date, WorkingDays], distance: int, how: Roll
) -> None:
    base, calendar = given_days
    once = roll_day(base + timedelta(days=distance), how, calendar, floor=base)
    assert calendar.is_working(once)
    assert roll_day(once, how, calendar, floor=base) == once


# Instalments

THIRDS = [
    TermLine(LineKind.FIXED, D("100"), (days(0),)),
    TermLine(LineKind.PERCENT_OF_TOTAL, D("33.3333"), (days(30),)),
    TermLine(LineKind.PERCENT_OF_REMAINDER, D("50"), (days(60),)),
    TermLine(LineKind.REMAINDER, None, (months(3),)),
]


@pytest.mark.parametrize(
    ("total", "places", "amounts"),
    [
        ("1000.01", 2, ["100", "333.34", "283.34", "283.33"]),  # 333.3363, then half of 566.67
        ("-1000.01", 2, ["-100", "-333.34", "-283.34", "-283.33"]),
        ("1001", 0, ["100", "334", "284", "283"]),
        ("120", 2, ["100", "20"]),  # 33.3333 % would be 40; no line takes what is not left
        ("60", 2, ["60"]),
        ("0", 2, []),
        ("1000.001", 3, ["100", "333.333", "283.334", "283.334"]),
    ],
)
def test_a_schedule_rounds_each_line_and_leaves_the_rest(
    total: str, places: int, amounts: list[str]
) -> None:
    base = date(2026, 1, 31)
    due = [base, date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 30)]
    expected = [Instalment(D(part), day) for part, day in zip(amounts, due, strict=False)]
    assert schedule(D(total), base, THIRDS, places=places) == expected


def test_everything_that_is_wrong_with_lines_is_said_at_once() -> None:
    def found(*lines: TermLine) -> list[tuple[str, int | None]]:
        return [(one.code, one.row) for one in check_lines(lines)]

    rest = TermLine(LineKind.REMAINDER)
    assert found() == [("no_lines", None)]
    assert found(rest) == []
    assert found(*THIRDS) == []
    assert found(
        TermLine(LineKind.FIXED),
        TermLine(LineKind.FIXED, D("NaN")),
        TermLine(LineKind.PERCENT_OF_TOTAL, D("NaN")),
        TermLine(LineKind.FIXED, D(0)),
        TermLine(LineKind.PERCENT_OF_REMAINDER, D("100.01")),
        TermLine(LineKind.REMAINDER, D(1), (days(-1),)),
        TermLine(LineKind.PERCENT_OF_TOTAL, D(60)),
        TermLine(LineKind.PERCENT_OF_TOTAL, D(41)),
    ) == [
        ("value_missing", 0),
        ("value_missing", 1),
        ("value_missing", 2),
        ("value_not_positive", 3),
        ("percent_above_100", 4),
        ("remainder_not_last", 5),
        ("remainder_value", 5),
        ("operation_range", 5),
        ("last_not_remainder", 7),
        ("percents_above_100", None),
    ]


@pytest.mark.parametrize(
    ("total", "lines", "code"),
    [
        ("10", [], "no_lines"),
        ("10", THIRDS[:2], "last_not_remainder"),
        ("10.001", THIRDS, "too_many_decimals"),
        ("NaN", THIRDS, "not_a_number"),
        ("-Infinity", THIRDS, "not_a_number"),
        ("10", [TermLine(LineKind.FIXED, D("0.001")), THIRDS[-1]], "too_many_decimals"),
    ],
)
def test_a_schedule_refuses_what_it_cannot_divide(
    total: str, lines: Sequence[TermLine], code: str
) -> None:
    with pytest.raises(DueDateError) as refused:
        schedule(D(total), date(2026, 1, 1), lines, places=2)
    assert refused.value.code == code


percents = st.decimals("0.01", 33, places=2)
some_lines = st.lists(
    st.one_of(
        st.builds(TermLine, st.just(LineKind.FIXED), st.decimals(1, 5000, places=0)),
        st.builds(TermLine, st.just(LineKind.PERCENT_OF_TOTAL), percents),
        st.builds(TermLine, st.just(LineKind.PERCENT_OF_REMAINDER), percents),
    ),
    max_size=3,
)


@given(
    st.integers(-(10**40), 10**40),
    st.sampled_from([0, 2, 3]),
    some_lines,
    dates,
    st.integers(0, 90),
)
def test_instalments_sum_to_the_total(
    units: int, places: int, lines: list[TermLine], base: date, wait: int
) -> None:
    total = D(units).scaleb(-places, context=EXACT)
    term = [*lines, TermLine(LineKind.REMAINDER, None, (days(wait),))]
    parts = schedule(total, base, term, places=places)
    assert exact_sum(part.amount for part in parts) == total
    assert all((part.amount > 0) == (total > 0) and part.amount for part in parts)
    assert all(part.due_date is not None and part.due_date >= base for part in parts)


@given(st.integers(1, 10**12), st.lists(percents, min_size=1, max_size=3))
def test_a_percentage_is_within_half_a_unit_of_its_exact_share(units: int, shares: list[D]) -> None:
    total = D(units).scaleb(-2)
    lines = [TermLine(LineKind.PERCENT_OF_TOTAL, share) for share in shares]
    parts = schedule(total, None, [*lines, TermLine(LineKind.REMAINDER)], places=2)
    if len(parts) == len(shares) + 1:
        for share, part in zip(shares, parts, strict=False):
            assert abs(part.amount - total * share / 100) <= D("0.005")


# Early discount


def test_two_ten_net_thirty() -> None:
    discount = EarlyDiscount(D(2), 10)
    assert discount.discount_date(date(2026, 1, 31)) == date(2026, 2, 10)
    assert discount.discount_date(date(2026, 1, 31), due=date(2026, 2, 5)) == date(2026, 2, 5)
    assert discount.discount_amount(D("1234.25"), 2) == D("24.69")  # 24.685
    assert discount.discount_amount(D("-1234.25"), 2) == D("-24.69")
    assert discount.discount_amount(D("1234"), 0) == D(25)
    assert cost_of_not_taking(D(2), 10, 30) == (D("37.24"), D("44.59"))


@given(st.decimals("0.01", 90, places=2), st.integers(0, 60), st.integers(1, 300))
def test_compounding_makes_waiting_dearer_up_to_a_year(percent: D, early: int, extra: int) -> None:
    cost = cost_of_not_taking(percent, early, early + extra)
    assert cost.simple > 0
    assert cost.effective >= cost.simple


@pytest.mark.parametrize(
    ("percent", "early", "net", "code"),
    [
        ("2", 30, 30, "net_before_discount"),
        ("0", 10, 30, "discount_percent"),
        ("90.1", 10, 30, "discount_percent"),
        ("NaN", 10, 30, "discount_percent"),
        ("2", -1, 30, "discount_days"),
    ],
)
def test_a_discount_that_is_none_is_refused(percent: str, early: int, net: int, code: str) -> None:
    with pytest.raises(DueDateError) as refused:
        cost_of_not_taking(D(percent), early, net)
    assert refused.value.code == code
