"""Pages and API of competitors and market facts: who may what, noting, lists, exports."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import (
    Account,
    Competitor,
    CompetitorMove,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category
from tests.factories.known import (
    make_competitor,
    make_fact,
    make_move,
    make_presence,
    make_price,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
ALL = dict.fromkeys(ROLES, 200)
NONE = dict.fromkeys(ROLES, 404)
READS = {**ALL, "stranger": 404}
WRITES = {**NONE, "owner": 200, "director": 200, "administrator": 200}
ADDS = {**ALL, "controller": 404, "auditor": 404}
MERGES = {**NONE, "director": 200, "administrator": 200}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("competitor-list", ALL),
        ("competitor-detail", ALL),
        ("market-fact-list", ALL),
        ("panel-competitors", READS),
        ("competitor-create", ADDS),
        ("competitor-edit", ADDS),
        ("market-move-create", ADDS),
        ("market-fact-create", ADDS),
        ("market-fact-edit", ADDS),
        ("market-fact-delete", ADDS),
        ("competitor-merge", MERGES),
        ("presence-create", WRITES),
        ("presence-edit", WRITES),
        ("presence-delete", WRITES),
        ("price-seen-create", WRITES),
        ("price-seen-edit", WRITES),
        ("price-seen-delete", WRITES),
        ("competitor-move-create", WRITES),
        ("competitor-move-edit", WRITES),
        ("competitor-move-delete", WRITES),
    ],
)
def test_who_may_open_which_page(
    people: People, account: Account, name: str, expected: dict[str, int]
) -> None:
    rival = make_competitor()
    move = make_move(competitor=rival, account=account)
    args: dict[str, tuple[Any, ...]] = {
        "competitor-list": (),
        "market-fact-list": (),
        "competitor-create": (),
        "market-fact-create": (),
        "competitor-detail": (rival.pk,),
        "competitor-edit": (rival.pk,),
        "competitor-merge": (rival.pk,),
        "market-move-create": (rival.pk,),
        "market-fact-edit": (make_fact().pk,),
        "market-fact-delete": (make_fact(country="SE").pk,),
        "presence-edit": (make_presence(account=account).pk,),
        "presence-delete": (make_presence(account=account).pk,),
        "price-seen-edit": (make_price(account=account).pk,),
        "price-seen-delete": (make_price(account=account).pk,),
        "competitor-move-edit": (move.pk,),
        "competitor-move-delete": (move.pk,),
    }
    address = url(name, *args.get(name, (account.pk,)))
    found = {who: client_of(getattr(people, who)).get(address).status_code for who in ROLES}
    assert found == expected


@pytest.mark.parametrize("who", ["teammate", "stranger", "controller", "auditor"])
def test_a_refusal_changes_nothing(people: People, account: Account, who: str) -> None:
    row = make_presence(account=account)
    client = client_of(getattr(people, who))
    for address in (
        url("presence-create", account.pk),
        url("presence-delete", row.pk),
        url("price-seen-create", account.pk),
    ):
        assert client.post(address, {"new_name": "X", "share": "4"}).status_code == 404
    assert CompetitorPresence.objects.count() == 1
    assert Competitor.objects.count() == 1


def test_somebody_new_is_noted_in_one_form(people: People, account: Account) -> None:
    client, category = client_of(people.owner), make_category()
    address = url("presence-create", account.pk)
    assert client.post(address, {"share": "40"}).status_code == 422
    sent = {"new_name": "Havre", "category": category.pk, "share": "40", "confidence": "4"}
    assert client.post(address, sent).status_code == 422
    assert CompetitorPresence.objects.count() == 0
    answer = client.post(address, {**sent, "share_source": "Their buyer"})
    assert answer.status_code == 302
    row = CompetitorPresence.objects.get()
    assert (row.competitor.name, f"{row.share:f}", row.confidence) == ("Havre", "0.4000", 4)
    page = client.get(url("panel-competitors", account.pk)).content.decode()
    assert "Havre" in page
    assert "40" in page


def test_prices_and_moves_are_noted_and_shown(people: People, account: Account) -> None:
    client, rival = client_of(people.owner), make_competitor(name="Havre")
    sent = {
        "competitor": rival.pk,
        "product": "Oat drink",
        "price": "1.79",
        "currency": "EUR",
        "unit": "piece",
        "seen_where": "Shelf in Turku",
    }
    assert client.post(url("price-seen-create", account.pk), sent).status_code == 302
    assert CompetitorPrice.objects.get().author == people.owner
    sent = {
        "competitor": rival.pk,
        "kind": "launch",
        "text": "New barista drink",
        "source": "Fair",
        "account": f"#{account.pk}",
    }
    assert client.post(url("competitor-move-create", account.pk), sent).status_code == 302
    page = client.get(rival.get_absolute_url()).content.decode()
    assert "Shelf in Turku" in page
    assert "New barista drink" in page


def test_a_move_at_a_foreign_account_is_refused(people: People, account: Account) -> None:
    rival = make_competitor()
    sent = {"kind": "launch", "text": "x", "source": "y", "competitor": rival.pk}
    for who, code in (("teammate", 422), ("stranger", 422), ("owner", 302)):
        answer = client_of(getattr(people, who)).post(
            url("market-move-create", rival.pk), {**sent, "account": f"#{account.pk}"}
        )
        assert answer.status_code == code, who
    assert CompetitorMove.objects.get().account == account


def test_foreign_rows_never_show(people: People, account: Account) -> None:
    rival = make_competitor(name="Havre")
    make_presence(account=account, competitor=rival, share="0.4")
    make_price(account=account, competitor=rival, product="Secret drink")
    make_move(account=account, competitor=rival, text="Secret listing")
    make_move(competitor=rival, text="Known to all")
    client = client_of(people.stranger)
    for address in (
        rival.get_absolute_url(),
        rival.get_absolute_url() + "?p-export=csv",
        rival.get_absolute_url() + "?export=csv",
        reverse("api:competitor-presence-list"),
        reverse("api:competitor-price-list"),
        reverse("api:competitor-move-list"),
    ):
        answer: Any = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert b"Secret" not in body
        assert b"Kesko" not in body
    assert b"Known to all" in client.get(rival.get_absolute_url()).content


def test_pages_need_the_same_statements_at_any_size(people: People, account: Account) -> None:
    client, rival = client_of(people.owner), make_competitor(name="Havre")
    addresses = [
        url("competitor-list"),
        rival.get_absolute_url(),
        url("panel-competitors", account.pk),
        url("market-fact-list"),
    ]

    def grow() -> None:
        category = make_category()
        make_presence(account=account, competitor=rival, category=category, share="0.1")
        make_price(account=account, competitor=rival)
        make_move(account=account, competitor=rival)
        make_fact(category=category)
        make_competitor()

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    grow()
    for address in addresses:
        client.get(address)
    one = [counted(address) for address in addresses]
    grow()
    grow()
    assert [counted(address) for address in addresses] == one


def test_market_facts_are_filtered_and_exported(people: People) -> None:
    make_fact(country="FI", value="98765")
    make_fact(country="SE", value="345")
    client = client_of(people.owner)
    page = client.get(url("market-fact-list") + "?country=SE").content.decode()
    assert "345" in page
    assert "98,765" not in page
    answer: Any = client.get(url("market-fact-list") + "?country=SE&export=csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"345" in body
    assert b"Trade association" in body


def test_merging_leads_on_to_the_kept_one(people: People) -> None:
    keep, drop = make_competitor(name="Havre"), make_competitor(name="Havre AB")
    client = client_of(people.director)
    answer = client.post(url("competitor-merge", keep.pk), {"duplicate": drop.pk})
    assert answer.status_code == 302
    answer = client.get(drop.get_absolute_url())
    assert answer["Location"] == keep.get_absolute_url()


# API


def test_the_api_keeps_presences_prices_moves_and_facts(people: People, account: Account) -> None:
    client = client_of(people.owner)

    def post(name: str, body: dict[str, Any]) -> Any:
        answer = client.post(reverse(f"api:{name}-list"), body, content_type="application/json")
        assert answer.status_code == 201, answer.content
        return answer.json()

    rival = post("competitor", {"name": "Havre", "country": "SE"})["id"]
    at = {"account": account.pk, "competitor": rival}
    made = post(
        "competitor-presence",
        {**at, "share": "0.25", "share_source": "Buyer", "confidence": 4, "since": "2026-01-01"},
    )
    assert made["share"] == "0.2500"
    address = reverse("api:competitor-presence-detail", args=[made["id"]])
    answer = client.put(address, {**at, "until": "2026-05-01"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["share"], answer.json()["until"]) == (None, "2026-05-01")
    price = {"product": "Drink", "price": "1.79", "currency": "EUR", "unit": "piece"}
    assert post("competitor-price", {**at, **price, "seen_where": "Shelf"})["price"] == "1.7900"
    post("competitor-move", {"competitor": rival, "kind": "price", "text": "a", "source": "b"})
    body = {
        "country": "FI",
        "measure": "growth",
        "value": "2.5",
        "unit": "percent",
        "period_from": "2025-01-01",
        "period_before": "2026-01-01",
        "source": "Association",
        "confidence": 4,
    }
    made = post("market-fact", body)
    answer = client.patch(
        reverse("api:market-fact-detail", args=[made["id"]]),
        {"value": "3"},
        content_type="application/json",
    )
    assert (answer.json()["value"], answer.json()["unit"]) == ("3.0000", "percent")
    assert client.delete(address).status_code == 204
    assert CompetitorPresence.objects.count() == 0


def test_the_api_changes_nothing_for_others(people: People, account: Account) -> None:
    row = make_presence(account=account)
    address = reverse("api:competitor-presence-detail", args=[row.pk])
    for who in ("teammate", "stranger", "controller", "auditor"):
        client = client_of(getattr(people, who))
        assert client.delete(address).status_code == 404
        body = {"account": account.pk, "competitor": row.competitor_id}
        answer = client.post(
            reverse("api:competitor-presence-list"), body, content_type="application/json"
        )
        assert answer.status_code in {400, 404, 422}
    assert CompetitorPresence.objects.get().updated_at == row.updated_at
    assert MarketFact.objects.count() == 0
