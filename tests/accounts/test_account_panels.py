"""Figures of the account page against plain Python: by month, category, rhythm, target."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account, ParentLink, RevenueEntry
from accounts.selectors import revenue
from accounts.selectors.accounts import windows
from accounts.views import yearly
from kam.core.dates import Period
from kam.core.models import Organisation
from tests.accounts.naive_tree import LAST, NaiveTree, day, number_of, period, rolled_back
from tests.conftest import People, client_of
from tests.factories.accounts import (
    make_account,
    make_batch,
    make_category,
    make_entry,
    make_target,
)
from tests.factories.core import make_rate

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 15)
SIZE = 4

links = st.tuples(
    st.integers(0, SIZE - 1),
    st.integers(0, SIZE - 1),
    st.none() | st.integers(0, LAST - 1),
    st.none() | st.integers(1, LAST),
)
sales = st.tuples(
    st.integers(0, SIZE - 1), st.integers(0, 760), st.integers(-50, 100), st.booleans()
)


@settings(max_examples=40, deadline=None)
@given(wanted=st.lists(links, max_size=6), sold=st.lists(sales, max_size=15))
def test_months_and_rows_of_an_account_are_those_of_plain_python(
    wanted: list[tuple[int, int, int | None, int | None]],
    sold: list[tuple[int, int, int, bool]],
) -> None:
    with rolled_back():
        nodes, batch = [make_account() for _ in range(SIZE)], make_batch()
        tree = _plant(nodes, wanted)
        entries = [
            (
                number,
                make_entry(
                    account=nodes[number],
                    booked_on=day(0) + timedelta(offset),
                    amount=amount,
                    rate="1" if has_rate else None,
                    batch=batch,
                ),
            )
            for number, offset, amount, has_rate in sold
        ]
        whole = Period(date(2024, 11, 1), date(2027, 1, 1))

        for index, node in enumerate(nodes):
            below = [
                entry
                for number, entry in entries
                if index in tree.path(number, number_of(entry.booked_on))
            ]
            months: dict[date, list[Any]] = defaultdict(lambda: [Decimal(0), 0, 0])
            for entry in below:
                month = months[entry.booked_on.replace(day=1)]
                month[0] += entry.base_amount or 0
                month[1] += 1
                month[2] += entry.base_amount is None

            found = revenue.by_month(node.pk, whole)
            assert {f.month: [f.amount, f.entries, f.unconverted] for f in found} == months
            rows = revenue.within(RevenueEntry.objects.all(), node.pk)
            assert set(rows) == set(below)
            groups = [
                entry
                for number, entry in entries
                if tree.path(number, number_of(entry.booked_on))[0] == index
            ]
            assert set(revenue.of_group(RevenueEntry.objects.all(), node.pk)) == set(groups)


def _plant(
    nodes: list[Account], wanted: list[tuple[int, int, int | None, int | None]]
) -> NaiveTree:
    tree = NaiveTree(SIZE)
    for child, parent, lower, upper in wanted:
        if lower is not None and upper is not None and upper <= lower:
            continue
        if child == parent or tree.overlaps(child, lower, upper):
            continue
        if tree.closes_a_circle(child, parent, lower, upper):
            continue
        tree.put(child, parent, lower, upper)
        ParentLink.objects.create(
            account=nodes[child], parent=nodes[parent], valid=period(lower, upper)
        )
    return tree


def test_categories_compare_two_years_and_flag_what_fell_silent() -> None:
    account = make_account()
    store = make_account(parent=account)
    dairy, fish, berries = (make_category(name=name) for name in ("Dairy", "Fish", "Berries"))
    span = windows(AS_OF)
    assert span.latest == Period(date(2025, 6, 1), date(2026, 6, 1))
    sold: list[tuple[Any, date, int]] = [
        (dairy, date(2026, 5, 31), 150),
        (dairy, date(2025, 5, 31), 100),
        (fish, date(2026, 2, 28), 40),
        (fish, date(2026, 3, 1), -5),
        (berries, date(2026, 2, 1), 30),
        (berries, date(2026, 6, 2), 9),
        (None, date(2025, 7, 1), 8),
    ]
    for category, day_, amount in sold:
        make_entry(account=store, category=category, booked_on=day_, amount=amount)
    make_entry(account=store, category=fish, booked_on=date(2026, 1, 1), amount=1, rate=None)

    found = revenue.by_category(account.pk, as_of=AS_OF)

    assert [
        (f.category, f.latest, f.before, f.change, f.last_on, f.unconverted, f.is_lapsed)
        for f in found
    ] == [
        (dairy, 150, 100, Decimal("0.5"), date(2026, 5, 31), 0, False),
        (fish, 35, 0, None, date(2026, 2, 28), 1, True),
        (berries, 30, 0, None, date(2026, 6, 2), 0, False),
        (None, 8, 0, None, date(2025, 7, 1), 0, True),
    ]
    assert [(f.returned, f.returned_share, f.is_new) for f in found] == [
        (0, 0, False),
        (5, Decimal("0.125"), True),
        (0, 0, True),
        (0, 0, True),
    ]


def test_order_days_are_days_with_a_positive_entry() -> None:
    account = make_account()
    for day_, amount in (
        (date(2026, 6, 1), 5),
        (date(2026, 6, 1), 6),
        (date(2026, 6, 8), 5),
        (date(2026, 6, 12), -5),
        (date(2026, 6, 16), 5),
        (date(2024, 6, 15), 5),
    ):
        make_entry(account=account, booked_on=day_, amount=amount)

    rhythm = revenue.order_rhythm(account.pk, as_of=AS_OF)

    assert (rhythm.order_days, rhythm.first_on, rhythm.last_on, rhythm.recency_days) == (
        2,
        date(2026, 6, 1),
        date(2026, 6, 8),
        7,
    )
    assert rhythm.median_gap_days == 7


def test_a_year_is_held_against_the_same_months_and_the_target() -> None:
    account = make_account()
    organisation = Organisation.objects.get(pk=1)
    for day_, amount in (
        (date(2026, 1, 10), 110),
        (date(2026, 5, 31), 110),
        (date(2026, 6, 1), 999),
        (date(2025, 1, 10), 100),
        (date(2025, 5, 31), 100),
        (date(2025, 12, 1), 500),
    ):
        make_entry(account=account, booked_on=day_, amount=amount)
    for month in range(1, 7):
        make_target(account=account, month=date(2026, month, 1), amount=50)

    year = yearly.read_year(account, Period.year(2026), organisation, AS_OF)

    assert (year.complete, year.running) == (5, 999)
    assert year.now == [110, 0, 0, 0, 110, *[None] * 7]
    assert (year.so_far, year.before_so_far, year.change) == (220, 200, Decimal("0.1"))
    assert (year.target_so_far, year.of_target) == (250, Decimal("0.88"))
    assert yearly.finding(year) == "220 EUR, Jan 2026 – May 2026: 10.0% above last year"


def test_a_fiscal_year_begins_where_the_organisation_says() -> None:
    organisation = Organisation.objects.get(pk=1)
    organisation.fiscal_year_start = 4

    assert yearly.chosen_period("fiscal", "", organisation, AS_OF) == Period(
        date(2026, 4, 1), date(2027, 4, 1)
    )
    assert yearly.chosen_period("fiscal", "2026", organisation, AS_OF) == Period(
        date(2025, 4, 1), date(2026, 4, 1)
    )
    assert yearly.chosen_period("calendar", "", organisation, AS_OF) == Period.year(2026)


def test_targets_by_category_add_up_and_other_currencies_are_converted() -> None:
    account, other = make_account(), make_account()
    dairy, fish = make_category(), make_category()
    make_rate(currency="USD", rate="0.5", valid_on=date(2026, 2, 1))
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    make_target(account=account, month=january, amount=10, category=dairy)
    make_target(account=account, month=january, amount=5, category=fish)
    make_target(account=account, month=february, amount=10, category=dairy)
    make_target(account=account, month=february, amount=30, currency="USD")
    make_target(account=other, month=march, amount=99)

    assert revenue.targets_by_month(account.pk, Period.year(2026)) == {
        january: 15,
        february: 15,
    }
    make_target(account=account, month=date(2025, 1, 1), amount=1, currency="USD")
    assert revenue.targets_by_month(account.pk, Period.year(2025)) == {date(2025, 1, 1): None}


def test_chart_and_table_of_a_panel_come_as_files(people: People) -> None:
    account = make_account(lead=people.owner)
    make_entry(account=account, amount=5, booked_on=date(2026, 1, 10))
    client = client_of(people.owner)

    def lines(name: str, query: dict[str, str]) -> list[str]:
        response = client.get(reverse(f"accounts:{name}", args=[account.pk]), query)
        return list(response.getvalue().decode().splitlines())

    chart = lines("panel-revenue", {"chart": "revenue-by-month", "year": "2026"})
    table = lines("panel-categories", {"export": "csv"})

    assert chart[:2] == [
        "\ufeffMonth,This year (EUR),Last year (EUR)",
        "Jan 2026,5.0000,0",
    ]
    assert table[0].startswith("\ufeffCategory,12 months (EUR),Year before (EUR),Change")
    assert (
        client_of(people.stranger)
        .get(reverse("accounts:panel-categories", args=[account.pk]), {"export": "csv"})
        .status_code
        == 404
    )
