"""Mandates: how far each role may go alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from kam.core.problems import explained
from plans.models import Mandate


@explained()
@transaction.atomic
def set_mandates(*, subject: str, most: Mapping[str, Decimal | None]) -> None:
    """Set how far roles may go in a subject; None takes a role's mandate away.

    Once any role has one, mandates are in use for the subject, and a role without one has none.
    """
    rows = {one.role: one for one in Mandate.objects.select_for_update().filter(subject=subject)}
    for role, value in most.items():
        row = rows.get(role)
        if value is None:
            if row is not None:
                row.delete()
        elif row is None:
            Mandate.objects.create(role=role, subject=subject, most=value)
        elif row.most != value:
            row.most = value
            row.save(update_fields=["most", "updated_at"])
