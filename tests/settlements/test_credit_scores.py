"""Exposure and score by sets against the mathematics, from rows of the database."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Account
from settlements.analytics import credit_score, payment_behaviour
from settlements.choices import DocumentKind
from settlements.models import CreditPosition, CreditScoreSnapshot
from settlements.selectors.credit.exposure import standings
from settlements.selectors.credit.scoring import explained, inputs_of
from settlements.services.allocating import Match, allocate
from settlements.services.credit.positions import rescore
from tests.factories import credit as rows
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


def _random_ledger(seed: int, account: Account) -> list[payment_behaviour.Paid]:
    """Invoices paid early, late or never, and the same as the mathematics knows them."""
    dice, company, known = random.Random(seed), make_company(), []
    for _number in range(dice.randint(1, 9)):
        billed = DAY - timedelta(days=dice.randint(0, 800))
        due = billed + timedelta(days=dice.choice([0, 30, 60]))
        amount = Decimal(dice.randint(1, 500_000)) / 100
        invoice = make_document(
            account=account, company=company, amounts=[str(amount)], due=[due], on=billed
        )
        paid_on = None
        if dice.random() < 0.7:
            paid_on = min(max(due + timedelta(days=dice.randint(-20, 120)), billed), DAY)
            receipt = make_document(
                account=account, company=company, kind=DocumentKind.RECEIPT,
                amounts=[str(amount)], on=paid_on,
            )  # fmt: skip
            match = Match(invoice.items.get().pk, receipt.items.get().pk, amount)
            allocate(matches=[match], effective_date=paid_on)
        known.append(payment_behaviour.Paid(amount, billed, due, paid_on))
    return known


def test_scores_by_sets_are_those_of_the_mathematics() -> None:
    told = {}
    for seed in range(12):
        account = make_account()
        told[account.pk] = _random_ledger(seed, account)
        if seed % 3 == 0:
            rows.make_limit(account, "5000")
        if seed == 5:
            Account.objects.filter(pk=account.pk).update(insolvent_since=DAY)
    rescore(as_of=DAY)
    for snapshot in CreditScoreSnapshot.objects.all():
        inputs = inputs_of(snapshot)
        found = payment_behaviour.behaviour(told.pop(snapshot.party_id), as_of=DAY)
        names = ("dbt", "dbt_recent", "on_time", "worst", "severe_share", "paid_items",
                 "history_days")  # fmt: skip
        assert {name: getattr(inputs, name) for name in names} == {
            name: getattr(found, name) for name in names
        }
        score = explained(snapshot)
        assert (snapshot.score, snapshot.grade) == (score.score, score.grade)
        assert snapshot.confidence == score.confidence
        assert snapshot.suggested_limit == score.suggested_limit
        assert snapshot.reasons == [one.factor for one in score.reasons[:3]]
        assert snapshot.model_version == credit_score.MODEL_VERSION
    assert not told
    assert rescore(as_of=DAY).scores == 0  # the same inputs, the same row


def test_the_example_of_the_field_is_over_by_ten() -> None:
    party = make_account()
    rows.make_golden(party, as_of=DAY)
    rows.make_limit(party, "1000000")
    (standing,) = standings([party.pk], as_of=DAY)
    found = standing.assess()
    assert found.exposure == Decimal(1_010_000)
    assert (found.result, found.over_by) == ("block", Decimal(10_000))
    assert found.reasons == ("over_limit",)
    rescore(as_of=DAY)
    kept = CreditPosition.objects.get()
    assert (kept.exposure, kept.available) == (Decimal(1_010_000), Decimal(-10_000))
    assert kept.utilisation == Decimal("1.01")
