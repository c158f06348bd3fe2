"""Every customer of the demo has somebody to talk with, and was talked with as its size asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count, Max, Q

from accounts.choices import AccountStatus
from accounts.demo.stakeholders import GROUPS
from accounts.models import Account, Person, Position
from interactions.models import Interaction, Participant
from tests.demo.conftest import AS_OF

pytestmark = pytest.mark.django_db


def test_every_customer_has_somebody_and_a_last_contact() -> None:
    groups = Account.objects.filter(current_parent__isnull=True, merged_into__isnull=True)
    rows = list(
        groups.annotate(
            people=Count(
                "people_positions", filter=Q(people_positions__person__isnull=False), distinct=True
            ),
            last=Max("interactions__occurred_on"),
        ).select_related("figure")
    )
    assert len(rows) > 3 * GROUPS
    assert [row.name for row in rows if not row.people] == []
    assert [row.name for row in rows if row.last is None or row.last >= AS_OF] == []
    ago = {row.pk: AS_OF - row.last for row in rows}
    large = [row for row in rows if row.figure.net_12m >= 500_000]
    assert sum(ago[row.pk] > timedelta(days=30) for row in large) == 1  # the neglected one
    left = [row for row in rows if row.status in {AccountStatus.CLOSED, AccountStatus.DORMANT}]
    assert left
    assert min(ago[row.pk] for row in left) > timedelta(days=100)


def test_people_of_smaller_customers_are_believable() -> None:
    ranked = Account.objects.filter(current_parent__isnull=True).order_by("-figure__net_12m", "pk")
    others = list(ranked.values_list("pk", flat=True)[GROUPS:])
    people = Person.objects.filter(positions__account__in=others).distinct()
    assert people.count() == Position.objects.filter(account__in=others).count() >= len(others)
    assert not people.filter(name_key="").exists()
    assert not people.filter(email="").exists()
    contacts = Interaction.objects.filter(account__in=others)
    assert contacts.count() < 10 * len(others)
    heard = Participant.objects.filter(interaction__in=contacts).select_related("position")
    assert heard.count() == contacts.count()
    assert all(one.position.account_id in others for one in heard)
