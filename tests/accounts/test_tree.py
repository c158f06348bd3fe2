"""The dated tree: random links and moves against plain Python, refusals, today's derived state."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import (
    Account,
    AccountFigure,
    GroupMonth,
    GroupPeriod,
    LeadAssignment,
    ParentLink,
    RevenueEntry,
    RevenueMonth,
)
from accounts.selectors.accounts import windows
from accounts.services.figures import refresh_figures
from accounts.services.tree import CycleError, MergedAccountError, move_account, refresh_current
from kam.core.problems import RefusedError
from tests.accounts.naive_tree import (
    LAST,
    NUMBERS,
    NaiveTree,
    day,
    group_totals,
    number_of,
    period,
    rolled_back,
)
from tests.factories.accounts import make_account, make_batch, make_entry
from tests.factories.identity import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
SIZE = 6

bounds = st.none() | st.integers(0, LAST)


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, int | None, int | None, int | None]:
    child = draw(st.integers(0, SIZE - 1))
    parent = draw(st.none() | st.integers(0, SIZE - 1))
    lower = draw(bounds)
    upper = draw(st.none() | st.integers(1 if lower is None else lower + 1, LAST + 1))
    return child, parent, lower, upper


def make_accounts() -> list[Account]:
    return [make_account(name=f"Node {number}") for number in range(SIZE)]


def assert_group_periods(tree: NaiveTree, nodes: list[Account]) -> None:
    found: dict[int, list[tuple[DateRange, int]]] = defaultdict(list)
    for row in GroupPeriod.objects.all():
        found[row.account_id].append((row.valid, row.group_id))
    for index, node in enumerate(nodes):
        for number in NUMBERS:
            inside = [group for valid, group in found[node.pk] if _holds(valid, day(number))]
            expected = nodes[tree.path(index, number)[0]].pk
            assert inside in ([expected], [] if expected == node.pk else [expected])


def _holds(valid: DateRange, on: date) -> bool:
    return (valid.lower is None or valid.lower <= on) and (valid.upper is None or on < valid.upper)


@settings(max_examples=40, deadline=None)
@given(links=st.lists(changes(), max_size=12))
def test_the_database_takes_a_link_exactly_when_no_day_refuses_it(
    links: list[tuple[int, int | None, int | None, int | None]],
) -> None:
    with rolled_back():
        nodes, tree = make_accounts(), NaiveTree(SIZE)
        for child, parent, lower, upper in links:
            if parent is None:
                continue
            refused = (
                child == parent
                or tree.overlaps(child, lower, upper)
                or tree.closes_a_circle(child, parent, lower, upper)
            )
            try:
                with transaction.atomic():
                    ParentLink.objects.create(
                        account=nodes[child], parent=nodes[parent], valid=period(lower, upper)
                    )
            except IntegrityError:
                assert refused
            else:
                assert not refused
                tree.put(child, parent, lower, upper)
        assert_group_periods(tree, nodes)


@settings(max_examples=40, deadline=None)
@given(
    moves=st.lists(changes(), max_size=10),
    sales=st.lists(
        st.tuples(
            st.none() | st.integers(0, SIZE - 1),
            st.integers(0, 760),
            st.integers(-50, 100),
            st.sampled_from(["EUR", "USD"]),
        ),
        max_size=25,
    ),
    today=st.integers(-1, LAST + 1),
)
def test_moves_leave_tree_rollups_and_figures_as_plain_python_has_them(
    moves: list[tuple[int, int | None, int | None, int | None]],
    sales: list[tuple[int | None, int, int, str]],
    today: int,
) -> None:
    with rolled_back():
        nodes, tree = make_accounts(), NaiveTree(SIZE)
        batch = make_batch()
        half = len(sales) // 2
        entries = [(a, day(0) + timedelta(d), Decimal(x), cur) for a, d, x, cur in sales]
        for account, booked_on, amount, currency in entries[:half]:
            make_entry(
                account=None if account is None else nodes[account],
                booked_on=booked_on,
                amount=amount,
                currency=currency,
                rate="1" if currency == "EUR" else None,
                batch=batch,
            )
        for child, parent, lower, upper in moves:
            refused = parent is not None and (
                child == parent or tree.closes_a_circle(child, parent, lower, upper)
            )
            try:
                move_account(
                    account=nodes[child],
                    parent=None if parent is None else nodes[parent],
                    from_date=None if lower is None else day(lower),
                    until=None if upper is None else day(upper),
                    as_of=day(today),
                )
            except CycleError:
                assert refused
            else:
                assert not refused
                tree.put(child, parent, lower, upper)
        for account, booked_on, amount, currency in entries[half:]:
            make_entry(
                account=None if account is None else nodes[account],
                booked_on=booked_on,
                amount=amount,
                currency=currency,
                rate="1" if currency == "EUR" else None,
                batch=batch,
            )
        refresh_figures(as_of=day(today))

        assert_group_periods(tree, nodes)
        assert_today(tree, nodes, today)
        assert_rollups(tree, nodes, [(a, d, x) for a, d, x, _c in entries])
        assert_figures(tree, nodes, entries, as_of=day(today))


def assert_today(tree: NaiveTree, nodes: list[Account], today: int) -> None:
    stored = Account.objects.in_bulk()
    for index, node in enumerate(nodes):
        path = [nodes[step].pk for step in tree.path(index, today)]
        now = stored[node.pk]
        parent = path[-2] if len(path) > 1 else None
        assert (now.path, now.current_parent_id, now.current_group_id) == (path, parent, path[0])


def assert_rollups(
    tree: NaiveTree, nodes: list[Account], entries: list[tuple[int | None, date, Decimal]]
) -> None:
    expected = {
        (None if group is None else nodes[group].pk, month): amount
        for (group, month), amount in group_totals(tree, entries).items()
    }
    for model in (RevenueMonth, GroupMonth):
        sums: dict[tuple[int | None, date], Decimal] = defaultdict(Decimal)
        for row in model.objects.filter(entries__gt=0):
            sums[row.group_id, row.month] += row.net_amount
        assert sums == expected
    by_account: dict[tuple[int | None, date, str], Decimal] = defaultdict(Decimal)
    for entry in RevenueEntry.objects.all():
        key = entry.account_id, entry.booked_on.replace(day=1), entry.currency_id
        by_account[key] += entry.net_amount
    rolled: dict[tuple[int | None, date, str], Decimal] = defaultdict(Decimal)
    for row in RevenueMonth.objects.filter(entries__gt=0):
        rolled[row.account_id, row.month, row.currency_id] += row.net_amount
    assert rolled == by_account


def assert_figures(
    tree: NaiveTree,
    nodes: list[Account],
    entries: list[tuple[int | None, date, Decimal, str]],
    *,
    as_of: date,
) -> None:
    span = windows(as_of)
    for index, node in enumerate(nodes):
        below = [
            (booked_on, amount, currency)
            for account, booked_on, amount, currency in entries
            if account is not None and index in tree.path(account, number_of(booked_on))
        ]
        figure = AccountFigure.objects.get(account=node)
        assert figure.net_12m == sum(
            x for on, x, currency in below if on in span.latest and currency == "EUR"
        )
        assert figure.net_previous_12m == sum(
            x for on, x, currency in below if on in span.before and currency == "EUR"
        )
        assert figure.last_entry_on == max(
            (on for on, _x, _c in below if on <= as_of), default=None
        )
        assert figure.unconverted == sum(
            1 for on, _x, c in below if c == "USD" and (on in span.latest or on in span.before)
        )


def test_a_move_ends_the_old_link_and_keeps_the_past() -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    child = make_account(name="Child", parent=old, parent_from=date(2020, 1, 1))

    move_account(account=child, parent=new, from_date=date(2026, 6, 1), as_of=TODAY)

    links = ParentLink.objects.filter(account=child).order_by("valid")
    assert [(link.parent, link.valid) for link in links] == [
        (old, DateRange(date(2020, 1, 1), date(2026, 6, 1))),
        (new, DateRange(date(2026, 6, 1), None)),
    ]
    child.refresh_from_db()
    assert (child.current_parent, child.path) == (new, [new.pk, child.pk])


def test_a_move_in_the_future_takes_effect_on_its_day() -> None:
    old, new = make_account(), make_account()
    child = make_account(parent=old)
    store = make_account(parent=child)

    move_account(account=child, parent=new, from_date=date(2026, 7, 1), as_of=TODAY)
    child.refresh_from_db()
    assert child.current_parent == old

    assert refresh_current(as_of=date(2026, 7, 1)) == 2
    store.refresh_from_db()
    assert store.path == [new.pk, child.pk, store.pk]


def test_moving_back_joins_the_periods_again() -> None:
    parent = make_account()
    child = make_account(parent=parent, parent_from=date(2020, 1, 1))
    move_account(account=child, parent=None, from_date=date(2026, 6, 1), as_of=TODAY)

    move_account(account=child, parent=parent, from_date=date(2026, 6, 1), as_of=TODAY)

    link = ParentLink.objects.get(account=child)
    assert (link.parent, link.valid) == (parent, DateRange(date(2020, 1, 1), None))


def test_the_lead_of_the_nearest_node_above_counts_and_all_above_see() -> None:
    chief, manager = make_user(), make_user()
    group = make_account(lead=chief)
    banner = make_account(parent=group, lead=manager)
    store = make_account()

    move_account(account=store, parent=banner, from_date=None, as_of=TODAY)

    store.refresh_from_db()
    assert store.current_lead == manager
    assert sorted(store.lead_chain) == sorted([chief.pk, manager.pk])


def test_what_becomes_a_root_keeps_the_lead_that_it_had_from_above() -> None:
    chief, other = make_user(), make_user()
    group = make_account(lead=chief)
    store = make_account(parent=group)
    led = make_account(parent=group, lead=other)

    for account in (store, led):
        move_account(account=account, parent=None, from_date=date(2026, 6, 1), as_of=TODAY)

    store.refresh_from_db()
    led.refresh_from_db()
    assert (store.current_lead, store.lead_chain) == (chief, [chief.pk])
    assert (led.current_lead, led.lead_chain) == (other, [other.pk])
    own = LeadAssignment.objects.get(account=store)
    assert own.valid == DateRange(date(2026, 6, 1), None)


def test_a_past_as_a_root_changes_no_lead_of_today() -> None:
    group = make_account(lead=make_user())
    store = make_account(parent=group)

    move_account(account=store, parent=None, from_date=None, until=date(2020, 1, 1), as_of=TODAY)

    assert not LeadAssignment.objects.filter(account=store).exists()
    store.refresh_from_db()
    assert store.current_parent == group


def test_refusals_are_in_plain_words_and_change_nothing() -> None:
    top = make_account()
    middle = make_account(parent=top)
    gone = make_account()
    Account.objects.filter(pk=gone.pk).update(merged_into=top, status="merged")
    gone.refresh_from_db()
    before = list(ParentLink.objects.values())

    with pytest.raises(CycleError) as own:
        move_account(account=top, parent=top, from_date=None, as_of=TODAY)
    with pytest.raises(CycleError) as cycle:
        move_account(account=top, parent=middle, from_date=date(2026, 1, 1), as_of=TODAY)
    with pytest.raises(MergedAccountError) as merged:
        move_account(account=middle, parent=gone, from_date=None, as_of=TODAY)
    with pytest.raises(RefusedError) as empty:
        move_account(
            account=middle,
            parent=None,
            from_date=date(2026, 1, 1),
            until=date(2026, 1, 1),
            as_of=TODAY,
        )

    assert str(own.value) == "An account cannot be its own parent."
    assert str(cycle.value) == (
        "This parent stands below the account itself in that period. Choose another one."
    )
    assert [one.value.field for one in (own, cycle, merged, empty)] == [
        "parent",
        "parent",
        "parent",
        "until",
    ]
    assert list(ParentLink.objects.values()) == before


def test_a_statement_that_touches_no_link_leaves_the_rollups_alone() -> None:
    parent = make_account()
    make_entry(account=make_account(parent=parent), amount=100)

    ParentLink.objects.filter(parent_id=0).delete()
    ParentLink.objects.filter(parent_id=0).update(parent=parent)

    month = GroupMonth.objects.get()
    assert (month.group, month.net_amount, month.entries) == (parent, 100, 1)
