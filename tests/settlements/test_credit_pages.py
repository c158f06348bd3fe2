"""Pages and API of credit: who may what, how many statements, what comes back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kam.identity.models import User
from settlements.choices.credit import FactKind
from settlements.models import CreditCheck, CreditLimit
from settlements.services.credit import applications
from settlements.services.credit.checks import Ask, check_credit
from settlements.services.credit.holds import propose_hold
from settlements.services.credit.positions import rescore
from tests.conftest import People, client_of
from tests.factories import credit as rows
from tests.factories.accounts import make_account
from tests.factories.settlements import make_document

FACTS = {"currency_id": "EUR", "requested_limit": Decimal(5000), "requested_days": 30}


def _page(name: str, *args: int | str) -> str:
    return reverse(f"settlements:credit-{name}", args=args)


def _status(user: User, url: str) -> int:
    return client_of(user).get(url).status_code


def test_who_may_see_and_do_what(people: People) -> None:
    account = make_account(lead=people.owner)
    today = timezone.localdate()
    limit = rows.make_limit(account, "100", start=today)
    row = applications.apply_for_credit(
        party=account, facts=FACTS, supporting=applications.Supporting(), by=people.owner
    )
    applications.submit_application(application=row, by=people.owner, at=timezone.now())
    check = check_credit(
        account=account, ask=Ask(amount=Decimal(500), currency="EUR"), by=people.owner,
        as_of=today,
    )  # fmt: skip
    hold = propose_hold(party=account, reason="late", by=people.owner)
    order = ("owner", "teammate", "stranger", "director", "controller", "administrator", "auditor")
    table = {
        _page("account", account.pk): (200, 200, 404, 200, 200, 200, 200),
        _page("application", row.pk): (200, 200, 404, 200, 200, 200, 200),
        _page("check", check.pk): (200, 200, 404, 200, 200, 200, 200),
        _page("board"): (200,) * 7,
        _page("check-new"): (200, 200, 200, 200, 200, 200, 404),
        _page("application-new") + f"?account={account.pk}": (200, 200, 404, 200, 200, 200, 404),
        _page("limit-set", account.pk): (404, 404, 404, 200, 200, 200, 404),
        _page("limit-end", limit.pk): (404, 404, 404, 200, 200, 200, 404),
        _page("cover-new", account.pk): (404, 404, 404, 200, 200, 200, 404),
        _page("hold-new", account.pk): (200, 200, 404, 200, 200, 200, 404),
        _page("hold-move", hold.pk, "active"): (404, 404, 404, 200, 200, 200, 404),
        _page("check-override", check.pk): (404, 404, 404, 200, 404, 200, 404),
        _page("override", account.pk): (404, 404, 404, 200, 404, 200, 404),
        _page("rules"): (404, 404, 404, 200, 200, 200, 200),
        f"/api/v1/credit/limits/{limit.pk}/": (200, 200, 404, 200, 200, 200, 200),
        f"/api/v1/credit/checks/{check.pk}/": (200, 200, 404, 200, 200, 200, 200),
        f"/api/v1/credit/applications/{row.pk}/": (200, 200, 404, 200, 200, 200, 200),
        f"/api/v1/credit/holds/{hold.pk}/": (200, 200, 404, 200, 200, 200, 200),
    }  # fmt: skip
    clients = [client_of(getattr(people, name)) for name in order]
    found = {url: tuple(one.get(url).status_code for one in clients) for url in table}
    assert found == table
    url = _page("limit-set", account.pk)
    sent = {"amount": "5", "currency": "EUR", "from_day": today, "reason": "x"}
    assert client_of(people.owner).post(url, sent).status_code == 404
    assert CreditLimit.objects.count() == 1


@pytest.mark.django_db
def test_the_board_asks_the_same_of_one_and_of_three(
    people: People, django_assert_num_queries: object
) -> None:
    client = client_of(people.controller)
    today = timezone.localdate()
    for amount in ("100", "200", "300"):
        account = make_account(lead=people.owner)
        make_document(account=account, amounts=["90"], due=[today], on=today - timedelta(days=1))
        rows.make_limit(account, amount, start=today)
        rescore(as_of=today)
        if amount in {"100", "300"}:
            client.get(_page("board"))
            with django_assert_num_queries(5):  # type: ignore[operator]
                client.get(_page("board"), headers={"HX-Request": "true"})
    page = client.get(_page("board")).content.decode()
    assert "Near the limit" in page
    file: Any = client.get(_page("board") + "?export=csv")
    assert file.status_code == 200
    lines = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert {one["Currency"] for one in lines} == {"EUR"}
    assert all("<" not in text for one in lines for text in one.values())


@pytest.mark.django_db
def test_the_api_checks_once_for_a_key(people: People) -> None:
    account = make_account(lead=people.owner)
    client: Client = client_of(people.owner)
    today = timezone.localdate()
    rows.make_limit(account, "100", start=today)
    body = {"account": account.pk, "currency": "EUR", "amount": "150", "reference": "PO-1"}
    answers = [
        client.post(
            "/api/v1/credit/checks/", body, content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        for _again in range(2)
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    found = answers[0].json()
    assert (found["result"], found["over_by"], found["available"]) == (
        "block", "50.0000", "-50.0000",
    )  # fmt: skip
    assert CreditCheck.objects.count() == 1
    foreign = make_account()
    refused = client.post(
        "/api/v1/credit/checks/", body | {"account": foreign.pk}, content_type="application/json"
    )
    assert refused.status_code == 400


@pytest.mark.django_db
def test_facts_are_told_by_key_over_the_api(people: People) -> None:
    account = make_account()
    rows.make_fact(account, FactKind.INSTRUMENTS, "1")
    client = client_of(people.controller)
    body = {
        "account": account.pk, "kind": "open_orders", "currency": "EUR", "amount": "10",
        "from_day": "2026-01-01", "source_code": "erp", "source_key": "PO-1",
    }  # fmt: skip
    for amount in ("10", "12"):
        sent = body | {"amount": amount}
        answer = client.post("/api/v1/credit/facts/", sent, content_type="application/json")
        assert answer.status_code == 201, answer.content
    listed = client.get("/api/v1/credit/facts/?kind=open_orders").json()["results"]
    assert [one["amount"] for one in listed] == ["12.0000"]
    bad = client.post(
        "/api/v1/credit/facts/", body | {"amount": "-1"}, content_type="application/json"
    )
    assert bad.status_code in {400, 422}
    assert client_of(people.owner).post(
        "/api/v1/credit/facts/", body, content_type="application/json"
    ).status_code in {403, 404}  # fmt: skip


@pytest.mark.django_db
def test_who_may_not_change_the_settings_looks_at_them(people: People) -> None:
    url = reverse("settlements:credit-rules")
    page = client_of(people.controller).get(url).content.decode()
    assert "You may look but not change this." in page
    assert 'name="stock_weight"' in page
    assert page.count("disabled") >= 8
    assert client_of(people.controller).post(url, {}).status_code == 404
    assert "You may look" not in client_of(people.administrator).get(url).content.decode()


@pytest.mark.django_db
def test_the_history_of_limits_says_which_limit(people: People) -> None:
    account = make_account(name="Harbour", lead=people.owner)
    rows.make_limit(account, "125000", start=timezone.localdate())
    url = reverse("settlements:credit-history", args=[account.pk])
    page = client_of(people.owner).get(url).content.decode()
    assert "125,000" in page
    assert client_of(people.stranger).get(url).status_code == 404
