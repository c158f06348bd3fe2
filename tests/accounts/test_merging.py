"""Merging duplicates: nothing is lost, the kept account's own dates stand, refusals in words."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import AccountStatus
from accounts.models import (
    Account,
    AccountFigure,
    AccountIdentifier,
    LeadAssignment,
    ParentLink,
    RevenueEntry,
    Target,
)
from accounts.services.merging import (
    Mover,
    Part,
    merge_accounts,
    movers,
    plan_merge,
    register_mover,
)
from accounts.services.tree import refresh_current
from kam.core.problems import Blocker, RefusedError
from kam.identity.models import User
from kam.imports.services import undoing
from tests.accounts.naive_tree import LAST, NUMBERS, NaiveTree, day, period, rolled_back
from tests.accounts.test_tree import assert_group_periods, assert_rollups
from tests.factories.accounts import make_account, make_batch, make_entry, make_target
from tests.factories.identity import make_user
from tests.factories.imports import csv_text, send

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
SIZE = 5
KEEP, DROP = 0, 1

bounds = st.none() | st.integers(0, LAST)
spans = st.tuples(bounds, st.integers(1, LAST + 1) | st.none()).filter(
    lambda span: span[0] is None or span[1] is None or span[0] < span[1]
)
links = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), spans)
leads = st.tuples(st.integers(0, 1), st.integers(0, 1), spans)


def plant(
    nodes: list[Account], wanted: list[tuple[int, int, tuple[int | None, int | None]]]
) -> NaiveTree:
    """The links that no day refuses, in the database and in plain Python."""
    tree = NaiveTree(SIZE)
    for child, parent, span in wanted:
        free = not tree.overlaps(child, *span)
        if child != parent and free and not tree.closes_a_circle(child, parent, *span):
            tree.put(child, parent, *span)
            ParentLink.objects.create(
                account=nodes[child], parent=nodes[parent], valid=period(*span)
            )
    return tree


def assign(
    nodes: list[Account],
    users: list[User],
    wanted: list[tuple[int, int, tuple[int | None, int | None]]],
) -> NaiveTree:
    """Leads that do not overlap; the naive tree serves as a calendar of them."""
    calendar = NaiveTree(SIZE)
    for account, user, span in wanted:
        if not calendar.overlaps(account, *span):
            calendar.put(account, user, *span)
            LeadAssignment.objects.create(
                account=nodes[account], user=users[user], valid=period(*span)
            )
    return calendar


def merged(calendar: NaiveTree, *, also_as_value: bool) -> NaiveTree:
    """What plain Python expects: the kept one's days win, values of the duplicate are renamed."""
    result = NaiveTree(SIZE)
    for (account, number), value in sorted(calendar.parents.items()):
        target = KEEP if account == DROP else account
        renamed = KEEP if also_as_value and value == DROP else value
        if also_as_value and target == renamed:
            continue
        if account == DROP and (KEEP, number) in result.parents:
            continue
        result.parents[target, number] = renamed
    return result


