"""The database's own bookkeeping: dated groups and month totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import GroupMonth, ParentLink, RevenueEntry
from tests.factories.accounts import make_account, make_entry

pytestmark = pytest.mark.django_db


def totals() -> list[tuple[str | None, date, Decimal]]:
    rows = GroupMonth.objects.filter(entries__gt=0).order_by("month", "group__name")
    return [(r.group.name if r.group else None, r.month, r.base_amount) for r in rows]


def test_group_changes_in_the_middle_of_a_month() -> None:
    old, new = make_account(name="Old"), make_account(name="New")
    chain = make_account(name="Chain", kind="banner", parent=old)
    make_entry(account=chain, amount="10", booked_on=date(2026, 6, 14))
    make_entry(account=chain, amount="7", booked_on=date(2026, 6, 15))
    assert totals() == [("Old", date(2026, 6, 1), Decimal("17.0000"))]

    link = ParentLink.objects.get(account=chain)
    link.valid = DateRange(link.valid.lower, date(2026, 6, 15))
    link.save()
    ParentLink.objects.create(account=chain, parent=new, valid=DateRange(date(2026, 6, 15), None))

    assert totals() == [
        ("New", date(2026, 6, 1), Decimal("7.0000")),
        ("Old", date(2026, 6, 1), Decimal("10.0000")),
    ]


def test_roll_up_follows_corrections_and_removals() -> None:
    account = make_account(name="A")
    entry = make_entry(account=account, amount="10.5000")
    make_entry(account=None, amount="3")
    RevenueEntry.objects.filter(pk=entry.pk).update(net_amount=8, base_amount=8)
    assert totals() == [
        ("A", date(2026, 1, 1), Decimal("8.0000")),
        (None, date(2026, 1, 1), Decimal("3.0000")),
    ]
    entry.delete()
    assert totals() == [(None, date(2026, 1, 1), Decimal("3.0000"))]
