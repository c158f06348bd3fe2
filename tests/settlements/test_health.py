"""What the ledger says of health: how an account pays, and what lies open far too long."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account, HealthScore
from accounts.selectors.health.measures import caps, measures
from accounts.selectors.health.rules import rules_in_force
from accounts.selectors.health.scoring import compute
from accounts.services.health.rescoring import rescore_health
from accounts.services.merging import merge_accounts
from settlements.choices import DocumentKind
from settlements.models import Document
from settlements.services.allocating import Match, allocate
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

D = Decimal
TODAY = date(2026, 6, 15)


def readings() -> dict[int, tuple[Any, ...]]:
    compute(rules_in_force(TODAY), as_of=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, value, measured_on, detail FROM health_reading"
            " WHERE key = 'payment'"
        )
        return {row[0]: (row[1], row[2], json.loads(row[3])) for row in cursor.fetchall()}


def hits() -> dict[int, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, detail FROM health_hit WHERE key = 'late_items'")
        return {row[0]: json.loads(row[1]) for row in cursor.fetchall()}


def owes(
    payer: Account, amount: str, due: date, *, company: Any, on: date | None = None
) -> Document:
    return make_document(
        account=payer,
        company=company,
        amounts=[amount],
        due=[due],
        on=on or due - timedelta(days=30),
    )


def pays(invoice: Document, amount: str, on: date, *, company: Any) -> None:
    receipt = make_document(
        account=invoice.party, company=company, kind=DocumentKind.RECEIPT, amounts=[amount], on=on
    )
    allocate(matches=[Match(invoice.items.get().pk, receipt.items.get().pk, D(amount))])


@pytest.mark.django_db
def test_payment_by_hand() -> None:
    company = make_company()
    group = make_account()
    payer = make_account(parent=group, kind="legal_entity")
    late = owes(payer, "300.00", date(2026, 5, 1), company=company)
    prompt = owes(payer, "100.00", date(2026, 5, 10), company=company)
    pays(late, "300.00", date(2026, 5, 9), company=company)  # 8 days late
    pays(prompt, "100.00", date(2026, 5, 10), company=company)
    owes(payer, "900.00", date(2026, 7, 1), company=company)
    owes(payer, "100.00", date(2026, 6, 1), company=company)
    quiet = make_account()

    found = readings()

    # (8 · 300 + 0 · 100) ÷ 400 = 6 days: 85 points; a tenth of what is open is overdue: 80 points
    assert found == {group.pk: (83, date(2026, 6, 1), {"days": 6.0, "share": 0.1})}
    assert quiet.pk not in found
    assert hits() == {}
    measure = measures.get("payment")
    assert measure is not None
    assert measure.told(found[group.pk][2]) == (
        "Pays 6 days after the due date on average. 10% of what is open is overdue."
    )


@pytest.mark.django_db
def test_who_never_pays_is_not_healthy() -> None:
    account, company = make_account(), make_company()
    owes(account, "100.00", date(2026, 5, 31), company=company)

    assert readings()[account.pk][0] == 0
    assert readings()[account.pk][2] == {"days": None, "share": 1.0}


@pytest.mark.django_db
def test_an_item_more_than_60_days_late_holds_the_score_at_40() -> None:
    company = make_company()
    late, border = make_account(), make_account()
    owes(late, "1.00", date(2026, 4, 15), company=company)  # 61 days
    owes(late, "99999.00", date(2026, 8, 1), company=company, on=date(2026, 6, 1))
    owes(border, "1.00", date(2026, 4, 16), company=company)  # 60 days

    rescore_health(as_of=TODAY)

    assert hits() == {late.pk: {"days": 61, "items": 1}}
    cap = caps.get("late_items")
    assert cap is not None
    assert cap.told(hits()[late.pk]) == ("1 item is more than 60 days overdue, the oldest 61 days.")
    row = HealthScore.objects.get(account=late)
    assert (row.uncapped, row.score, row.caps) == (100, 40, [["late_items", 40]])
    assert HealthScore.objects.get(account=border).caps == []


@pytest.mark.django_db
def test_a_merged_payer_stands_under_its_survivor() -> None:
    keep, drop, company = make_account(), make_account(), make_company()
    owes(drop, "1.00", date(2026, 4, 1), company=company)
    merge_accounts(keep=keep, drop=drop, as_of=TODAY)

    readings()

    assert hits() == {keep.pk: {"days": 75, "items": 1}}