def stands_between(tree: NaiveTree) -> bool:
    for number in NUMBERS:
        for low, high in ((KEEP, DROP), (DROP, KEEP)):
            path = tree.path(low, number)
            if high in path and path.index(low) - path.index(high) > 1:
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(
    wanted=st.lists(links, max_size=9),
    led=st.lists(leads, max_size=5),
    sales=st.lists(
        st.tuples(st.integers(0, SIZE - 1), st.integers(0, 760), st.integers(-50, 100)),
        max_size=12,
    ),
    months=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), max_size=6, unique=True),
)
def test_a_merge_loses_nothing(
    wanted: list[tuple[int, int, tuple[int | None, int | None]]],
    led: list[tuple[int, int, tuple[int | None, int | None]]],
    sales: list[tuple[int, int, int]],
    months: list[tuple[int, int]],
) -> None:
    with rolled_back():
        nodes = [make_account(name=f"Node {n}", external_id=f"erp-{n}") for n in range(SIZE)]
        users, batch = [make_user(), make_user()], make_batch()
        tree, leading = plant(nodes, wanted), assign(nodes, users, led)
        entries = [(n, day(0) + timedelta(d), Decimal(x)) for n, d, x in sales]
        for node, booked_on, amount in entries:
            make_entry(account=nodes[node], booked_on=booked_on, amount=amount, batch=batch)
        for node, month in months:
            make_target(account=nodes[node], month=date(2026, month, 1), amount=10)
        refresh_current(as_of=TODAY)

        plan = plan_merge(keep=nodes[KEEP], drop=nodes[DROP])
        if stands_between(tree):
            assert [blocker.code for blocker in plan.blockers] == ["stands_between"]
            with pytest.raises(RefusedError):
                merge_accounts(keep=nodes[KEEP], drop=nodes[DROP], as_of=TODAY)
            return
        assert plan.blockers == []
        merge_accounts(keep=nodes[KEEP], drop=nodes[DROP], as_of=TODAY)

        expected = merged(tree, also_as_value=True)
        moved: list[tuple[int | None, date, Decimal]] = [
            (KEEP if n == DROP else n, on, amount) for n, on, amount in entries
        ]
        assert_group_periods(expected, nodes)
        assert_rollups(expected, nodes, moved)
        assert_leads(merged(leading, also_as_value=False), nodes[KEEP], users)
        assert not RevenueEntry.objects.filter(account=nodes[DROP]).exists()
        assert (RevenueEntry.objects.aggregate(n=Sum("net_amount"))["n"] or 0) == sum(
            amount for _n, _on, amount in entries
        )
        owners = Counter(AccountIdentifier.objects.values_list("account_id", flat=True))
        assert owners == {nodes[KEEP].pk: 2, **{node.pk: 1 for node in nodes[2:]}}
        assert (Target.objects.aggregate(n=Sum("amount"))["n"] or 0) == 10 * len(months)
        nodes[DROP].refresh_from_db()
        assert (nodes[DROP].status, nodes[DROP].merged_into) == (AccountStatus.MERGED, nodes[KEEP])


def assert_leads(calendar: NaiveTree, keep: Account, users: list[User]) -> None:
    rows = list(LeadAssignment.objects.filter(account=keep))
    assert LeadAssignment.objects.count() == len(rows)
    for number in NUMBERS:
        on = day(number)
        found = [
            row.user
            for row in rows
            if (row.valid.lower is None or row.valid.lower <= on)
            and (row.valid.upper is None or on < row.valid.upper)
        ]
        expected = calendar.parents.get((KEEP, number))
        assert found == ([] if expected is None else [users[expected]])


def test_the_preview_names_what_moves_and_what_stays() -> None:
    parent, other = make_account(name="Parent"), make_account(name="Other")
    keep = make_account(name="Kept", parent=parent, parent_from=date(2024, 1, 1), country="")
    drop = make_account(
        name="Dropped", kind="banner", parent=other, external_id="D-1", country="FI"
    )
    make_account(name="Store", parent=drop)
    make_entry(account=drop, amount="1234.50")
    make_entry(account=drop, amount="10", currency="USD", rate=None)
    make_target(account=drop, month=date(2026, 1, 1), amount=5)

    plan = plan_merge(keep=keep, drop=drop)

    assert [str(line) for line in plan.moves] == [
        "Filled in where it was empty: country",
        "Store stands below it from Jan 1, 2000 on",
        "Below Other from Jan 1, 2000 to Dec 31, 2023",
        "Identifier erp: D-1",
        "1 revenue entry, 1,234.50\N{NO-BREAK SPACE}EUR",
        "1 revenue entry, 10.00\N{NO-BREAK SPACE}USD",
        "1 monthly target",
    ]
    assert [str(caution.message) for caution in plan.cautions] == [
        "They are of different kinds: Group and Banner or country organisation.",
        "Both have a parent from Jan 1, 2024 on: Parent stays, Other goes to the history.",
    ]
    assert plan.blockers == []


