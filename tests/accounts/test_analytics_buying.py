from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.buying import Lapsed, Rhythm, lapse_windows, lapsed, rhythm, seasonality
from kam.core.dates import Period

DAY = date(2026, 6, 30)


def test_season_index_is_the_month_over_the_average_month() -> None:
    monthly = {date(2025, month, 1): Decimal(100) for month in range(1, 13)}
    monthly[date(2025, 12, 1)] = Decimal(1300)  # the year sums to 2,400: 200 a month

    index = seasonality(monthly, Period.year(2025))

    assert index[12] == Decimal("6.5")
    assert {index[month] for month in range(1, 12)} == {Decimal("0.5")}


def test_only_whole_years_weigh_in() -> None:
    monthly = {date(2024, 11, 1): Decimal(9999), date(2025, 3, 1): Decimal(12)}

    index = seasonality(monthly, Period(date(2024, 11, 1), date(2026, 1, 1)))

    assert index[3] == Decimal(12)
    assert index[11] == Decimal(0)


def test_season_needs_a_year_and_revenue() -> None:
    monthly = {date(2025, 3, 1): Decimal(12)}
    nothing = dict.fromkeys(range(1, 13))

    assert seasonality(monthly, Period(date(2025, 1, 2), date(2026, 1, 1))) == nothing
    assert seasonality({}, Period.year(2025)) == nothing
    assert seasonality({date(2025, 3, 1): Decimal(-1)}, Period.year(2025)) == nothing


@given(st.lists(st.decimals("0.01", 10_000, places=2), min_size=24, max_size=24))
def test_the_twelve_indices_average_one(values: list[Decimal]) -> None:
    period = Period(date(2024, 1, 1), date(2026, 1, 1))
    monthly = {month.start: value for month, value in zip(period.months(), values, strict=True)}

    index = seasonality(monthly, period).values()

    assert abs(sum((value or Decimal(0) for value in index), Decimal(-12))) <= Decimal("0.000006")


def test_rhythm_counts_days_not_orders_and_sees_no_future() -> None:
    days = [date(2026, 6, day) for day in (1, 1, 8, 16)] + [date(2026, 7, 1)]

    assert rhythm(days, as_of=DAY) == Rhythm(
        order_days=3,
        first_on=date(2026, 6, 1),
        last_on=date(2026, 6, 16),
        recency_days=14,
        median_gap_days=Decimal("7.5"),
        orders_per_month=Decimal("3.0438"),  # 3 order days in 30 days of 30.4375
        lateness=Decimal("1.8667"),
    )


def test_rhythm_of_one_order_or_none() -> None:
    one = rhythm([DAY], as_of=DAY)

    assert (one.order_days, one.recency_days) == (1, 0)
    assert (one.median_gap_days, one.orders_per_month, one.lateness) == (None, None, None)
    assert rhythm([DAY + timedelta(days=1)], as_of=DAY) == Rhythm(0, *[None] * 6)


def test_median_gap_ignores_one_long_pause() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 15), date(2026, 6, 30)]

    assert rhythm(days, as_of=DAY).median_gap_days == Decimal("7.0")


def test_lapse_windows_meet() -> None:
    windows = lapse_windows(DAY, 3)

    assert windows.quiet == Period(date(2026, 4, 1), date(2026, 7, 1))
    assert windows.before == Period(date(2025, 4, 1), date(2026, 4, 1))


def test_lapsed_categories_are_those_bought_before_and_silent_since() -> None:
    purchases = [
        ("tea", date(2025, 4, 1), Decimal(40)),
        ("tea", date(2026, 3, 31), Decimal(-10)),
        ("jam", date(2026, 3, 31), Decimal(90)),
        ("jam", date(2026, 5, 2), Decimal(-90)),  # a late credit note is not a purchase
        ("oil", date(2026, 1, 5), Decimal(500)),
        ("oil", date(2026, 6, 30), Decimal(1)),  # still bought
        ("rice", date(2025, 3, 31), Decimal(70)),  # too long ago
        ("salt", date(2025, 9, 9), Decimal(5)),
        ("salt", date(2025, 9, 10), Decimal(-5)),  # given back: nothing at stake
        ("nuts", date(2026, 7, 1), Decimal(8)),  # after the day
    ]

    assert lapsed(purchases, lapse_windows(DAY, 3)) == [
        Lapsed("jam", Decimal(90), date(2026, 3, 31)),
        Lapsed("tea", Decimal(30), date(2025, 4, 1)),
    ]


@given(st.permutations(range(6)))
def test_lapsed_does_not_depend_on_order(order: list[int]) -> None:
    rows = [(key, date(2026, 1, 1 + key), Decimal(key % 3 + 1)) for key in range(6)]

    found = lapsed([rows[index] for index in order], lapse_windows(DAY, 3))

    assert [one.key for one in found] == [2, 5, 1, 4, 0, 3]
