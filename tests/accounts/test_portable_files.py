"""Competitors, market facts, placements and accounts with addresses: in, out, and in again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import (
    Account,
    AccountAddress,
    Competitor,
    CompetitorPresence,
    CompetitorPrice,
    MarketFact,
)
from accounts.selectors import portable
from accounts.services.addresses import add_address
from kam.identity.models import User
from kam.imports.mapping import identity_mapping
from kam.imports.options import ControlTotals, Options
from kam.imports.registry import importer_for
from kam.imports.services import batches, running, undoing
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.identity import make_team, make_user
from tests.factories.imports import TODAY, Sent, csv_text, send
from tests.factories.known import make_competitor, make_fact, make_presence, make_price
from tests.factories.placement import make_placement

pytestmark = pytest.mark.django_db
RIVAL = ["competitor", "account", "category", "share", "terms", "seen_on", "source", "confidence",
         "price", "unit", "since", "until", "country"]  # fmt: skip
FACT = ["country", "category", "channel", "measure", "value", "unit", "text", "year", "source",
        "noted_on", "confidence", "link"]  # fmt: skip


@pytest.fixture
def author() -> User:
    return make_user(roles=["administrator"])


@pytest.fixture
def account() -> Account:
    make_category(code="bread", name="Bread")
    return make_account(name="Kuusipelto", external_id="C-1")


def send_as(user: User, kind: str, header: Sequence[str], *rows: Sequence[Any]) -> Sent:
    """A file that somebody uploads."""
    upload = ContentFile(csv_text(header, *rows).encode(), name="file.csv")
    batch = batches.receive_file(
        kind=kind, source_code="erp", upload=upload, user=user, as_of=TODAY
    )
    mapping = identity_mapping(header, importer_for(kind).visible_columns())
    ready = batches.set_up(
        batch_id=batch.pk, mapping=mapping, options=Options(), control_totals=ControlTotals()
    )
    summary = running.commit(batch_id=ready.pk, as_of=TODAY)
    batch.refresh_from_db()
    return Sent(batch, summary)


def line(header: Sequence[str], facts: dict[str, Any]) -> list[Any]:
    return [facts.get(column) for column in header]


def rival(**facts: Any) -> list[Any]:
    return line(RIVAL, {"competitor": "Nordmill", "account": "C-1", **facts})


def fact(**facts: Any) -> list[Any]:
    start = {"country": "Finland", "measure": "size", "value": "12.5", "unit": "MEUR",
             "year": "2025", "source": "Statistics"}  # fmt: skip
    return line(FACT, {**start, **facts})


def test_competitors_come_in_are_sent_again_and_go(author: User, account: Account) -> None:
    rows = [
        rival(category="Bread", share="35 %", seen_on="2026-03-01", source="Buyer", confidence="4"),
        rival(category="Bread", terms="60 days", seen_on="2026-03-01", source="Offer"),
        rival(competitor="Kaukola", country="SE"),
    ]
    first = send_as(author, "competitors", RIVAL, *rows)
    assert (first.counts, first.notices) == ((3, 0, 0, 0), ["new competitors"])
    presence = CompetitorPresence.objects.get(category__code="bread")
    assert (presence.share, presence.confidence, presence.share_on, presence.valid.lower) == (
        Decimal("0.35"), 4, date(2026, 3, 1), None,
    )  # fmt: skip
    seen = CompetitorPrice.objects.get()
    assert (seen.terms, seen.seen_where, seen.author, seen.price) == (
        "60 days", "Offer", author, None,
    )  # fmt: skip
    assert send_as(author, "competitors", RIVAL, *rows).counts == (0, 0, 3, 0)

    more = rival(category="Bread", share="0.4", seen_on="2026-05-01", source="Panel")
    second = send_as(author, "competitors", RIVAL, more)
    assert second.counts == (0, 1, 0, 0)
    presence.refresh_from_db()
    assert (presence.share, presence.share_source, presence.confidence) == (
        Decimal("0.4"), "Panel", 4,
    )  # fmt: skip
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    presence.refresh_from_db()
    assert presence.share == Decimal("0.35")
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not Competitor.objects.exists()
    assert not CompetitorPresence.objects.exists()
    assert not CompetitorPrice.objects.exists()


def test_rows_about_competitors_that_are_rejected(author: User, account: Account) -> None:
    make_competitor(name="Twin", country="SE")
    make_competitor(name="Twin", country="FI")
    make_presence(account=account, competitor=make_competitor(name="Old"), since=date(2025, 1, 1))
    cases: list[tuple[dict[str, Any], str]] = [
        ({"account": "C-9"}, "unknown account"),
        ({"category": "Milk"}, "unknown category"),
        ({"competitor": "Twin"}, "ambiguous competitor"),
        ({"share": "35", "source": "x"}, "share is not between 0 and 1"),
        ({"share": "0.3"}, "no source"),
        ({"share": "0.3", "source": "x", "confidence": "9"}, "bad confidence"),
        ({"share": "0.3", "source": "x", "seen_on": "2027-01-01"}, "seen in the future"),
        ({"since": "2026-01-01", "until": "2026-01-01"}, "ends before it begins"),
        ({"price": "2", "source": "x", "category": "Bread"}, "no unit"),
        ({"price": "-2", "source": "x", "unit": "kg", "category": "Bread"}, "price of nothing"),
        ({"terms": "60 days", "source": "x"}, "price of what"),
        ({"competitor": "Old", "since": "2024-01-01"}, "overlaps another presence"),
    ]
    for number, (bad, reason) in enumerate(cases):
        row = rival(**{"competitor": f"New {number}", **bad})
        assert send_as(author, "competitors", RIVAL, row).reasons == [(reason, 1)], bad
    assert Competitor.objects.filter(name__startswith="New").count() == 0
    assert send_as(author, "competitors", RIVAL, rival(competitor="Twin", country="FI")).counts == (
        1, 0, 0, 0,
    )  # fmt: skip


def test_one_presence_ends_and_the_next_begins_in_one_file(author: User, account: Account) -> None:
    send_as(author, "competitors", RIVAL, rival(since="2025-01-01"))
    found = send_as(
        author,
        "competitors",
        RIVAL,
        rival(since="2025-01-01", until="2026-01-01"),
        rival(since="2026-01-01"),
    )
    assert found.counts == (1, 1, 0, 0)
    unsigned = send("competitors", csv_text(RIVAL, rival(category="Bread", terms="x", source="y")))
    assert unsigned.notices == ["prices without author"]
    assert (unsigned.counts, CompetitorPrice.objects.count()) == ((0, 0, 1, 0), 0)


def test_market_facts_come_in_are_sent_again_and_go(author: User, account: Account) -> None:
    rows = [
        fact(),
        fact(measure="growth a year", value="3 ".strip(), unit="%", noted_on="2026-02-01"),
        fact(measure="trend", value=None, unit=None, text="More from plants", category="Bread"),
    ]
    first = send_as(author, "market_facts", FACT, *rows)
    assert first.counts == (3, 0, 0, 0)
    size = MarketFact.objects.get(measure="size")
    assert (size.country, size.value, size.period.lower, size.period.upper, size.author) == (
        "FI", Decimal("12.5"), date(2025, 1, 1), date(2026, 1, 1), author,
    )  # fmt: skip
    assert send_as(author, "market_facts", FACT, *rows).counts == (0, 0, 3, 0)
    second = send_as(author, "market_facts", FACT, fact(value="13", confidence="5"))
    assert second.counts == (0, 1, 0, 0)
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    size.refresh_from_db()
    assert (size.value, size.confidence) == (Decimal("12.5"), 3)
    undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    assert not MarketFact.objects.exists()


def test_rows_about_markets_that_are_rejected(author: User, account: Account) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"country": "Atlantis"}, "unknown: country"),
        ({"category": "Milk"}, "unknown category"),
        ({"channel": "by dog sledge"}, "unknown: channel"),
        ({"measure": "mood"}, "unknown: measure"),
        ({"value": None}, "neither value nor words"),
        ({"unit": None}, "no unit"),
        ({"value": "-1"}, "value below zero"),
        ({"year": "25.5"}, "bad year"),
        ({"confidence": "0"}, "bad confidence"),
        ({"link": "ftp://x"}, "not a link"),
        ({"noted_on": "2027-01-01"}, "seen in the future"),
        ({"source": None}, "missing: source"),
    ]
    for bad, reason in cases:
        assert send_as(author, "market_facts", FACT, fact(**bad)).reasons == [(reason, 1)], bad
    assert not MarketFact.objects.exists()
    unsigned = send("market_facts", csv_text(FACT, fact()))
    assert unsigned.summary.blockers
    assert not MarketFact.objects.exists()


ADDRESSED = ["external_id", "name", "gln", "visiting_street", "visiting_city", "visiting_country",
             "delivery_city", "invoicing_postal_code"]  # fmt: skip


def test_addresses_come_with_accounts_and_go_again() -> None:
    known = make_account(name="Known", external_id="C-1")
    add_address(account=known, kind="visiting", lines="Old street 1", city="Turku", country="FI")
    sent = send(
        "accounts",
        csv_text(
            ADDRESSED,
            ["C-1", "Known", None, "New street 2", None, None, "Lahti", None],
            ["C-2", "New", None, "A\nB 3", "Oulu", "Finland", None, None],
        ),
    )
    assert sent.counts == (1, 1, 0, 0)
    wrong = csv_text(
        ADDRESSED,
        ["C-3", "Nowhere", None, None, None, None, None, "00100"],
        ["C-4", "Wrong", "4006381333930", None, None, None, None, None],
    )
    reasons = send("accounts", wrong).reasons
    assert sorted(reasons) == [("address of nowhere", 1), ("unknown: gln", 1)]
    rows = AccountAddress.objects.order_by("account__name", "kind")
    assert list(rows.values_list("account__name", "kind", "lines", "city", "country")) == [
        ("Known", "delivery", "", "Lahti", ""),
        ("Known", "visiting", "New street 2", "Turku", "FI"),
        ("New", "visiting", "A\nB 3", "Oulu", "FI"),
    ]
    again = csv_text(ADDRESSED, ["C-1", "Known", None, "New street 2", None, None, "Lahti", None])
    assert send("accounts", again).counts == (0, 0, 1, 0)
    undoing.undo(batch_id=sent.batch.pk, as_of=TODAY)
    assert list(rows.values_list("account__name", "lines")) == [("Known", "Old street 1")]
    assert not Account.objects.filter(name="New").exists()


def test_a_source_of_location_numbers_is_judged() -> None:
    header = ["external_id", "name"]
    text = csv_text(header, ["4006381333931", "Right"], ["4006381333930", "Wrong"])
    found = send("accounts", text, source="GLN")
    assert (found.counts, found.reasons) == ((1, 0, 0, 1), [("unknown: gln", 1)])


def test_every_file_can_be_sent_again_as_it_was_exported(author: User, account: Account) -> None:
    store = make_account(name="Kuusipelto Oulu", kind="store", parent=account, external_id="S-1")
    add_address(account=store, kind="visiting", lines="Street 1\nStairs B", city="Oulu")
    bread = make_category(code="rye", name="Rye")
    nordmill = make_competitor(name="Nordmill")
    make_presence(account=account, competitor=nordmill, category=bread, share="0.345")
    make_presence(account=store, competitor=nordmill, until=date(2025, 1, 1))
    make_price(account=account, competitor=nordmill)
    make_fact(category=bread)
    make_fact(measure="trend", value=None)
    make_placement(account=account, product=make_product(code="P-1"), kind="facings", quantity=4)
    files = [
        ("competitors", portable.COMPETITORS, portable.competitor_rows, 3),
        ("market_facts", portable.MARKET_FACTS, portable.market_fact_rows, 2),
        ("placements", portable.PLACEMENTS, portable.placement_rows, 1),
        ("accounts", portable.ACCOUNTS, portable.account_rows, 2),
    ]
    for kind, header, rows, count in files:
        sent = send_as(author, kind, header, *rows(author))
        assert (kind, sent.reasons, sent.counts) == (kind, [], (0, 0, count, 0))


def test_a_file_holds_what_one_may_see(client: Client, account: Account) -> None:
    make_presence(account=account, competitor=make_competitor(name="Nordmill"))
    stranger = make_user(team=make_team(name="Elsewhere"))
    client.force_login(stranger)
    for kind in ("competitors", "accounts", "placements"):
        answer = client.get(reverse("accounts:portable", args=[kind]), {"export": "csv"})
        assert b"".join(answer.streaming_content).count(b"\r\n") == 1  # type: ignore[attr-defined]
    assert client.get(reverse("accounts:portable", args=["people"])).status_code == 404
    client.force_login(make_user(roles=["sales_director"]))
    answer = client.get(reverse("accounts:portable", args=["competitors"]), {"export": "csv"})
    assert b"Nordmill" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    page = client.get(reverse("accounts:competitor-list")).content.decode()
    assert reverse("accounts:portable", args=["competitors"]) in page
