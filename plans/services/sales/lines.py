"""Lines of a sales plan: added, changed, taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import ProductCategory
from kam.core.problems import explained, refuse_stale
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.models import Plan, SalesLine
from plans.services import figures
from plans.services.writing import locked_plan


def add_line(
    *, plan: Plan, user: User | None, category: ProductCategory | None = None, **values: Any
) -> SalesLine:
    """Add a line for a category, or for everything else. Raises RefusedError: it is there."""
    last = plan.sales_lines.aggregate(last=Max("place"))["last"] or 0
    return figures.make(
        SalesLine, plan=plan, user=user, category=category, place=last + 1, **values
    )


def line_version(line: SalesLine) -> str:
    """Return the version of what a line says; its months touch its row too."""
    return fingerprint(line.unit, line.terms_percent, line.note)


def change_line(
    *, line: SalesLine, user: User | None, read_as: str | None = None, **values: Any
) -> bool:
    """Change the unit, the terms or the note of a line. Raises what `figures.change` does, and
    StaleError where somebody else changed them since they were read as `read_as`."""
    with explained(), transaction.atomic():
        locked_plan(line.plan)
        refuse_stale(line_version(SalesLine.objects.get(pk=line.pk)), read_as)
        return figures.change(line, plan=line.plan, user=user, values=values)


def remove_line(*, line: SalesLine, user: User | None, read_at: datetime | None = None) -> None:
    """Take a line out of a draft, with its months; not where they changed after `read_at`."""
    figures.remove(line, plan=line.plan, user=user, read_at=read_at)
