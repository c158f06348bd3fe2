"""Who works on a payer is told what became overdue overnight."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kam.identity.models import User
from kam.notifications.models import Notification
from settlements.services.notices import tell_of_overdue
from settlements.services.overdue import flag_overdue
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_document

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
NOW = timezone.now()


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.visible_to(user).order_by("pk")
    return [(row.title, row.body) for row in rows]


def owe(name: str, lead: User, *amounts: str, currency: str = "EUR") -> None:
    account = make_account(name=name, lead=lead)
    make_document(
        account=account,
        amounts=amounts,
        currency=currency,
        due=[TODAY - timedelta(days=1)] * len(amounts),
    )


def test_each_payer_is_one_line_and_many_are_one_together(people: People) -> None:
    owe("Kesko", people.owner, "60", "40")
    for number in range(6):
        owe(f"Shop {number}", people.stranger, "10", currency="USD" if number == 5 else "EUR")
    flag_overdue(as_of=TODAY)
    assert [tell_of_overdue(as_of=TODAY, at=NOW) for _ in range(2)] == [2, 0]
    assert told(people.owner) == [
        ("Kesko: 2 items became overdue", "Now overdue in all: 100.00\N{NO-BREAK SPACE}EUR")
    ]
    assert told(people.stranger) == [
        (
            "New overdue items at 6 payers",
            "Now overdue in all: 50.00\N{NO-BREAK SPACE}EUR, 10.00\N{NO-BREAK SPACE}USD",
        )
    ]
    assert told(people.teammate) == []
    flag_overdue(as_of=TODAY + timedelta(days=1))
    assert tell_of_overdue(as_of=TODAY + timedelta(days=1), at=NOW) == 0
