from datetime import date

import pytest

from settlements.models import Allocation, LedgerItem
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

pytestmark = pytest.mark.django_db


def test_smoke():
    account, company = make_account(), make_company()
    inv = make_document(account=account, company=company, amounts=["60", "40"])
    rec = make_document(account=account, company=company, kind="receipt", amounts=["70"])
    a, b = inv.items.order_by("sequence")
    c = rec.items.get()
    Allocation.objects.create(
        debit_item=a,
        credit_item=c,
        party=account,
        currency_id="EUR",
        amount=60,
        effective_date=date(2026, 2, 1),
    )
    assert LedgerItem.objects.get(pk=a.pk).allocated == 60
    assert {i.pk: i.open_amount for i in LedgerItem.objects.open_as_of(date(2026, 1, 31))} == {
        a.pk: 60,
        b.pk: 40,
        c.pk: 70,
    }
    assert {i.pk: i.open_amount for i in LedgerItem.objects.open_as_of(date(2026, 2, 1))} == {
        b.pk: 40,
        c.pk: 10,
    }
