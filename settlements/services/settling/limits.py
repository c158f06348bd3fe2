"""How much people of a role may post, in the base currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from kam.core.problems import explained
from settlements.models import PostingLimit


@explained()
@transaction.atomic
def save_posting_limits(*, limits: Mapping[str, Decimal | None]) -> None:
    """Set the limits of some roles; None lets a role post any amount."""
    standing = {row.role: row for row in PostingLimit.objects.select_for_update()}
    for role, amount in limits.items():
        row = standing.get(role)
        if amount is None:
            if row is not None:
                row.delete()
        elif row is None:
            PostingLimit.objects.create(role=role, amount=amount)
        elif row.amount != amount:
            row.amount = amount
            row.save()
