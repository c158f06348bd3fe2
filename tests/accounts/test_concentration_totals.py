"""Net revenue per customer: from roll-ups, from entries and by plain Python it is the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.analytics.concentration import concentration
from accounts.models import Account, ParentLink, RevenueEntry
from accounts.selectors.concentration.cells import Basis, Scope
from accounts.selectors.concentration.query import ConcentrationQuery, data_as_of
from accounts.selectors.concentration.totals import (
    CustomerTotals,
    MissingRatesError,
    compared_totals,
    customer_totals,
)
from kam.core.dates import Period
from tests.conftest import People
from tests.factories.accounts import make_account, make_batch, make_category, make_entry
from tests.factories.core import make_rate

pytestmark = pytest.mark.django_db

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def named(totals: CustomerTotals) -> list[tuple[str, Decimal]]:
    names = dict(Account.objects.values_list("pk", "name"))
    return [(names[key], amount) for key, amount in totals.pairs]


def test_golden_vector_through_the_database() -> None:
    for number, amount in enumerate(["40", "20", "10", "10", "8", "6", "3", "1.5", "1", "0.5"]):
        make_entry(account=make_account(name=f"Group {number}"), amount=amount)
    totals = customer_totals(ConcentrationQuery(period=YEAR))
    result = concentration(totals.pairs, unassigned=totals.unassigned)
    assert result.cr1 == Decimal("0.4")
    assert result.cr3 == Decimal("0.7")
    assert result.cr5 == Decimal("0.88")
    assert result.hhi == Decimal("2312.5")
    assert result.effective is not None
    assert round(result.effective, 3) == Decimal("4.324")
    assert result.normalised_hhi is not None
    assert round(result.normalised_hhi, 5) == Decimal("0.14583")
    assert result.gini is not None
    assert round(result.gini, 4) == Decimal("0.5540")
    assert result.at_least_10pct == 4


@pytest.mark.parametrize("basis", list(Basis))
def test_a_chain_bought_in_the_middle_of_a_month(basis: Basis) -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    chain = make_account(name="Chain", kind="banner")
    store = make_account(name="Store", kind="store", parent=chain)
    day = date(2026, 6, 15)
    ParentLink.objects.create(account=chain, parent=old, valid=DateRange(None, day))
    ParentLink.objects.create(account=chain, parent=new, valid=DateRange(day, None))
    make_entry(account=store, amount="10", booked_on=date(2026, 6, 14))
    make_entry(account=store, amount="7", booked_on=day)
    make_entry(account=new, amount="1", booked_on=date(2026, 5, 2))
    make_entry(account=None, amount="3", booked_on=day)
    query = ConcentrationQuery(period=YEAR)

    totals = customer_totals(query, basis=basis)
    assert named(totals) == [("Old", Decimal(10)), ("New", Decimal(8))]
    assert totals.unassigned == Decimal(3)
    may = customer_totals(query.during(Period.parse("2026-05")), basis=basis)
    assert named(may) == [("New", Decimal(1))]
    half = Period(date(2026, 6, 10), date(2026, 6, 15))
    assert named(customer_totals(query.during(half), basis=basis)) == [("Old", Decimal(10))]
    as_invoiced = customer_totals(replace(query, level="account"), basis=basis)
    assert named(as_invoiced) == [("Store", Decimal(17)), ("New", Decimal(1))]


def test_an_account_whose_entries_cancel_out_stays_a_customer_at_zero() -> None:
    returned, gone = make_account(name="Returned"), make_account(name="Gone")
    make_entry(account=returned, amount="5")
    make_entry(account=returned, amount="-5")
    make_entry(account=gone, amount="9").delete()
    for basis in Basis:
        totals = customer_totals(ConcentrationQuery(period=YEAR), basis=basis)
        assert named(totals) == [("Returned", Decimal(0))]


def test_filters_are_of_the_selling_node_and_of_the_entry() -> None:
    group = make_account(name="Group", country="FI")
    dairy = make_category(code="dairy")
    store = make_account(
        name="Shop", kind="store", parent=group, country="RO", region="Cluj", channel="discount"
    )
    make_entry(account=group, amount="10")
    make_entry(account=store, amount="5", category=dairy)
    make_entry(account=None, amount="2", category=dairy)
    query = ConcentrationQuery(period=YEAR)

    def found(**filters: object) -> tuple[list[tuple[str, Decimal]], Decimal]:
        totals = customer_totals(replace(query, **filters))  # type: ignore[arg-type]
        return named(totals), totals.unassigned

    assert found(country="RO") == ([("Group", Decimal(5))], Decimal(0))
    assert found(region="Cluj") == ([("Group", Decimal(5))], Decimal(0))
    assert found(channel="modern") == ([("Group", Decimal(5))], Decimal(0))
    assert found(channel="online") == ([], Decimal(0))
    assert found(category=dairy.pk) == ([("Group", Decimal(5))], Decimal(2))
    assert found(country="RO", level="account") == ([("Shop", Decimal(5))], Decimal(0))


def test_lead_filter_and_scope(people: People) -> None:
    mine = make_account(name="Mine", lead=people.owner)
    branch = make_account(name="Branch", kind="store", parent=mine)
    other = make_account(name="Other", lead=people.stranger)
    for account, amount in ((mine, "4"), (branch, "6"), (other, "90"), (None, "1000")):
        make_entry(account=account, amount=amount)
    query = ConcentrationQuery(period=YEAR)
    led = customer_totals(replace(query, lead=people.owner.pk))
    assert (named(led), led.unassigned) == ([("Mine", Decimal(10))], Decimal(0))
    scope = Scope(lead_ids=tuple(people.owner.scope_user_ids()))
    seen = customer_totals(query, scope=scope)
    assert (named(seen), seen.unassigned) == ([("Mine", Decimal(10))], Decimal(0))
    assert seen.is_company is False


def test_one_currency_is_kept_even_without_rates() -> None:
    make_entry(account=make_account(name="A"), amount="10.1234", currency="USD", rate=None)
    totals = customer_totals(ConcentrationQuery(period=YEAR))
    assert (totals.currency, named(totals)) == ("USD", [("A", Decimal("10.1234"))])


def test_no_entries_are_in_base_currency() -> None:
    totals = customer_totals(ConcentrationQuery(period=YEAR))
    assert (totals.currency, totals.keys, totals.unassigned) == ("EUR", (), Decimal(0))
    assert totals.is_empty


def test_several_currencies_are_shown_in_base_currency() -> None:
    account = make_account(name="A")
    make_entry(account=account, amount="10", currency="USD", rate="0.9")
    make_entry(account=account, amount="1", currency="EUR")
    totals = customer_totals(ConcentrationQuery(period=YEAR))
    assert (totals.currency, named(totals)) == ("EUR", [("A", Decimal(10))])


@pytest.mark.parametrize("basis", list(Basis))
def test_a_single_line_in_another_currency_counts(basis: Basis) -> None:
    account = make_account()
    for day in (date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)):
        make_entry(account=account, amount="5", booked_on=day)
    make_entry(account=account, amount="10", currency="USD", rate="0.5", booked_on=date(2026, 3, 7))
    query = ConcentrationQuery(period=YEAR)
    assert customer_totals(query, basis=basis).amounts == (Decimal(20),)
    ragged = query.during(Period(date(2026, 1, 1), date(2026, 3, 6)))
    assert customer_totals(ragged, basis=basis).amounts == (Decimal(15),)


def test_a_missing_rate_is_named_and_never_zero() -> None:
    make_entry(account=make_account(), amount="10", currency="USD", rate=None)
    make_entry(account=None, amount="4", currency="USD", rate=None, booked_on=date(2026, 1, 9))
    make_entry(account=make_account(), amount="1")
    with pytest.raises(MissingRatesError) as caught:
        customer_totals(ConcentrationQuery(period=YEAR))
    [missing] = caught.value.missing
    assert (missing.currency, missing.into) == ("USD", "EUR")
    assert (missing.first_on, missing.entries) == (date(2026, 1, 9), 2)
    assert "USD to EUR on 2026-01-09 (2 entries)" in str(caught.value)


def test_asked_currency_is_converted_at_the_rate_of_each_entry() -> None:
    account = make_account(name="A")
    make_rate(currency="USD", rate="0.8", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.5", valid_on=date(2026, 1, 20))
    make_entry(account=account, amount="100", currency="USD", rate="0.8")
    make_entry(account=account, amount="80", booked_on=date(2026, 1, 19))
    make_entry(account=account, amount="10", booked_on=date(2026, 1, 20))
    query = ConcentrationQuery(period=YEAR, currency="USD")
    totals = customer_totals(query)
    assert (totals.currency, named(totals)) == ("USD", [("A", Decimal(220))])


def test_asked_currency_without_a_rate_on_a_day_names_it() -> None:
    make_rate(currency="USD", rate="0.8", valid_on=date(2026, 1, 20))
    make_entry(account=make_account(), amount="80", booked_on=date(2026, 1, 19))
    with pytest.raises(MissingRatesError) as caught:
        customer_totals(ConcentrationQuery(period=YEAR, currency="USD"))
    [missing] = caught.value.missing
    assert (missing.currency, missing.into) == ("USD", "EUR")
    assert missing.first_on == date(2026, 1, 19)


def test_comparison_has_the_currency_and_watermark_of_the_present() -> None:
    account = make_account(name="A")
    make_rate(currency="USD", rate="0.5", valid_on=date(2024, 1, 1))
    make_entry(account=account, amount="8", currency="USD", rate="0.5")
    make_entry(account=account, amount="2", booked_on=date(2025, 1, 15))
    now, then = compared_totals(ConcentrationQuery(period=YEAR))
    assert then is not None
    assert (now.currency, named(now)) == ("USD", [("A", Decimal(8))])
    assert (then.currency, named(then)) == ("USD", [("A", Decimal(4))])
    assert now.watermark == then.watermark > 0


def test_comparison_is_missing_where_only_it_lacks_a_rate() -> None:
    make_entry(account=make_account(), amount="8")
    make_entry(account=None, amount="2", currency="USD", rate=None, booked_on=date(2025, 1, 15))
    now, then = compared_totals(ConcentrationQuery(period=YEAR))
    assert (now.currency, then) == ("EUR", None)


def test_data_as_of_is_where_the_data_ends() -> None:
    today = date(2026, 11, 22)
    assert data_as_of(today) == today
    make_entry(account=None, amount="1", booked_on=date(2020, 5, 3))
    assert data_as_of(today) == date(2020, 5, 31)
    make_entry(account=None, amount="1", booked_on=date(2026, 11, 3))
    make_entry(account=None, amount="1", booked_on=date(2026, 12, 3))
    assert data_as_of(today) == today


# SQL equals Python on random trees, entries, filters and periods.

FIRST = date(2025, 11, 1)
DAYS = 120
days = st.integers(0, DAYS - 1).map(lambda n: FIRST + timedelta(days=n))
nodes = st.integers(0, 5)


@st.composite
def links(draw: st.DrawFn) -> list[tuple[int, int, date, date]]:
    """Dated parents with lower numbers than their children, so that there is no cycle."""
    found = []
    for child in range(1, 6):
        cuts = sorted(set(draw(st.lists(days, max_size=3))))
        for start, end in pairwise(cuts):
            if draw(st.booleans()):
                found.append((child, draw(st.integers(0, child - 1)), start, end))
    return found


amounts = st.decimals(-1000, 1000, places=4, allow_nan=False)
entries = st.sampled_from([["EUR"], ["USD"], ["EUR", "USD"]]).flatmap(
    lambda codes: st.lists(
        st.tuples(st.none() | nodes, days, amounts, st.sampled_from(codes), st.booleans()),
        max_size=25,
    )
)
periods = st.tuples(days, days).filter(lambda pair: pair[0] < pair[1]).map(
    lambda pair: Period(*pair)
) | st.sampled_from([Period.month(2025, 12), Period(FIRST, date(2026, 2, 1))])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tree=links(),
    lines=entries,
    period=periods,
    level=st.sampled_from(["group", "account"]),
    country=st.sampled_from(["", "FI"]),
    dairy_only=st.booleans(),
    change=st.lists(st.integers(0, 24), max_size=4),
)
def test_sql_equals_python(
    tree: list[tuple[int, int, date, date]],
    lines: list[tuple[int | None, date, Decimal, str, bool]],
    period: Period,
    level: str,
    country: str,
    dairy_only: bool,
    change: list[int],
) -> None:
    with transaction.atomic():
        accounts = [make_account(name=str(n), country="FI" if n % 2 else "RO") for n in range(6)]
        dairy = make_category()
        late = tree[len(tree) // 2 :]
        _link(accounts, tree[: len(tree) // 2])
        made = _enter(accounts, lines, dairy)
        _link(accounts, late)  # links that come later move what is booked already
        for number in {n for n in change if n < len(made)}:
            RevenueEntry.objects.filter(pk=made[number].pk).update(net_amount=1, base_amount=2)
            made[number].net_amount, made[number].base_amount = Decimal(1), Decimal(2)
        query = ConcentrationQuery(
            period=period, level=level, country=country, category=dairy.pk if dairy_only else None
        )
        expected = _by_hand(query, accounts, tree, made)
        for basis in Basis:
            totals = customer_totals(query, basis=basis)
            assert (totals.by_key(), totals.unassigned, totals.currency) == expected
            assert list(totals.amounts) == sorted(totals.amounts, reverse=True)
        transaction.set_rollback(True)


def _link(accounts: list[Account], tree: list[tuple[int, int, date, date]]) -> None:
    for child, parent, start, end in tree:
        ParentLink.objects.create(
            account=accounts[child], parent=accounts[parent], valid=DateRange(start, end)
        )


def _enter(
    accounts: list[Account],
    lines: list[tuple[int | None, date, Decimal, str, bool]],
    dairy: object,
) -> list[RevenueEntry]:
    batch = make_batch()
    return RevenueEntry.objects.bulk_create(
        RevenueEntry(
            source=batch.source,
            source_key=str(number),
            batch=batch,
            account=None if node is None else accounts[node],
            booked_on=day,
            net_amount=amount,
            currency_id=code,
            rate=Decimal("0.5") if code == "USD" else Decimal(1),
            base_amount=(amount / 2).quantize(Decimal("0.0001")) if code == "USD" else amount,
            category=dairy if is_dairy else None,  # type: ignore[misc]
        )
        for number, (node, day, amount, code, is_dairy) in enumerate(lines)
    )


def _by_hand(
    query: ConcentrationQuery,
    accounts: list[Account],
    tree: list[tuple[int, int, date, date]],
    made: list[RevenueEntry],
) -> tuple[dict[int, Decimal], Decimal, str]:
    kept = [
        entry
        for entry in made
        if entry.booked_on in query.period
        and (query.category is None or entry.category_id == query.category)
        and (not query.country or (entry.account and entry.account.country == query.country))
    ]
    codes = {entry.currency_id for entry in kept}
    currency = codes.pop() if len(codes) == 1 else "EUR"
    sums: dict[int, Decimal] = defaultdict(Decimal)
    unassigned = Decimal(0)
    for entry in kept:
        amount = entry.net_amount if entry.currency_id == currency else entry.base_amount
        assert amount is not None
        if entry.account is None:
            unassigned += amount
            continue
        node = accounts.index(entry.account)
        if query.level == "group":
            node = _root(tree, node, entry.booked_on)
        sums[accounts[node].pk] += amount
    return dict(sums), unassigned, currency


def _root(tree: list[tuple[int, int, date, date]], node: int, day: date) -> int:
    above = next((p for c, p, start, end in tree if c == node and start <= day < end), None)
    return node if above is None else _root(tree, above, day)
