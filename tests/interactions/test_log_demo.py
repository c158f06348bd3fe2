"""The demo's contacts on a small tree: written the same way each time, believable, cleared."""

from __future__ import annotations

from datetime import date

import pytest

from interactions.demo.part import clear, load, present
from interactions.models import Interaction, Need, Note, Participant
from kam.core.demo import DemoRequest
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.people import make_position

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 22)


def test_contacts_of_two_years_come_and_go(people: People) -> None:
    for number in range(6):
        group = make_account(name=f"Group {number}", lead=people.owner)
        for function in ("merchandising", "operations"):
            make_position(account=group, function=function)
    counts = load(DemoRequest(as_of=AS_OF, seed=20))
    assert counts == {"contacts": Interaction.objects.count(), "needs": Need.objects.count()}
    assert 1000 < Interaction.objects.count() < 1500
    assert not Interaction.objects.filter(occurred_on__gte=AS_OF).exists()
    neglected = Interaction.objects.filter(account__name="Group 4")
    assert (AS_OF - neglected.latest("occurred_at").occurred_on).days > 100
    assert Interaction.objects.filter(is_confidential=True).exists()
    assert Participant.objects.filter(sentiment=-2).exists()
    assert set(Note.objects.values_list("kind", flat=True)) == {
        "need", "concern", "market", "competitor", "price", "agreement", "promise",
    }  # fmt: skip
    first = list(Interaction.objects.order_by("pk").values_list("summary", "occurred_at"))
    clear(None)
    assert present() == {"contacts": 0, "needs": 0}
    load(DemoRequest(as_of=AS_OF, seed=20))
    assert first == list(Interaction.objects.order_by("pk").values_list("summary", "occurred_at"))
