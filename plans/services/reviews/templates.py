"""Writes of the agendas that reviews begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from kam.core.problems import explained
from plans.models import ReviewTemplate


@explained()
@transaction.atomic
def save_template(
    *, template: ReviewTemplate | None, name: str, agenda: Sequence[dict[str, Any]], is_active: bool
) -> ReviewTemplate:
    """Make an agenda, or change one; `agenda` is dicts of `title` and `minutes` or None."""
    row = template or ReviewTemplate()
    row.name, row.agenda, row.is_active = " ".join(name.split()), list(agenda), is_active
    row.save()
    return row
