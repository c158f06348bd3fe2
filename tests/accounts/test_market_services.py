"""Competitors and market facts: what is noted, what is refused, what a merge moves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from accounts.selectors.market import competitors_for, field_of
from accounts.services import market
from accounts.services.merging import merge_accounts, plan_merge
from kam.core.models import Currency
from kam.core.problems import RefusedError
from tests.conftest import People
from tests.factories.accounts import make_account, make_category
from tests.factories.known import (
    make_competitor,
    make_fact,
    make_move,
    make_presence,
    make_price,
)
from tests.factories.wallet import make_estimate

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def test_a_name_stands_once_in_a_country() -> None:
    first = market.save_competitor(name=" Havre AB ", country="SE")
    assert (first.name, first.name_key) == ("Havre AB", "havre ab")
    with pytest.raises(RefusedError, match="already"):
        market.save_competitor(name="HAVRE ab", country="SE")
    market.save_competitor(name="Havre AB", country="FI")
    with pytest.raises(RefusedError) as refused:
        market.save_competitor(name=" ")
    assert refused.value.field == "name"


def presence(account: Account, **changes: Any) -> CompetitorPresence:
    values = {"competitor": changes.pop("competitor", None) or make_competitor(), **changes}
    return market.save_presence(account=account, as_of=TODAY, **values)


def test_an_estimate_says_whence_and_how_sure(account: Account) -> None:
    row = presence(account, share=Decimal("0.4"), share_source="Buyer", confidence=3)
    assert (row.share, row.share_on, row.valid.lower) == (Decimal("0.4"), TODAY, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"share": Decimal("1.01"), "share_source": "x", "confidence": 3}, "share"),
        ({"share": Decimal("0.5"), "confidence": 3}, "share_source"),
        ({"share": Decimal("0.5"), "share_source": "x"}, "confidence"),
        (
            {
                "share": Decimal("0.5"),
                "share_source": "x",
                "confidence": 3,
                "share_on": TODAY + timedelta(days=1),
            },
            "share_on",
        ),
    ],
)
def test_a_bad_estimate_names_its_field(
    account: Account, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        presence(account, **changes)
    assert refused.value.field == field
    assert CompetitorPresence.objects.count() == 0


def test_a_competitor_stands_once_in_a_category_at_a_time(account: Account) -> None:
    rival, category = make_competitor(), make_category()
    presence(account, competitor=rival, category=category, until=date(2026, 1, 1))
    presence(account, competitor=rival, category=category, since=date(2026, 1, 1))
    presence(account, competitor=rival)
    with pytest.raises(RefusedError, match="already in this period"):
        presence(account, competitor=rival, category=category, since=date(2026, 3, 1))
    with pytest.raises(RefusedError, match="already in this period"):
        presence(account, competitor=rival, since=date(2026, 3, 1))
    with pytest.raises(RefusedError):
        presence(account, since=date(2026, 3, 1), until=date(2026, 3, 1))


def price(account: Account, author: Any, **changes: Any) -> CompetitorPrice:
    values = {
        "competitor": make_competitor(),
        "product": "Oat drink",
        "price": Decimal("1.99"),
        "currency": Currency.objects.get(pk="EUR"),
        "unit": "piece",
        "seen_where": "Shelf",
        **changes,
    }
    return market.save_price(account=account, author=author, as_of=TODAY, **values)


def test_a_price_seen_keeps_who_saw_it_where_and_when(account: Account, people: People) -> None:
    row = price(account, people.owner)
    assert (row.price, row.currency_id, row.unit, row.seen_on, row.author) == (
        Decimal("1.99"),
        "EUR",
        "piece",
        TODAY,
        people.owner,
    )
    terms = price(account, people.owner, price=None, terms="5 percent above 100,000")
    assert terms.currency_id is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": None}, "price"),
        ({"price": Decimal(0)}, "price"),
        ({"currency": None}, "currency"),
        ({"unit": " "}, "unit"),
        ({"product": ""}, "product"),
        ({"seen_where": ""}, "seen_where"),
        ({"seen_on": TODAY + timedelta(days=1)}, "seen_on"),
    ],
)
def test_a_bad_price_names_its_field(
    account: Account, people: People, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        price(account, people.owner, **changes)
    assert refused.value.field == field
    assert CompetitorPrice.objects.count() == 0


def fact(people: People, **changes: Any) -> MarketFact:
    values = {
        "country": "FI",
        "measure": "size",
        "value": Decimal(120),
        "unit": "million EUR",
        "period_from": date(2025, 1, 1),
        "period_before": date(2026, 1, 1),
        "source": "Association",
        "confidence": 4,
        **changes,
    }
    return market.save_market_fact(author=people.owner, as_of=TODAY, **values)


def test_a_trend_may_be_words_alone(people: People) -> None:
    row = fact(people, measure="trend", value=None, unit="", text="Less sugar")
    assert (row.value, row.noted_on) == (None, TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": None}, "value"),
        ({"unit": ""}, "unit"),
        ({"value": Decimal(-1)}, "value"),
        ({"source": ""}, "source"),
        ({"period_before": date(2025, 1, 1)}, "period_before"),
        ({"noted_on": TODAY + timedelta(days=1)}, "noted_on"),
    ],
)
def test_a_bad_fact_names_its_field(people: People, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        fact(people, **changes)
    assert refused.value.field == field
    assert MarketFact.objects.count() == 0


def test_growth_may_be_negative(people: People) -> None:
    row = fact(people, measure="growth", value=Decimal("-1.5"), unit="percent")
    assert row.value == Decimal("-1.5")


def test_the_field_of_an_account_by_category(account: Account, people: People) -> None:
    drinks = make_category(name="Drinks")
    large, small = make_competitor(name="Large"), make_competitor(name="Small")
    make_presence(account=account, competitor=small, category=drinks, share="0.3")
    make_presence(account=account, competitor=large, category=drinks, share="0.8")
    make_presence(account=account, competitor=large, until=date(2025, 1, 1))
    below = make_account(parent=account)
    make_presence(account=below, competitor=small, category=drinks, share="0.9")
    found = field_of(account, user=people.owner, as_of=TODAY)
    (one,) = found.categories
    assert one.category == "Drinks"
    assert [row.share for row in one.presences] == [
        Decimal("0.9"),
        Decimal("0.8"),
        Decimal("0.3"),
    ]
    assert one.known == Decimal("1.1")
    assert one.is_too_much
    assert [row.competitor for row in found.gone] == [large]


def test_a_merge_of_competitors_moves_everything_and_keeps_the_shell(account: Account) -> None:
    keep, drop = make_competitor(name="Havre"), make_competitor(name="Havre AB")
    category = make_category()
    make_presence(
        account=account, competitor=keep, category=category, since=date(2025, 1, 1),
        until=date(2025, 7, 1),
    )  # fmt: skip
    make_presence(account=account, competitor=drop, category=category, since=date(2024, 1, 1))
    make_price(account=account, competitor=drop)
    make_move(competitor=drop)
    estimate = make_estimate(account=account, amount=10, supplied_by="Havre ab")
    assert estimate.competitor == drop

    market.merge_competitors(keep=keep, drop=drop)
    estimate.refresh_from_db()
    assert estimate.competitor == keep
    assert market.competitor_named(name=f" {drop.name.upper()} ") == keep
    drop.refresh_from_db()
    assert drop.merged_into == keep
    spells = [(row.valid.lower, row.valid.upper) for row in keep.presences.order_by("valid")]
    assert spells == [
        (date(2024, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 1), date(2025, 7, 1)),
        (date(2025, 7, 1), None),
    ]
    assert keep.prices.count() == keep.moves.count() == 1
    with pytest.raises(RefusedError, match="merged"):
        market.merge_competitors(keep=keep, drop=drop)
    with pytest.raises(RefusedError, match="two different"):
        market.merge_competitors(keep=keep, drop=keep)
    with pytest.raises(RefusedError, match="merged"):
        market.save_competitor(competitor=drop, note="x")


def test_everything_follows_a_merged_account(people: People) -> None:
    keep, drop = make_account(lead=people.owner), make_account(lead=people.owner)
    rival = make_competitor(name="Rival")
    make_presence(account=keep, competitor=rival, since=date(2026, 1, 1))
    make_presence(account=drop, competitor=rival, since=date(2025, 1, 1), share="0.4")
    make_price(account=drop, competitor=rival)
    make_move(account=drop, competitor=rival)
    plan = plan_merge(keep=keep, drop=drop)
    assert "1 price seen" in plan.moves
    assert "1 move of a competitor" in plan.moves
    assert any("Rival" in str(one.message) for one in plan.cautions)
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)
    rows = CompetitorPresence.objects.filter(account=keep).order_by("valid")
    assert [(row.valid.lower, row.valid.upper, row.share) for row in rows] == [
        (date(2025, 1, 1), date(2026, 1, 1), Decimal("0.4000")),
        (date(2026, 1, 1), None, None),
    ]
    assert CompetitorPrice.objects.get().account == keep
    assert CompetitorMove.objects.get().account == keep


def test_counts_are_of_visible_accounts(account: Account, people: People) -> None:
    rival = make_competitor()
    make_presence(account=account, competitor=rival)
    make_presence(account=make_account(lead=people.stranger), competitor=rival)
    make_presence(account=make_account(lead=people.owner), competitor=rival, until=TODAY)

    def places(who: str) -> int:
        row: Any = competitors_for(getattr(people, who), as_of=TODAY).get(pk=rival.pk)
        return int(row.places)

    found = {who: places(who) for who in ("owner", "stranger", "director")}
    assert found == {"owner": 1, "stranger": 1, "director": 2}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_competitorpresence SET share = 2",
        "UPDATE accounts_competitorpresence SET share = 0.5",
        "UPDATE accounts_competitorpresence SET valid = 'empty'",
        "UPDATE accounts_competitorpresence SET share = 0.5, share_source = 'x', share_on = now()",
        "UPDATE accounts_competitorprice SET price = NULL, terms = 'x'",
        "UPDATE accounts_competitorprice SET price = 0",
        "UPDATE accounts_competitorprice SET currency_id = NULL",
        "UPDATE accounts_competitorprice SET seen_where = ''",
        "UPDATE accounts_competitormove SET source = ''",
        "UPDATE accounts_competitormove SET link = 'javascript:x'",
        "UPDATE accounts_competitor SET name = ''",
        "UPDATE accounts_competitor SET merged_into_id = id",
        "UPDATE accounts_marketfact SET value = NULL",
        "UPDATE accounts_marketfact SET value = -1",
        "UPDATE accounts_marketfact SET unit = ''",
        "UPDATE accounts_marketfact SET period = '[2026-01-01,)'",
        "UPDATE accounts_marketfact SET confidence = 9",
    ],
)
def test_the_database_refuses(account: Account, sql: str) -> None:
    rival = make_competitor()
    make_presence(account=account, competitor=rival)
    make_price(account=account, competitor=rival)
    make_move(competitor=rival)
    make_fact()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_competitors_are_found_by_name() -> None:
    make_competitor(name="Åkerhavre")
    assert Competitor.objects.filter(name_key__contains="akerhavre").count() == 1
