"""Business reviews and joint teams by the models themselves."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from accounts.models import Account
from kam.identity.models import User
from plans.models import BusinessReview, JointTeam

_numbers = count(1)
DAY = date(2026, 6, 10)


def make_review(*, account: Account, owner: User, **values: Any) -> BusinessReview:
    """A planned review of 10 June 2026 without agenda, people or notes."""
    facts = {"title": f"Review {next(_numbers)}", "held_on": DAY} | values
    row: BusinessReview = BusinessReview.objects.create(account=account, owner=owner, **facts)
    return row


def make_team(*, account: Account, owner: User, **values: Any) -> JointTeam:
    """A proposed team about the supply chain, without anybody in it."""
    facts = {"title": f"Team {next(_numbers)}", "topic": "supply", "starts_on": DAY} | values
    row: JointTeam = JointTeam.objects.create(account=account, owner=owner, **facts)
    return row
