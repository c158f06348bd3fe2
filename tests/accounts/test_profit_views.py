"""Pages of profit and of costs: who may what, what they show, constant numbers of statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, ActivityRate, CostEntry, CostPool, Tier
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_entry
from tests.factories.costs import make_activity_rate, make_cost, make_driver, make_pool
from tests.factories.tiers import make_model

pytestmark = pytest.mark.django_db
BOARD = "/accounts/profitability/"
PERIOD = {"date_from": "2026-01-01", "date_to": "2027-01-01", "period": "custom"}


def sold(account: Account | None, amount: int, cost: int | None) -> None:
    make_entry(
        account=account,
        amount=amount,
        cost=None if cost is None else str(cost),
        booked_on=date(2026, 1, 15),
    )


@pytest.fixture
def stage(people: People) -> dict[str, Any]:
    """Two customers, one that earns and one that loses, and every kind of row."""
    good = make_account(name="Good Shop", lead=people.owner)
    bad = make_account(name="Bad Shop", lead=people.stranger, country="SE")
    sold(good, 1000, 500)
    sold(bad, 1000, 950)
    sold(None, 70, None)
    return {
        "good": good,
        "bad": bad,
        "cost": make_cost(account=bad, amount=250, note="Pallets"),
        "driver": make_driver(account=good),
        "rate": make_activity_rate(),
        "pool": make_pool(amount=100),
    }


def test_the_board_says_who_earns_and_who_loses(people: People, stage: dict[str, Any]) -> None:
    page = client_of(people.controller).get(BOARD, PERIOD)
    assert page.status_code == 200
    profit = page.context["profit"]
    assert {key: one.profit for key, one in profit.known.items()} == {
        stage["good"].pk: 400,
        stage["bad"].pk: -250,
    }
    assert profit.unassigned.revenue == 70
    text = page.content.decode()
    assert "Good Shop" in text
    assert "earn 267" in text
    assert "1 of 2 customers makes a loss" in text


def test_a_manager_sees_the_own_customers_alone(people: People, stage: dict[str, Any]) -> None:
    page = client_of(people.owner).get(BOARD, PERIOD)
    text = page.content.decode()
    assert "Good Shop" in text
    assert "Bad Shop" not in text
    assert "You see your own customers" in text
    assert page.context["profit"].unassigned.revenue == 0


@pytest.mark.parametrize("part", ["chart=whale", "chart=effort", "export=csv", "export=xlsx"])
def test_charts_and_tables_come_as_files(people: People, stage: dict[str, Any], part: str) -> None:
    url = f"{BOARD}?date_from=2026-01-01&date_to=2027-01-01&{part}"
    answer = client_of(people.auditor).get(url)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


def test_filters_narrow_the_board(people: People, stage: dict[str, Any]) -> None:
    page = client_of(people.controller).get(BOARD, {**PERIOD, "country": "SE"})
    assert list(page.context["profit"].known) == [stage["bad"].pk]
    page = client_of(people.controller).get(BOARD, {**PERIOD, "level": "account"})
    assert len(page.context["profit"].known) == 2


def test_under_the_floor_of_the_tier_with_what_pulls_it_down(
    people: People, stage: dict[str, Any]
) -> None:
    model = make_model()
    tier = Tier.objects.filter(model=model).order_by("rank").first()
    assert tier is not None
    Tier.objects.filter(pk=tier.pk).update(contribution_floor=Decimal(10))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_tieroverride (account_id, tier_id, valid, reason, approver_id,"
            " created_at, updated_at) SELECT id, %s, '[2025-01-01,2030-01-01)', 'why', %s, now(),"
            " now() FROM accounts_account",
            [tier.pk, people.director.pk],
        )
    page = client_of(people.controller).get(BOARD, PERIOD)
    rows = page.context["below"].page.rows
    assert [row.key for row in rows] == [stage["bad"].pk]
    assert [pull.key for pull in rows[0].pulls][:2] == ["goods", "deliveries"]
    panel = client_of(people.controller).get(
        f"/accounts/{stage['bad'].pk}/profitability/?period=12m"
    )
    assert panel.status_code == 200


def test_the_board_without_any_revenue(people: People) -> None:
    page = client_of(people.controller).get(BOARD)
    assert page.status_code == 200
    assert "No revenue yet" in page.content.decode()


def test_missing_exchange_rates_are_named(people: People) -> None:
    make_entry(account=make_account(), amount=5, currency="SEK", rate=None)
    page = client_of(people.controller).get(BOARD, PERIOD)
    assert "Exchange rates are missing" in page.content.decode()


def test_a_customer_whose_profit_is_not_known_is_listed(people: People) -> None:
    sold(make_account(name="Riddle"), 100, None)
    page = client_of(people.controller).get(BOARD, PERIOD)
    assert "The cost of goods is not known for any of its revenue." in page.content.decode()


def test_the_board_takes_as_many_statements_for_one_as_for_three(people: People) -> None:
    client = client_of(people.controller)

    def statements() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(BOARD, PERIOD).status_code == 200
        return len(counted)

    sold(make_account(), 100, 60)
    statements()
    one = statements()
    for _ in range(2):
        account = make_account()
        sold(account, 100, 60)
        make_cost(account=account, amount=1)
    assert statements() == one == 17


LISTS = {
    "cost-list": ("/costs/", 9),
    "volume-list": ("/costs/volumes/", 8),
    "activity-rate-list": ("/costs/rates/", 9),
    "pool-list": ("/costs/company/", 9),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_as_many_statements_for_one_as_for_three(people: People, name: str) -> None:
    client = client_of(people.controller)
    url, _expected = LISTS[name]

    def fill(number: int) -> None:
        account = make_account()
        make_cost(account=account, amount=number)
        make_driver(account=account)
        make_pool(amount=number, name=str(number))
        make_activity_rate(start=date(2020 + number, 1, 1), until=date(2021 + number, 1, 1))

    def statements() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return len(counted)

    fill(1)
    statements()
    one = statements()
    fill(2)
    fill(3)
    assert statements() == one <= 10


WHO = ["owner", "teammate", "stranger", "director", "controller", "administrator", "auditor"]
SEE_GOOD = {"stranger": 404}
EDITORS = {"controller", "administrator"}


@pytest.mark.parametrize("who", WHO)
def test_who_may_see_what(people: People, stage: dict[str, Any], who: str) -> None:
    client = client_of(getattr(people, who))
    assert client.get(BOARD, PERIOD).status_code == 200
    panel = client.get(f"/accounts/{stage['good'].pk}/profitability/")
    assert panel.status_code == SEE_GOOD.get(who, 200)
    listed = client.get("/costs/")
    assert ("Bad Shop" in listed.content.decode()) == (who not in {"owner", "teammate"})
    assert client.get("/costs/volumes/").status_code == 200
    assert client.get("/costs/rates/").status_code == 200
    sees_company = who not in {"owner", "teammate", "stranger"}
    assert client.get("/costs/company/").status_code == (200 if sees_company else 404)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    ("url", "row"),
    [
        ("/costs/new/", ""),
        ("/costs/{}/", "cost"),
        ("/costs/{}/delete/", "cost"),
        ("/costs/volumes/new/", ""),
        ("/costs/volumes/{}/", "driver"),
        ("/costs/volumes/{}/delete/", "driver"),
        ("/costs/rates/new/", ""),
        ("/costs/rates/{}/", "rate"),
        ("/costs/rates/{}/delete/", "rate"),
        ("/costs/company/new/", ""),
        ("/costs/company/{}/", "pool"),
        ("/costs/company/{}/delete/", "pool"),
    ],
)
def test_who_may_change_what(
    people: People, stage: dict[str, Any], who: str, url: str, row: str
) -> None:
    client = client_of(getattr(people, who))
    address = url.format(stage[row].pk if row else "")
    expected = 200 if who in EDITORS else 404
    assert client.get(address).status_code == expected
    if expected == 404:
        assert client.post(address).status_code == 404
        assert CostEntry.objects.count() == 1
        assert CostPool.objects.count() == 1


def test_a_cost_is_entered_corrected_and_removed(people: People, stage: dict[str, Any]) -> None:
    client = client_of(people.controller)
    data = {
        "account": f"Good Shop #{stage['good'].pk}",
        "kind": "visits",
        "booked_on": "2026-01-20",
        "amount": "12.50",
        "currency": "EUR",
        "note": "Two visits",
    }
    assert client.post("/costs/new/", data).status_code == 302
    entry = CostEntry.objects.get(kind="visits")
    assert (entry.account, entry.base_amount) == (stage["good"], Decimal("12.5"))
    url = f"/costs/{entry.pk}/"
    assert client.post(url, {**data, "amount": "0"}).status_code == 422
    assert client.post(url, {**data, "amount": "20"}).status_code == 302
    entry.refresh_from_db()
    assert entry.base_amount == 20
    assert client.post(f"{url}delete/").status_code == 302
    assert not CostEntry.objects.filter(pk=entry.pk).exists()


def test_a_volume_a_rate_and_a_company_cost_are_entered(
    people: People, stage: dict[str, Any]
) -> None:
    client = client_of(people.administrator)
    volume = {"account": str(stage["bad"].pk), "kind": "orders", "month": "2026-01-20"}
    assert client.post("/costs/volumes/new/", {**volume, "volume": "3"}).status_code == 302
    driver = stage["bad"].activity_drivers.get()
    assert (driver.month, driver.volume) == (date(2026, 1, 1), 3)
    assert client.post(f"/costs/volumes/{driver.pk}/", {"volume": "4"}).status_code == 302
    driver.refresh_from_db()
    assert driver.volume == 4
    rate = {"kind": "orders", "unit": "order", "amount": "9", "from_date": "2026-03-01"}
    assert client.post("/costs/rates/new/", rate).status_code == 302
    assert ActivityRate.objects.get(pk=stage["rate"].pk).valid == DateRange(
        date(2020, 1, 1), date(2026, 3, 1)
    )
    wrong = client.post("/costs/rates/new/", {**rate, "until": "2026-02-01"})
    assert wrong.status_code == 422
    pool = {
        "month": "2026-02-11",
        "kind": "service",
        "name": "Desk",
        "amount": "5",
        "rule": "evenly",
    }
    assert client.post("/costs/company/new/", pool).status_code == 302
    assert CostPool.objects.get(name="Desk").month == date(2026, 2, 1)
    again = client.post("/costs/company/new/", pool)
    assert again.status_code == 422


def test_the_panel_shows_the_rule_beside_each_allocated_figure(
    people: People, stage: dict[str, Any], settings: object
) -> None:
    account = stage["good"]
    make_entry(account=account, amount=10, cost="1", booked_on=date.today())  # noqa: DTZ011
    url = reverse("accounts:panel-profit", args=[account.pk])
    page = client_of(people.owner).get(url, {"period": "last-year"})
    assert page.status_code == 200
    page = client_of(people.owner).get(url, {"period": "12m"}, HTTP_HX_REQUEST="true")
    assert page.status_code == 200
    assert "<html" not in page.content.decode()