def test_targets_of_the_same_month_add_up_and_other_currencies_stand_in_the_way() -> None:
    keep, drop = make_account(), make_account()
    make_target(account=keep, month=date(2026, 1, 1), amount=5)
    make_target(account=drop, month=date(2026, 1, 1), amount=7)
    usd = make_target(account=drop, month=date(2026, 2, 1), amount=1, currency="USD")
    eur = make_target(account=keep, month=date(2026, 2, 1), amount=1)

    with pytest.raises(RefusedError) as refused:
        merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert str(refused.value) == (
        "Both have a target for Feb 2026, in USD and in another currency."
    )
    assert Target.objects.filter(account=drop).count() == 2

    eur.delete()
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    assert list(Target.objects.order_by("month").values_list("account", "amount", "currency")) == [
        (keep.pk, Decimal(12), "EUR"),
        (keep.pk, Decimal(1), "USD"),
    ]
    usd.refresh_from_db()
    assert usd.account == keep


def test_a_chain_of_merges_leads_to_the_last_survivor_with_all_revenue() -> None:
    first, second, third = make_account(), make_account(), make_account(external_id="T")
    for account in (first, second, third):
        make_entry(account=account, amount=100, booked_on=date(2026, 5, 1))

    merge_accounts(keep=second, drop=third, as_of=TODAY)
    merge_accounts(keep=first, drop=second, as_of=TODAY)

    third.refresh_from_db()
    assert third.merged_into == first
    assert AccountIdentifier.objects.get(value="T").account == first
    figures = dict(AccountFigure.objects.values_list("account_id", "net_12m"))
    assert figures[first.pk] == 300
    assert (figures[second.pk], figures.get(third.pk, 0)) == (0, 0)


@pytest.mark.parametrize("same", [True, False])
def test_an_account_is_merged_once_and_not_into_itself(same: bool) -> None:
    keep, drop, late = make_account(), make_account(), make_account()
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)

    with pytest.raises(RefusedError) as refused:
        merge_accounts(keep=keep if same else late, drop=keep if same else drop, as_of=TODAY)

    assert refused.value.code == ("same_account" if same else "merged")


def test_another_app_joins_in_and_may_refuse() -> None:
    keep, drop = make_account(), make_account()
    seen: list[tuple[int, int]] = []
    blocked = Part(moves=["3 open items"], blockers=[Blocker("Allocate first.", "open_items")])
    free = Part(moves=["3 open items"])
    answers = [blocked, blocked, free]
    register_mover(
        Mover(
            key="test.items",
            plan=lambda _keep, _drop: answers.pop(0),
            move=lambda kept, dropped: seen.append((kept.pk, dropped.pk)),
        )
    )
    try:
        plan = plan_merge(keep=keep, drop=drop)
        with pytest.raises(RefusedError) as refused:
            merge_accounts(keep=keep, drop=drop, as_of=TODAY)
        merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    finally:
        movers.unregister("test.items")

    assert plan.moves == ["3 open items"]
    assert str(refused.value) == "Allocate first."
    assert seen == [(keep.pk, drop.pk)]


def test_what_was_overlapped_remains_in_the_history() -> None:
    one, two = make_account(), make_account()
    keep, drop = make_account(parent=one), make_account(parent=two)

    merge_accounts(keep=keep, drop=drop, as_of=TODAY)

    assert list(ParentLink.objects.values_list("account", "parent", "valid")) == [
        (keep.pk, one.pk, DateRange(date(2000, 1, 1), None))
    ]
    history = apps.get_model("accounts", "ParentLinkEvent").objects
    events = history.filter(account_id=drop.pk).order_by("pgh_id")
    assert list(events.values_list("pgh_label", "parent_id")) == [
        ("insert", two.pk),
        ("delete", two.pk),
    ]


def test_an_import_undone_after_the_merge_gives_its_lines_to_the_survivor() -> None:
    keep, drop = make_account(external_id="K"), make_account(external_id="D")
    header = ["source_key", "account", "date", "product", "net_amount", "currency"]
    send("sales", csv_text(header, ["L1", "D", "2026-03-31", "P1", "100", "EUR"]))
    changed = send("sales", csv_text(header, ["L1", "K", "2026-03-31", "P1", "7", "EUR"]))
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)

    undoing.undo(batch_id=changed.batch.pk, as_of=TODAY)

    entry = RevenueEntry.objects.get()
    assert (entry.account, entry.net_amount) == (keep, 100)
