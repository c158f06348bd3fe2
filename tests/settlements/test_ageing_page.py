"""Ageing as of any day: bands, bases, levels and currencies as asked, and every sum agrees."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Account
from kam.core.models import ExchangeRate
from settlements.selectors.ageing import AgeingQuery, Basis, Level, ageing
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document
from tests.files import book_rows, file_rows

pytestmark = pytest.mark.django_db

URL = "/receivables/ageing/"
DAY = date(2026, 6, 30)


def body(response: Any) -> str:
    return str(response.content.decode())


def ledger(people: People) -> dict[str, Account]:
    """Items on all edges of the bands, in two groups with a shop each."""
    company = make_company()
    found = {
        "Alpha": make_account(name="Alpha", lead=people.owner),
        "Beta": make_account(name="Beta", lead=people.stranger),
    }
    for group in ("Alpha", "Beta"):
        found[f"{group} shop"] = make_account(name=f"{group} shop", parent=found[group])
    for number, days in enumerate((-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)):
        make_document(
            account=found["Alpha shop" if number % 2 else "Beta"], company=company,
            on=date(2025, 3, 1), amounts=[f"{2**number}.00"], due=[DAY - timedelta(days=days)],
        )  # fmt: skip
    make_document(
        account=found["Alpha"], company=company, on=date(2026, 6, 1), amounts=["1024.00"],
        due=[None],
    )  # fmt: skip
    for kind, amount in (("receipt", "5.00"), ("credit_note", "6.00")):
        make_document(
            account=found["Beta shop"], company=company, kind=kind, amounts=[amount],
            on=date(2026, 6, 1),
        )  # fmt: skip
    return found


def get(people: People, query: str = "", who: str = "director") -> Any:
    return client_of(getattr(people, who)).get(f"{URL}?as_of={DAY}{query}")


def test_bands_hold_their_edges_and_sum_up(people: People) -> None:
    ledger(people)
    response = get(people)
    total = response.context["found"].total
    assert total.buckets == (1 + 2, 4 + 8, 16 + 32, 64 + 128, 256 + 512, 1024)
    assert (total.open, sum(total.buckets)) == (2047, 2047)
    assert (total.unapplied, total.open_credits, total.net) == (5, 6, 2036)
    rows = file_rows(get(people, "&export=csv"))
    assert rows[0] == [
        "Group", "Open (EUR)", "Overdue (EUR)", "Not due (EUR)", "1–30 (EUR)", "31–60 (EUR)",
        "61–90 (EUR)", "91+ (EUR)", "No due date (EUR)", "Unapplied cash (EUR)",
        "Open credits (EUR)", "Net (EUR)",
    ]  # fmt: skip
    sums = [sum(Decimal(row[place]) for row in rows[1:]) for place in range(1, 12)]
    assert sums == [total.open, total.overdue, *total.buckets, 5, 6, 2036]
    shown = [(line.name, line.row.open) for line in response.context["groups"].page.rows]
    assert shown == [(row[0], Decimal(row[1])) for row in rows[1:]]
    response = get(people, "&export=xlsx")
    assert [row[1] for row in book_rows(response)] == [Decimal(row[1]) for row in rows[1:]]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("&bands=7,14", {"bands": (7, 14)}),
        ("&basis=document", {"basis": Basis.DOCUMENT_DATE}),
        ("&level=account", {"level": Level.ACCOUNT}),
        ("&level=account&bands=10&basis=document", {"bands": (10,), "basis": Basis.DOCUMENT_DATE,
                                                    "level": Level.ACCOUNT}),
    ],
)  # fmt: skip
def test_what_is_asked_is_answered(people: People, query: str, asked: dict[str, Any]) -> None:
    ledger(people)
    found = get(people, query).context["found"]
    bounds = asked.pop("bands", (30, 60, 90))
    assert found.query.bands.bounds == bounds
    level = asked.get("level", Level.GROUP)
    expected = ageing(AgeingQuery(as_of=DAY, bands=found.query.bands, **{"level": level, **asked}))
    assert (found.total, found.rows) == (expected.total, expected.rows)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("&bands=30,10", "bands"),
        ("&bands=0", "bands"),
        ("&bands=x", "bands"),
        ("&bands=" + ",".join(map(str, range(1, 20))), "bands"),
        ("&bands=99999999999999999999", "bands"),
        ("&basis=x", "basis"),
        ("&level=x", "level"),
        ("&currency=QQQ", "currency"),
        ("&company=0", "company"),
        ("&lead=x", "lead"),
        ("&account=nobody", "account"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_out(people: People, query: str, field: str) -> None:
    ledger(people)
    response = get(people, query)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert "left out" in body(response)
    assert response.context["found"].total.open == 2047


@pytest.mark.parametrize("text", ["x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_today(people: People, text: str) -> None:
    response = client_of(people.director).get(f"{URL}?as_of={text}")
    assert response.context["query"].as_of == timezone.localdate()


def test_as_of_an_earlier_day_it_was_another(people: People) -> None:
    ledger(people)
    found = client_of(people.director).get(f"{URL}?as_of=2026-05-31").context["found"]
    assert (found.total.open, found.total.unapplied) == (1023, 0)


def test_rows_are_put_in_order_by_the_database(people: People) -> None:
    company = make_company()
    for number in range(60):
        make_document(
            account=make_account(name=f"G{number}"), company=company, on=date(2026, 1, 1),
            amounts=[f"{number + 1}.00"], due=[DAY - timedelta(days=number % 3 * 40 - 1)],
        )  # fmt: skip
    first = get(people, "&sort=open").context["groups"]
    assert [line.name for line in first.page.rows][:3] == ["G0", "G1", "G2"]
    assert (first.count, len(first.rows)) == (60, 50)
    second = get(people, "&sort=open&after=50").context["groups"]
    assert [line.name for line in second.page.rows] == [f"G{number}" for number in range(50, 60)]
    by_band = get(people, "&sort=-band_2").context["groups"]
    assert by_band.page.rows[0].row.buckets[2] == max(
        line.row.buckets[2] for line in get(people, "&sort=-open").context["groups"].page.rows
    )
    assert len(file_rows(get(people, "&sort=-net&export=csv"))) == 61
    for odd in ("&sort=name", "&sort=-x;drop", "&after=-1", "&after=99999999", "&after=1e3"):
        assert get(people, odd).status_code == 200, odd


def test_every_cell_leads_to_its_items(people: People) -> None:
    accounts = ledger(people)
    page = body(get(people, "&bands=30,60,90,120"))
    links = re.findall(r'href="(/receivables/items/\?[^"]+)"', page.replace("&amp;", "&"))
    asked = [parse_qs(urlsplit(link).query) for link in links]
    wanted = {
        "account": [str(accounts["Beta"].pk)], "as_of": [str(DAY)], "bucket": ["91-120"],
        "bands": ["30,60,90,120"],
    }  # fmt: skip
    assert wanted in asked
    by_account = body(get(people, "&level=account&basis=document")).replace("&amp;", "&")
    assert f"account={accounts['Alpha shop'].pk}&as_of={DAY}&bucket=91%2B&basis=document" in (
        by_account
    )
    client = client_of(people.director)
    for row in ageing(AgeingQuery(as_of=DAY, level=Level.GROUP)).rows:
        amounts = (row.buckets[place] for place in (1, 4, 5))
        for name, amount in zip(("1-30", "91%2B", "no_due_date"), amounts, strict=True):
            listed = file_rows(client.get(
                f"/receivables/items/?account={row.key}&as_of={DAY}&bucket={name}&export=csv"
            ))  # fmt: skip
            assert (len(listed) > 1) == (amount > 0), (row.key, name)


def test_currencies_stand_apart_and_are_converted_with_rate_and_day(people: People) -> None:
    for code in ("EUR", "USD"):
        make_document(
            account=make_account(name=code), company=make_company(currency=code), currency=code,
            on=date(2026, 1, 1), due=[date(2026, 3, 1)],
        )  # fmt: skip
    page = body(get(people))
    assert "There is no rate of USD" in page
    assert page.count("100.00") == 8, "each currency on its own: band, open, overdue, net"
    assert "200.00" not in page
    ExchangeRate.objects.create(
        currency_id="USD", base_id="EUR", valid_on=date(2026, 6, 28), rate=Decimal("0.9")
    )
    response = get(people)
    assert response.context["found"].total.open == 190
    assert "1 USD = 0.9 EUR · Jun 28, 2026" in re.sub(r"<[^>]+>", "", body(response))
    alone = get(people, "&currency=only-USD")
    assert (alone.context["found"].currency, alone.context["found"].total.open) == ("USD", 100)
    assert [line.name for line in alone.context["groups"].page.rows] == ["USD"]
    into = get(people, "&currency=EUR&level=account").context["found"]
    assert (into.currency, into.total.open) == ("EUR", 190)


def test_filters_narrow(people: People) -> None:
    accounts = ledger(people)
    found = get(people, f"&account={accounts['Alpha'].pk}&level=account").context["found"]
    assert {row.key for row in found.rows} == {
        accounts["Alpha"].pk, accounts["Alpha shop"].pk,
    }  # fmt: skip
    led = get(people, f"&lead={people.stranger.pk}").context["found"]
    assert [row.key for row in led.rows] == [accounts["Beta"].pk]
    other = make_company()
    assert get(people, f"&company={other.pk}").context["found"].total.open == 0


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        ("owner", {"Alpha"}),
        ("teammate", {"Alpha"}),
        ("stranger", {"Beta"}),
        ("director", {"Alpha", "Beta"}),
        ("controller", {"Alpha", "Beta"}),
        ("administrator", {"Alpha", "Beta"}),
        ("auditor", {"Alpha", "Beta"}),
    ],
)
def test_everybody_sees_their_own(people: People, who: str, groups: set[str]) -> None:
    accounts = ledger(people)
    response = get(people, who=who)
    assert {line.name for line in response.context["groups"].page.rows} == groups
    rows = file_rows(get(people, "&export=csv", who=who))
    assert {row[0] for row in rows[1:]} == groups
    assert sum(Decimal(row[1]) for row in rows[1:]) == response.context["found"].total.open
    other = accounts["Beta" if groups == {"Alpha"} else "Alpha"]
    narrowed = get(people, f"&account={other.pk}", who=who)
    assert bool(narrowed.context["form"].errors) == (len(groups) == 1)
    collection = client_of(getattr(people, who)).get(f"{URL}collection/?as_of={DAY}")
    assert collection.status_code == 200


def test_how_fast_customers_pay(people: People) -> None:
    ledger(people)
    response = client_of(people.director).get(
        f"{URL}collection/?as_of={DAY}", headers={"HX-Request": "true"}
    )
    stats = {stat.name: stat.value for stat in response.context["stats"]}
    assert stats["dso-simple"] == Decimal("180.97")  # 2,047 open of 1,018 sold in 90 days
    assert stats["dso-best"] == Decimal("90.80")  # 1,027 of it not due
    page = body(response)
    assert "of 1,018 EUR sold in 90 days" in page
    assert "<html" not in page


def test_statements_stay_few(people: People, django_assert_num_queries: Any) -> None:
    ledger(people)
    client = client_of(people.owner)
    client.get(URL)
    for _round in range(2):
        with django_assert_num_queries(14):
            client.get(f"{URL}?as_of={DAY}")
        for number in range(2):
            make_document(
                account=make_account(name=f"More {number}", lead=people.owner),
                company=make_company(), on=date(2026, 1, 1), due=[DAY],
            )  # fmt: skip
