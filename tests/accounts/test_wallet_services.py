"""Wallet estimates and opportunities: what is kept, what is refused, what the figures are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.analytics.wallet import Reason
from accounts.models import (
    Account,
    Opportunity,
    OpportunityStageChange,
    ProductCategory,
    WalletEstimate,
)
from accounts.selectors.opportunities import (
    due_steps,
    forecast_of,
    lanes,
    opportunities_for,
    overdue_steps,
    within,
)
from accounts.selectors.wallet import boards, cells
from accounts.services.merging import merge_accounts, plan_merge
from accounts.services.opportunities import (
    OpportunityFacts,
    change_opportunity,
    create_opportunity,
    move_stage,
)
from accounts.services.tiers.rescoring import rescore
from accounts.services.wallet import WalletFacts, record_estimate
from kam.core.dates import Period
from kam.core.models import Currency, ExchangeRate
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.identity import make_user
from tests.factories.tiers import criterion, make_published
from tests.factories.wallet import make_estimate, make_opportunity

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 6, 15)
YEAR = Period.year(2025)


@pytest.fixture
def oat() -> ProductCategory:
    return make_category(code="OAT", name="Oat drinks")


def facts(**changes: Any) -> WalletFacts:
    start = WalletFacts(
        period=YEAR,
        amount=Decimal(200000),
        currency=Currency.objects.get(pk="EUR"),
        source="Nielsen, January",
        estimated_on=date(2026, 1, 20),
        confidence=4,
    )
    return replace(start, **changes)


def deal(**changes: Any) -> OpportunityFacts:
    start = OpportunityFacts(
        title="Oat drinks in all stores",
        kind="cross_sell",
        value=Decimal(40000),
        currency=Currency.objects.get(pk="EUR"),
        expected_close=date(2026, 9, 30),
        owner=changes.pop("owner", None) or make_user(),
    )
    return replace(start, **changes)


# Estimates


def test_an_estimate_is_kept_beside_the_older_ones(oat: ProductCategory) -> None:
    account, author = make_account(), make_user()
    for amount in (100, 200):
        record_estimate(
            account=account,
            category=oat,
            facts=facts(amount=Decimal(amount)),
            author=author,
            as_of=AS_OF,
        )

    assert WalletEstimate.objects.count() == 2
    [found] = cells.estimated(as_of=AS_OF, period=YEAR, node=account.pk)
    assert found.cell.wallet == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": Decimal(-1)}, "amount"),
        ({"low": Decimal(200001)}, "low"),
        ({"low": Decimal(-1)}, "low"),
        ({"high": Decimal(1)}, "high"),
        ({"confidence": 6}, "confidence"),
        ({"confidence": 0}, "confidence"),
        ({"source": "  "}, "source"),
        ({"estimated_on": date(2026, 6, 16)}, "estimated_on"),
        ({"period": Period(date(2020, 1, 1), date(2025, 1, 2))}, "until"),
    ],
)
def test_a_bad_estimate_is_refused_and_nothing_is_kept(
    oat: ProductCategory, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        record_estimate(
            account=make_account(),
            category=oat,
            facts=facts(**changes),
            author=make_user(),
            as_of=AS_OF,
        )

    assert refused.value.field == field
    assert not WalletEstimate.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "amount = -1",
        "low = amount + 1",
        "high = amount - 1",
        "confidence = 6",
        "source = ''",
        "period = 'empty'",
        "period = daterange('2025-01-01', NULL)",
    ],
)
def test_the_database_refuses_what_forms_refuse(change: str) -> None:
    make_estimate(amount=100)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL kam.rewrite_wallets = 'on'")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_walletestimate SET {change}")


@pytest.mark.parametrize("statement", ["UPDATE {t} SET amount = 5", "DELETE FROM {t}"])
def test_estimates_are_append_only(statement: str) -> None:
    make_estimate(amount=100)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(t="accounts_walletestimate"))


# Cells


def test_a_cell_compares_the_wallet_with_the_sales_of_its_period(oat: ProductCategory) -> None:
    account = make_account()
    store = make_account(parent=account)
    make_estimate(account=account, category=oat, amount=1000)
    make_entry(account=store, category=oat, amount=200, booked_on=date(2025, 12, 31))
    make_entry(account=account, category=oat, amount=50, booked_on=date(2025, 1, 1))
    make_entry(account=store, category=oat, amount=999, booked_on=date(2026, 1, 1))
    make_entry(account=store, category=make_category(), amount=70, booked_on=date(2025, 5, 1))

    [found] = cells.estimated(as_of=AS_OF, period=YEAR)

    assert (found.cell.wallet, found.cell.current) == (1000, 250)
    assert (found.cell.share, found.cell.whitespace) == (Decimal("0.25"), 750)


def test_the_windows_of_sql_are_those_of_the_analytics(oat: ProductCategory) -> None:
    from accounts.analytics.wallet import compared_with

    texts = ["2025", "2026", "2027", "2026-Q2", "2026-Q3", "2026-06-10/2026-06-20", "2024-03"]
    for text in texts:
        make_estimate(category=oat, amount=1, period=text)

    for as_of in (AS_OF, date(2026, 6, 30), date(2026, 12, 31), date(2026, 3, 31)):
        for text in texts:
            period = Period.parse(text)
            [found] = cells.estimated(as_of=as_of, period=period)
            assert found.sold_in == compared_with(period, as_of), (text, as_of)


def test_a_wallet_below_our_sales_is_not_computable(oat: ProductCategory) -> None:
    account = make_account()
    make_estimate(account=account, category=oat, amount=100)
    make_entry(account=account, category=oat, amount=150, booked_on=date(2025, 5, 1))

    [found] = cells.estimated(as_of=AS_OF, period=YEAR)

    assert found.cell.reason == Reason.OVER
    assert found.cell.share is None
    assert found.cell.whitespace is None


def test_money_is_converted_at_the_day_of_the_estimate(oat: ProductCategory) -> None:
    for day, rate in ((date(2026, 1, 1), "0.1"), (date(2026, 3, 1), "0.2")):
        ExchangeRate.objects.create(
            currency_id="SEK", base_id="EUR", valid_on=day, rate=Decimal(rate)
        )
    account = make_account()
    make_estimate(
        account=account,
        category=oat,
        amount=1000,
        currency="SEK",
        estimated_on=date(2026, 2, 1),
    )
    make_estimate(category=oat, amount=1000, currency="USD")

    found = {one.account_id: one.cell for one in cells.estimated(as_of=AS_OF, period=YEAR)}

    assert found.pop(account.pk).wallet == 100
    assert [one.reason for one in found.values()] == [Reason.NO_RATE]


def test_sales_without_a_rate_make_a_cell_unknown(oat: ProductCategory) -> None:
    account = make_account()
    make_estimate(account=account, category=oat, amount=1000)
    make_entry(
        account=account,
        category=oat,
        amount=10,
        currency="USD",
        rate=None,
        booked_on=date(2025, 5, 1),
    )

    [found] = cells.estimated(as_of=AS_OF, period=YEAR)

    assert (found.cell.current, found.cell.reason) == (None, Reason.NO_RATE)


def test_later_estimates_are_not_seen_before_their_day(oat: ProductCategory) -> None:
    account = make_account()
    make_estimate(account=account, category=oat, amount=100, estimated_on=date(2026, 1, 1))
    make_estimate(account=account, category=oat, amount=200, estimated_on=date(2026, 5, 1))

    then, now = (
        cells.estimated(as_of=day, period=YEAR)[0].cell.wallet
        for day in (date(2026, 4, 30), date(2026, 5, 1))
    )

    assert (then, now) == (100, 200)


def test_a_node_without_an_estimate_adds_up_those_below(oat: ProductCategory) -> None:
    group = make_account(name="Group")
    north, south = (make_account(name=name, parent=group) for name in ("North", "South"))
    store = make_account(parent=north)
    make_estimate(account=north, category=oat, amount=1000, supplied_by="Rival")
    make_estimate(account=store, category=oat, amount=600)
    make_estimate(account=south, category=oat, amount=10)
    make_entry(account=store, category=oat, amount=250, booked_on=date(2025, 5, 1))
    make_entry(account=south, category=oat, amount=50, booked_on=date(2025, 5, 1))
    make_entry(account=group, category=oat, amount=8, booked_on=date(2025, 5, 1))

    found = boards.account_map(group, period=YEAR, as_of=AS_OF)

    [row] = found.rows
    whole = row.cells[0]
    assert [node.name for node in found.heads] == ["Group", "North", "South"]
    assert whole.covered is not None
    assert (whole.covered.covered, whole.covered.cells) == (1, 2)
    assert (whole.cell.wallet, whole.cell.whitespace, whole.current) == (1000, 750, 308)
    assert (whole.supplied_by, len(whole.rivals)) == ("Rival", 1)
    assert row.cells[2].cell.reason == Reason.OVER
    assert (found.sum.whitespace, found.sum.covered) == (750, 1)


def test_sales_without_a_rate_are_unknown_at_the_head_of_an_account(
    oat: ProductCategory,
) -> None:
    group = make_account()
    north, south = (make_account(parent=group) for _ in range(2))
    make_estimate(account=north, category=oat, amount=1000)
    make_estimate(account=south, category=oat, amount=1000)
    make_entry(account=north, category=oat, amount=250, booked_on=date(2025, 5, 1))
    make_entry(
        account=south, category=oat, amount=70, currency="SEK", rate=None,
        booked_on=date(2025, 5, 1),
    )  # fmt: skip

    total, [cell] = boards.standing(group, as_of=AS_OF)
    _total, [alone] = boards.standing(south, as_of=AS_OF)

    assert (cell.current, cell.cell.wallet, cell.cell.current) == (None, 1000, 250)
    assert (total.whitespace, total.covered, cell.covered.covered) == (750, 1, 1)  # type: ignore[union-attr]
    assert (alone.current, alone.cell.reason) == (None, Reason.NO_RATE)


def test_a_portfolio_is_of_ones_own_accounts(people: People, oat: ProductCategory) -> None:
    mine, empty = (make_account(name=n, lead=people.owner) for n in ("Mine", "Empty"))
    other = make_account(name="Other", lead=people.stranger)
    for account in (mine, other):
        make_estimate(account=account, category=oat, amount=1000)

    own = boards.portfolio_map(people.owner, period=YEAR, as_of=AS_OF)
    everything = boards.portfolio_map(people.administrator, period=YEAR, as_of=AS_OF)

    assert [row.head.name for row in own.rows] == ["Mine", "Empty"]
    assert (own.sum.whitespace, everything.sum.whitespace) == (1000, 2000)
    assert {row.head.name for row in everything.rows} == {"Mine", "Empty", "Other"}
    assert empty.pk not in {cell.account_id for cell in own.cells if cell.cell.is_computable}


def test_growth_potential_is_the_whitespace(oat: ProductCategory) -> None:
    group = make_account()
    north = make_account(parent=group)
    berries = make_category()
    make_estimate(account=group, category=oat, amount=1000)
    make_estimate(account=north, category=oat, amount=999)  # below the group's own: not again
    make_estimate(account=north, category=berries, amount=500)
    make_estimate(account=group, category=make_category(), amount=10)
    over = WalletEstimate.objects.latest("pk").category
    make_entry(account=north, category=oat, amount=400, booked_on=date(2025, 5, 1))
    make_entry(account=north, category=over, amount=11, booked_on=date(2025, 5, 1))
    unknown = make_account()
    model = make_published(criterion("growth_potential"), effective_on=AS_OF)

    rescore(model=model, as_of=AS_OF)

    rows = {row.account_id: row for row in model.assignments.all()}
    assert rows[group.pk].explanation[0][1] == 1100
    assert unknown.pk not in rows
    total, _cells = boards.standing(group, as_of=AS_OF)
    assert (total.whitespace, total.covered, total.cells) == (1100, 2, 3)


# Opportunities


def test_an_opportunity_goes_through_its_stages() -> None:
    by = make_user()
    one = create_opportunity(account=make_account(), facts=deal(), by=by, as_of=AS_OF)
    assert (one.stage, one.probability) == ("identified", 10)

    one = move_stage(opportunity=one, to_stage="proposed", by=by, as_of=AS_OF)
    assert (one.probability, one.closed_on) == (50, None)
    one = move_stage(opportunity=one, to_stage="agreed", by=by, as_of=AS_OF, probability=65)
    assert one.probability == 65
    one = move_stage(opportunity=one, to_stage="won", by=by, as_of=AS_OF, note="Signed")
    assert (one.probability, one.closed_on) == (100, AS_OF)

    steps = OpportunityStageChange.objects.order_by("pk").values_list("from_stage", "to_stage")
    assert list(steps) == [
        ("", "identified"),
        ("identified", "proposed"),
        ("proposed", "agreed"),
        ("agreed", "won"),
    ]


@pytest.mark.parametrize(
    ("start", "to_stage", "more", "field"),
    [
        ("identified", "won", {}, "stage"),
        ("identified", "identified", {}, "stage"),
        ("identified", "elsewhere", {}, "stage"),
        ("won", "lost", {"lost_reason": "price"}, "stage"),
        ("proposed", "lost", {}, "lost_reason"),
        ("proposed", "lost", {"lost_reason": "boredom"}, "lost_reason"),
        ("proposed", "agreed", {"probability": 101}, "probability"),
    ],
)
def test_a_step_that_is_none_changes_nothing(
    start: str, to_stage: str, more: dict[str, Any], field: str
) -> None:
    one = make_opportunity(stage=start)
    with pytest.raises(RefusedError) as refused:
        move_stage(opportunity=one, to_stage=to_stage, by=make_user(), as_of=AS_OF, **more)

    assert refused.value.field == field
    one.refresh_from_db()
    assert one.stage == start
    assert not OpportunityStageChange.objects.exists()


def test_lost_with_a_reason_and_taken_up_again() -> None:
    one, by = make_opportunity(stage="proposed"), make_user()
    one = move_stage(opportunity=one, to_stage="lost", by=by, as_of=AS_OF, lost_reason="competitor")
    assert (one.probability, one.lost_reason, one.closed_on) == (0, "competitor", AS_OF)

    one = move_stage(opportunity=one, to_stage="qualified", by=by, as_of=AS_OF)

    assert (one.probability, one.lost_reason, one.closed_on) == (25, "", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "gift"}, "kind"),
        ({"origin": "cell"}, "category"),
        ({"value": Decimal(-1)}, "value"),
        ({"margin": Decimal(101)}, "margin"),
        ({"probability": 101}, "probability"),
        ({"next_step_on": AS_OF}, "next_step"),
    ],
)
def test_bad_facts_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        create_opportunity(
            account=make_account(), facts=deal(**changes), by=make_user(), as_of=AS_OF
        )

    assert refused.value.field == field
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "title = ''",
        "kind = 'gift'",
        "origin = 'cell'",
        "value = -1",
        "margin = 101",
        "probability = 101",
        "stage = 'won', probability = 100, closed_on = '2026-01-01'",
        "stage = 'lost', probability = 0, closed_on = '2026-01-01'",
        "closed_on = '2026-01-01'",
        "next_step_on = '2026-01-01'",
    ],
)
def test_the_database_refuses_opportunities_that_cannot_be(change: str) -> None:
    make_opportunity()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_opportunity SET {change}")


def test_changing_keeps_stage_and_what_is_closed_keeps_its_probability() -> None:
    one = make_opportunity(stage="won")
    one = change_opportunity(opportunity=one, facts=deal(title="Anew", probability=5))
    assert (one.title, one.stage, one.probability) == ("Anew", "won", 100)


def test_the_forecast_is_in_base_currency_and_names_missing_rates(people: People) -> None:
    account = make_account(lead=people.owner)
    ExchangeRate.objects.create(
        currency_id="SEK", base_id="EUR", valid_on=date(2026, 1, 1), rate=Decimal("0.1")
    )
    make_opportunity(account=account, stage="proposed", value=1000, currency="SEK")
    make_opportunity(account=account, stage="qualified", value=400)
    make_opportunity(account=account, value=400, currency="USD")
    make_opportunity(account=account, value=50, expected_close=date(2026, 5, 1))
    for stage in ("won", "won", "won", "lost"):
        make_opportunity(account=account, stage=stage)
    make_opportunity(account=account, stage="lost", closed_on=date(2024, 6, 1))
    make_opportunity(stage="agreed")  # of nobody's account here

    found = forecast_of(opportunities_for(people.owner, as_of=AS_OF), as_of=AS_OF)

    assert [(b.month, b.value, b.weighted) for b in found.buckets] == [
        (None, 50, 5),
        (date(2026, 9, 1), 500, 150),
    ]
    assert (found.value, found.weighted, found.missing) == (550, 155, ["USD"])
    assert (found.deals, found.overdue, found.wins.rate) == (4, 1, Decimal("0.75"))


def test_lanes_show_what_is_open_and_lately_closed(people: People) -> None:
    make_opportunity(stage="proposed", value=100)
    make_opportunity(stage="won", closed_on=date(2026, 6, 1))
    make_opportunity(stage="won", closed_on=date(2025, 6, 1))

    found = lanes(opportunities_for(people.director, as_of=AS_OF), as_of=AS_OF)

    assert {lane.stage: lane.count for lane in found} == {
        **dict.fromkeys(("identified", "qualified", "agreed", "lost"), 0),
        "proposed": 1,
        "won": 1,
    }
    assert [lane.weighted for lane in found if lane.stage == "proposed"] == [50]


def test_steps_due_and_overdue(people: People) -> None:
    account = make_account(lead=people.owner)
    late: dict[str, Any] = {"next_step": "Call", "next_step_on": date(2026, 6, 14)}
    make_opportunity(account=account, owner=people.owner, title="Late", **late)
    make_opportunity(account=account, owner=people.owner, title="Done", stage="won", **late)
    make_opportunity(
        account=account,
        owner=people.owner,
        title="Today",
        next_step="Call",
        next_step_on=AS_OF,
    )

    assert [one.title for one in due_steps(people.owner, as_of=AS_OF)] == ["Late", "Today"]
    rows = within(opportunities_for(people.owner, as_of=AS_OF), account)
    assert [one.title for one in overdue_steps(rows, as_of=AS_OF)] == ["Late"]


def test_a_merge_takes_estimates_and_opportunities_along(oat: ProductCategory) -> None:
    keep, drop = make_account(name="Keep"), make_account(name="Drop")
    make_estimate(account=drop, category=oat, amount=100)
    one = make_opportunity(account=drop)
    plan = plan_merge(keep=keep, drop=drop)
    assert {"1 wallet estimate", "1 opportunity"} <= {str(line) for line in plan.moves}

    merge_accounts(keep=keep, drop=drop, as_of=AS_OF)

    one.refresh_from_db()
    assert (one.account_id, WalletEstimate.objects.get().account_id) == (keep.pk, keep.pk)
    assert not Account.objects.get(pk=drop.pk).wallet_estimates.exists()
