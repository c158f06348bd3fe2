"""Currencies and dated exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from kam.core.models import ExchangeRate, Organisation
from kam.core.selectors.rates import MissingRateError, currencies_in_use, rate_on
from kam.core.services import rates as services
from tests.conftest import People, client_of
from tests.factories.core import make_rate

pytestmark = pytest.mark.django_db
NEW = {
    "currency": "VND",
    "valid_on": "2026-11-01",
    "quoted": "currency",
    "rate": "0.0000375",
    "source": "ECB",
}


# What a currency was worth


def test_the_latest_rate_on_or_before_the_day_counts() -> None:
    make_rate(currency="USD", rate="0.90", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.92", valid_on=date(2026, 2, 1))
    found = {
        day: rate_on("USD", "EUR", date.fromisoformat(day))
        for day in ("2026-01-01", "2026-01-31", "2026-02-01", "2027-01-01")
    }
    assert found == {
        "2026-01-01": Decimal("0.90"),
        "2026-01-31": Decimal("0.90"),
        "2026-02-01": Decimal("0.92"),
        "2027-01-01": Decimal("0.92"),
    }
    assert rate_on("USD", "USD", date(1990, 1, 1)) == 1


def test_a_missing_rate_names_the_pair_and_the_day() -> None:
    make_rate(currency="USD", rate="0.90", valid_on=date(2026, 1, 1))
    with pytest.raises(MissingRateError) as caught:
        rate_on("USD", "EUR", date(2025, 12, 31))
    assert str(caught.value) == "There is no rate of USD in EUR on or before Dec 31, 2025."
    assert (caught.value.currency, caught.value.base) == ("USD", "EUR")
    assert caught.value.on == date(2025, 12, 31)
    with pytest.raises(MissingRateError) as caught:
        rate_on("USD", "SEK", date(2026, 3, 1))
    assert (caught.value.currency, caught.value.base) == ("SEK", "EUR")


def test_other_pairs_go_through_the_base_currency() -> None:
    make_rate(currency="USD", rate="0.90")
    make_rate(currency="SEK", rate="0.09")
    day = date(2026, 1, 1)
    assert rate_on("USD", "SEK", day) == 10
    assert rate_on("EUR", "SEK", day) == Decimal("11.11111111111111")
    make_rate(currency="USD", rate="10.5", base="SEK")
    assert rate_on("USD", "SEK", day) == Decimal("10.5")


def test_the_base_currency_is_the_organisations() -> None:
    Organisation.objects.update(base_currency="USD")
    make_rate(currency="EUR", rate="1.10", base="USD")
    make_rate(currency="SEK", rate="0.10", base="USD")
    assert rate_on("EUR", "SEK", date(2026, 1, 1)) == 11


def test_currencies_carry_their_latest_rate() -> None:
    make_rate(currency="USD", rate="0.90", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.99", valid_on=date(2026, 3, 1))
    rows: list[Any] = list(currencies_in_use(date(2026, 2, 1)))
    found = {row.code: (row.rate, row.rate_valid_on) for row in rows}
    assert found["USD"] == (Decimal("0.90"), date(2026, 1, 1))
    assert found["EUR"] == found["SEK"] == (None, None)


# Who may


def test_who_may_change_rates(people: People) -> None:
    rate = make_rate(currency="USD", rate="0.90")
    url = f"/settings/rates/{rate.pk}/"
    for user in (people.owner, people.stranger, people.director, people.auditor):
        client = client_of(user)
        assert client.get("/settings/rates/new/").status_code == 404
        for address in ("/settings/rates/new/", url, f"{url}delete/"):
            assert client.post(address, NEW).status_code == 404
    assert list(ExchangeRate.objects.values_list("rate", flat=True)) == [Decimal("0.90")]
    for user in (people.controller, people.administrator):
        client = client_of(user)
        assert client.get("/settings/rates/new/").status_code == 200
        assert client.get(url).status_code == 200
    assert "may look but not change" in client_of(people.auditor).get(url).content.decode()


# Typing them in


def test_a_rate_is_added_and_said_both_ways(people: People) -> None:
    client = client_of(people.controller)
    page: Any = client.post("/settings/rates/new/", NEW, follow=True)
    rate = ExchangeRate.objects.get()
    assert (rate.currency_id, rate.base_id, rate.rate) == ("VND", "EUR", Decimal("0.0000375"))
    assert (rate.valid_on, rate.source) == (date(2026, 11, 1), "ECB")
    assert [str(message) for message in page.context["messages"]] == [
        "Saved: 1 VND = 0.0000375 EUR, that is 1 EUR = 26,666.667 VND."
    ]


def test_a_rate_may_be_typed_the_other_way_round(people: People) -> None:
    data = NEW | {"quoted": "base", "rate": "25000"}
    client_of(people.controller).post("/settings/rates/new/", data)
    assert ExchangeRate.objects.get().rate == Decimal("0.00004")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"valid_on": ""}, "valid_on"),
        ({"valid_on": "yesterday"}, "valid_on"),
        ({"rate": "0"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"rate": "1e30"}, "rate"),
        ({"rate": "99999999999", "quoted": "base"}, "rate"),
        ({"quoted": "sideways"}, "quoted"),
    ],
)
def test_nonsense_is_refused_beside_the_field(
    people: People, change: dict[str, str], field: str
) -> None:
    page: Any = client_of(people.controller).post("/settings/rates/new/", NEW | change)
    assert (page.status_code, field in page.context["form"].errors) == (422, True)
    assert ExchangeRate.objects.count() == 0


def test_a_second_rate_of_a_day_is_refused(people: People) -> None:
    make_rate(currency="VND", rate="0.00004", valid_on=date(2026, 11, 1))
    page: Any = client_of(people.controller).post("/settings/rates/new/", NEW)
    assert page.status_code == 422
    assert "There is a rate of this currency on this date already." in page.content.decode()


def test_a_rate_is_corrected_and_deleted_and_remembers(people: People) -> None:
    rate = make_rate(currency="USD", rate="0.90")
    url, client = f"/settings/rates/{rate.pk}/", client_of(people.controller)
    data = {"quoted": "currency", "rate": "0.91", "source": "Bank", "currency": "SEK"}
    assert client.post(url, data).status_code == 302
    rate.refresh_from_db()
    assert (rate.rate, rate.source, rate.currency_id) == (Decimal("0.91"), "Bank", "USD")
    newest = client.get(url).context["history"][0]
    assert (newest.who, newest.kind) == (people.controller.full_name, "update")
    changed = {field.title: (field.before, field.after) for field in newest.fields}
    assert changed == {"rate": ("0.9", "0.91"), "source": (None, "Bank")}
    assert client.get(f"{url}delete/").status_code == 200
    assert client.post(f"{url}delete/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label FROM core_exchangerateevent ORDER BY pgh_id")
        assert [row[0] for row in cursor.fetchall()] == ["insert", "update", "delete"]


def test_apps_hear_of_new_rates(people: People) -> None:
    heard: list[int] = []
    listener = lambda: heard.append(ExchangeRate.objects.count())  # noqa: E731 - removed below
    services.on_rates_changed(listener)
    client_of(people.controller).post("/settings/rates/new/", NEW)
    services._listeners.remove(listener)
    assert heard == [1]


# Lists


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_need_few_statements(
    people: People, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, number + 1))
    client = client_of(people.auditor)
    with django_assert_num_queries(4):
        response: Any = client.get("/settings/rates/")
    assert len(response.context["table"].rows) == rows
    with django_assert_num_queries(5):
        client.get("/settings/currencies/")


def test_rates_are_filtered(people: People) -> None:
    make_rate(currency="USD", rate="0.9", valid_on=date(2026, 1, 1))
    make_rate(currency="USD", rate="0.8", valid_on=date(2026, 2, 1))
    make_rate(currency="SEK", rate="0.1", valid_on=date(2026, 2, 1))
    client = client_of(people.auditor)

    def found(query: str) -> list[tuple[str, str]]:
        rows = client.get(f"/settings/rates/?{query}").context["table"].page.rows
        return [(row.currency_id, row.valid_on.isoformat()) for row in rows]

    assert found("currency=USD") == [("USD", "2026-02-01"), ("USD", "2026-01-01")]
    assert found("currency=SEK") == [("SEK", "2026-02-01")]
    assert found("valid_on_after=2026-01-15&currency=USD") == [("USD", "2026-02-01")]


def test_a_small_rate_shows_all_its_digits(people: People) -> None:
    make_rate(currency="VND", rate="0.0000375")
    page = client_of(people.auditor).get("/settings/rates/").content.decode()
    assert "0.0000375" in page
    assert "26,666.667" in page
