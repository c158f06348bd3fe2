"""Merging two accounts: limits, facts, checks, holds and scores become the kept one's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.services.merging import merge_accounts, plan_merge
from kam.identity.choices import Role
from settlements.choices.credit import FactKind, HoldState
from settlements.models import (
    Collateral,
    CreditApplication,
    CreditCheck,
    CreditHold,
    CreditLimit,
    CreditScoreSnapshot,
    ExposureFact,
)
from settlements.services.credit import applications, holds
from settlements.services.credit.checks import Ask, check_credit
from settlements.services.credit.positions import rescore
from tests.factories import credit as rows
from tests.factories.accounts import make_account
from tests.factories.identity import make_user
from tests.factories.settlements import make_document

DAY = date(2026, 6, 30)


@pytest.mark.django_db
def test_credit_moves_with_a_merge() -> None:
    keep, drop = make_account(name="Kept"), make_account(name="Twin")
    by = make_user(roles=[Role.SALES_DIRECTOR])
    facts = {"currency_id": "EUR", "requested_limit": Decimal(5), "requested_days": 30}
    for account in (keep, drop):
        make_document(account=account, amounts=["100"], due=[DAY], on=date(2026, 5, 1))
        rows.make_limit(account, "1000")
        rows.make_cover(account, "10")
        rows.make_fact(account, FactKind.INSTRUMENTS, "7")
        applications.apply_for_credit(
            party=account, facts=facts, supporting=applications.Supporting(), by=by
        )
        holds.put_on_hold(party=account, reason="late", by=by, on=DAY)
        check_credit(account=account, ask=Ask(amount=Decimal(1), currency="EUR"), by=by, as_of=DAY)
    rows.make_limit(drop, "50", currency="SEK")
    rescore(as_of=DAY)
    cautions = [one.code for one in plan_merge(keep=keep, drop=drop).cautions]
    assert "limit_of_both" in cautions
    merge_accounts(keep=keep, drop=drop, as_of=DAY)
    for model in (CreditLimit, Collateral, CreditApplication, CreditCheck, ExposureFact,
                  CreditHold, CreditScoreSnapshot):  # fmt: skip
        assert not model.objects.filter(party=drop).exists()
    standing = CreditLimit.objects.filter(party=keep).standing()
    assert sorted(standing.values_list("amount", "currency")) == [
        (Decimal(50), "SEK"), (Decimal(1000), "EUR"),
    ]  # fmt: skip
    assert CreditHold.objects.filter(party=keep).standing().count() == 1
    assert CreditHold.objects.filter(state=HoldState.RELEASED).count() == 1
    assert CreditApplication.objects.filter(state="withdrawn").count() == 1
    assert CreditCheck.objects.filter(account=keep).count() == 2
    assert CreditScoreSnapshot.objects.filter(party=keep).count() == 1
