"""The pages of whitespace and opportunities: who may what, estimating, moving, files."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Account,
    Opportunity,
    OpportunityStageChange,
    ProductCategory,
    WalletEstimate,
)
from accounts.views.wallet import answers
from kam.core.todos import todos_for
from tests.conftest import People, client_of
from tests.factories.accounts import make_account, make_category, make_entry
from tests.factories.wallet import make_estimate, make_opportunity

pytestmark = pytest.mark.django_db

ROLES = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
SEES = dict.fromkeys(ROLES, 200)
READS = {**SEES, "stranger": 404}
WORKS = {**dict.fromkeys(ROLES, 404), "owner": 200, "director": 200, "administrator": 200}
BEGINS = {**SEES, "controller": 404, "auditor": 404}


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def account(people: People) -> Account:
    return make_account(name="Kesko", lead=people.owner)


@pytest.fixture
def oat() -> ProductCategory:
    return make_category(code="OAT", name="Oat drinks")


def url(name: str, *args: Any) -> str:
    return reverse(f"accounts:{name}", args=args)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("whitespace", SEES),
        ("whitespace-account", READS),
        ("panel-whitespace", READS),
        ("whitespace-cell", READS),
        ("estimate-create", WORKS),
        ("opportunity-board", SEES),
        ("opportunity-list", SEES),
        ("opportunity-forecast", SEES),
        ("opportunity-detail", READS),
        ("panel-opportunities", READS),
        ("opportunity-create", BEGINS),
        ("opportunity-edit", WORKS),
        ("opportunity-stage", WORKS),
    ],
)
def test_who_may_open_which_page(
    people: People, account: Account, oat: ProductCategory, name: str, expected: dict[str, int]
) -> None:
    make_estimate(account=account, category=oat, amount=1000)
    deal = make_opportunity(account=account, category=oat, owner=people.owner)
    args: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("whitespace", "opportunity-board", "opportunity-list"), ()),
        **dict.fromkeys(("opportunity-forecast", "opportunity-create"), ()),
        "whitespace-cell": (account.pk, oat.pk),
        **dict.fromkeys(("opportunity-detail", "opportunity-edit"), (deal.pk,)),
        "opportunity-stage": (deal.pk,),
    }
    address = url(name, *args.get(name, (account.pk,)))

    found = {role: client_of(getattr(people, role)).get(address).status_code for role in ROLES}

    assert found == expected
    assert Client().get(address).status_code in (302, 404)


@pytest.mark.parametrize("role", ["teammate", "stranger", "controller", "auditor"])
def test_a_refusal_changes_nothing(
    people: People, account: Account, oat: ProductCategory, role: str
) -> None:
    deal = make_opportunity(account=account, stage="proposed", owner=people.owner)
    client = client_of(getattr(people, role))
    estimate = client.post(url("estimate-create", account.pk), estimate_data(oat))
    stage = client.post(url("opportunity-stage", deal.pk), {"stage": "won"})
    create = client.post(
        url("opportunity-create"), deal_data(getattr(people, role), account=f"#{account.pk}")
    )

    assert (estimate.status_code, stage.status_code) == (404, 404)
    assert create.status_code in (404, 422)
    deal.refresh_from_db()
    assert deal.stage == "proposed"
    assert not WalletEstimate.objects.exists()
    assert Opportunity.objects.count() == 1


def estimate_data(category: ProductCategory, **changes: Any) -> dict[str, Any]:
    data = {
        "category": category.pk,
        "year": "2025",
        "amount": "1000",
        "currency": "EUR",
        "source": "Nielsen",
        "confidence": "4",
        "new_name": "Rival",
    }
    return {**data, **changes}


def deal_data(owner: Any, **changes: Any) -> dict[str, Any]:
    data = {
        "title": "Oat drinks in all stores",
        "kind": "cross_sell",
        "origin": "need",
        "value": "40000",
        "currency": "EUR",
        "expected_close": "2027-03-01",
        "owner": owner.pk,
    }
    return {**data, **changes}


def test_estimating(people: People, account: Account, oat: ProductCategory, today: date) -> None:
    client = client_of(people.owner)

    answer = client.post(url("estimate-create", account.pk), estimate_data(oat), follow=True)

    kept = WalletEstimate.objects.get()
    assert (kept.amount, kept.author, kept.estimated_on) == (1000, people.owner, today)
    rival = kept.competitor
    assert rival is not None
    assert rival.name == "Rival"
    page = client.get(url("competitor-detail", rival.pk))
    assert url("whitespace-cell", account.pk, oat.pk) in page.content.decode()
    cell = client.get(url("whitespace-cell", account.pk, oat.pk), {"period": "2025"})
    assert rival.get_absolute_url() in cell.content.decode()
    assert "The estimate is kept." in answer.content.decode()


def test_a_wallet_below_our_sales_is_kept_with_a_warning(
    people: People, account: Account, oat: ProductCategory
) -> None:
    make_entry(account=account, category=oat, amount=5000, booked_on=date(2025, 5, 1))
    client = client_of(people.owner)

    answer = client.post(url("estimate-create", account.pk), estimate_data(oat), follow=True)

    text = answer.content.decode()
    assert WalletEstimate.objects.count() == 1
    assert "not computable until the estimate is higher" in text
    assert "Sales above wallet" in text
    assert "is-hatched" in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "many"}, "amount"),
        ({"year": ""}, "year"),
        ({"starts": "2025-01-01"}, "until"),
        ({"starts": "2025-02-01", "until": "2025-01-01"}, "until"),
        ({"low": "2000"}, "low"),
        ({"high": "2"}, "high"),
        ({"source": ""}, "source"),
        ({"estimated_on": "2099-01-01"}, "estimated_on"),
        ({"confidence": "9"}, "confidence"),
    ],
)
def test_bad_estimates_name_their_field(
    people: People, account: Account, oat: ProductCategory, changes: dict[str, str], field: str
) -> None:
    answer = client_of(people.owner).post(
        url("estimate-create", account.pk), estimate_data(oat, **changes)
    )

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not WalletEstimate.objects.exists()


def test_the_map_its_twin_and_its_files(
    people: People, account: Account, oat: ProductCategory
) -> None:
    north = make_account(name="North", parent=account)
    make_estimate(account=north, category=oat, amount=1000, supplied_by="Rival")
    make_entry(account=north, category=oat, amount=250, booked_on=date(2025, 5, 1))
    client = client_of(people.owner)

    page = client.get(url("whitespace-account", account.pk), {"period": "2025"})
    text = page.content.decode()
    assert "Oat drinks" in text
    assert "Rival" in text
    assert "is-step-3" in text
    twin = client.get(url("whitespace-account", account.pk), {"period": "2025", "export": "csv"})
    body = b"".join(twin).decode()
    assert "North,Oat drinks,1000" in body
    assert "750" in body
    file = client.get(url("whitespace"), {"estimates": "csv"})
    lines = b"".join(file).decode().splitlines()
    assert lines[0].lstrip("\ufeff").startswith("account,category,starts,last_day,amount")
    assert lines[1].startswith("North,OAT,2025-01-01,2025-12-31,1000.0000,EUR")


def test_the_portfolio_has_the_same_number_of_queries_with_1_and_3_accounts(
    people: People, account: Account, oat: ProductCategory
) -> None:
    make_estimate(account=account, category=oat, amount=1000)
    client = client_of(people.owner)
    client.get(url("whitespace"))
    with CaptureQueriesContext(connection) as one:
        client.get(url("whitespace"))
    for _n in range(2):
        make_estimate(account=make_account(lead=people.owner), category=oat, amount=5)
    with CaptureQueriesContext(connection) as three:
        client.get(url("whitespace"))

    assert len(three) == len(one)
    assert len(one) <= 25


@pytest.mark.parametrize("name", ["opportunity-board", "opportunity-list", "opportunity-forecast"])
def test_pages_of_opportunities_take_the_same_queries_with_1_and_3(
    people: People, account: Account, name: str
) -> None:
    make_opportunity(account=account, owner=people.owner)
    client = client_of(people.owner)
    client.get(url(name))
    with CaptureQueriesContext(connection) as one:
        client.get(url(name))
    for stage in ("qualified", "proposed"):
        make_opportunity(account=make_account(lead=people.owner), stage=stage)
    with CaptureQueriesContext(connection) as three:
        client.get(url(name))

    assert len(three) == len(one)
    assert len(one) <= 20


# Opportunities


def test_writing_one_down_from_a_cell(
    people: People, account: Account, oat: ProductCategory
) -> None:
    client = client_of(people.owner)
    start: dict[str, Any] = {
        "account": account.pk,
        "category": oat.pk,
        "origin": "cell",
        "value": "750",
    }
    form = client.get(url("opportunity-create"), start)
    assert form.context["form"].initial["category"] == oat.pk
    assert "Kesko #" in form.content.decode()

    answer = client.post(
        url("opportunity-create"),
        deal_data(
            people.owner,
            account=f"Kesko #{account.pk}",
            category=oat.pk,
            origin="cell",
            margin="30",
        ),
    )

    deal = Opportunity.objects.get()
    assert answer.headers["Location"] == deal.get_absolute_url()
    assert (deal.account, deal.category, deal.probability) == (account, oat, 10)
    assert deal.margin == Decimal(30)


def test_moving_by_the_form_and_losing_with_a_reason(people: People, account: Account) -> None:
    deal = make_opportunity(account=account, owner=people.owner, stage="proposed")
    client = client_of(people.owner)

    refused = client.post(url("opportunity-stage", deal.pk), {"stage": "lost"})
    assert refused.status_code == 422
    assert "lost_reason" in refused.context["form"].errors
    client.post(url("opportunity-stage", deal.pk), {"stage": "lost", "lost_reason": "price"})

    deal.refresh_from_db()
    assert (deal.stage, deal.lost_reason) == ("lost", "price")
    assert OpportunityStageChange.objects.get().changed_by == people.owner


def test_dragging_answers_with_the_board(people: People, account: Account) -> None:
    deal = make_opportunity(account=account, owner=people.owner)
    client = client_of(people.owner)
    headers = {"HX-Request": "true", "HX-Target": "pipeline"}

    moved = client.post(
        url("opportunity-stage", deal.pk) + "?mine=1", {"stage": "proposed"}, headers=headers
    )
    assert 'id="pipeline"' in moved.content.decode()
    refused = client.post(url("opportunity-stage", deal.pk), {"stage": "lost"}, headers=headers)

    assert "danger" in refused.headers["HX-Trigger"]
    deal.refresh_from_db()
    assert deal.stage == "proposed"


def test_changing_one(people: People, account: Account) -> None:
    deal = make_opportunity(account=account, owner=people.owner, stage="proposed")
    client = client_of(people.owner)

    client.post(url("opportunity-edit", deal.pk), deal_data(people.owner, probability="65"))
    deal.refresh_from_db()
    assert (deal.value, deal.probability, deal.stage) == (40000, 65, "proposed")
    bad = client.post(
        url("opportunity-edit", deal.pk), deal_data(people.owner, next_step_on="2026-01-01")
    )
    assert "next_step" in bad.context["form"].errors


def test_the_account_of_others_is_not_offered(people: People, account: Account) -> None:
    client = client_of(people.stranger)
    answer = client.post(
        url("opportunity-create"), deal_data(people.stranger, account=f"Kesko #{account.pk}")
    )
    assert "account" in answer.context["form"].errors


# What others show of it


def test_answers_lines_and_todos(
    people: People, account: Account, oat: ProductCategory, today: date
) -> None:
    make_estimate(account=account, category=oat, amount=1000, supplied_by="Rival")
    make_entry(account=account, category=oat, amount=250, booked_on=date(2025, 5, 1))
    make_opportunity(
        account=account,
        owner=people.owner,
        title="More oats",
        next_step="Send samples",
        next_step_on=today - timedelta(days=2),
    )

    found = answers.wallet(people.owner, account, today)
    assert str(found.value).startswith("25")
    assert "750" in str(found.detail)
    [action] = answers.actions(people.owner, account, today)
    assert (action.title, action.urgency) == ("Send samples", 0)
    [held] = found.risks
    assert "Rival" in str(held.title)
    assert "Oat drinks" in str(held.title)
    titles = [todo.title for todo in todos_for(people.owner, today)]
    assert "Send samples" in titles
    assert "Send samples" not in [todo.title for todo in todos_for(people.stranger, today)]


def test_an_unknown_wallet_is_a_dash_and_no_zero(
    people: People, account: Account, today: date
) -> None:
    assert answers.wallet(people.owner, account, today).value == "–"


def test_panels_offer_lapsed_categories(
    people: People, account: Account, oat: ProductCategory, today: date
) -> None:
    make_entry(account=account, category=oat, amount=900, booked_on=today - timedelta(days=300))
    text = client_of(people.owner).get(url("panel-opportunities", account.pk)).content.decode()
    assert "Win back" in text
    assert "origin=lapsed" in text
