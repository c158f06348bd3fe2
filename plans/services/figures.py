"""How rows of the figures of a plan are written: levers, marketing, sales, range steps.

What was agreed changes in a draft alone; columns that a model calls free (progress, results)
go on while the plan is carried out. The database says the same, and what it refuses is explained.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale, register_constraint
from kam.identity.models import User
from plans.models import Plan
from plans.services.writing import NotDraftError, locked_plan, worked_on, written_by


class OutsidePeriodError(RefusedError):
    """A day or month that the plan does not cover."""

    code = "outside_period"
    words = _("This is outside the period of the plan.")


_FIXED = (
    "sales_line_fixed", "sales_month_fixed", "range_step_fixed", "lever_scenario_fixed",
    "growth_lever_fixed", "marketing_budget_fixed", "activity_fixed",
)  # fmt: skip
_OUTSIDE = {
    "sales_month_in_period": "month",
    "range_step_in_period": "due_on",
    "activity_in_period": "starts_on",
}


def register() -> None:
    """Let refusals of the database speak the same words."""
    for name in _FIXED:
        register_constraint(name, NotDraftError.words, kind=NotDraftError)
    for name, field in _OUTSIDE.items():
        register_constraint(name, OutsidePeriodError.words, field=field, kind=OutsidePeriodError)
    register_constraint(
        "range_step_in_tree", _("Choose the account of the plan, or one below it."), field="account"
    )
    register_constraint(
        "activity_ends_after_it_begins", _("It ends before it begins."), field="ends_on"
    )
    register_constraint(
        "activity_shared_says_how",
        _("A shared cost says our part, above 0 and below 100 percent; others do not."),
        field="our_percent",
    )
    register_constraint(
        "activity_result_of_a_measure", _("Say what the result is measured by."), field="measure"
    )
    register_constraint(
        "range_step_says_since_when",
        _("Say since when, unless it is only planned."),
        field="reached_on",
    )
    register_constraint(
        "range_step_product_or_category", _("Choose a product or a category."), field="category"
    )


def make[Row: Model](model: type[Row], /, *, plan: Plan, user: User | None, **values: Any) -> Row:
    """Add a row to a draft. Raises NotDraftError, or RefusedError where a rule refuses it."""
    with explained(), transaction.atomic():
        row = model(plan=written_by(plan, user), **values)
        row.save(force_insert=True)
    return row


def change(
    row: Any,
    *,
    plan: Plan,
    user: User | None,
    values: Mapping[str, Any],
    free: Collection[str] = (),
    read_at: datetime | None = None,
) -> bool:
    """Change what differs; in a plan that is carried out only what is free.

    Says whether anything changed. Raises NotDraftError, NotOpenError or RefusedError, and
    StaleError where somebody else changed the row after `read_at`.
    """
    with explained(), transaction.atomic():
        locked_plan(plan)  # before the row, as everybody who writes in a plan does
        rows = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
        stands = rows.get(pk=row.pk)
        changed = [name for name, value in values.items() if getattr(stands, name) != value]
        if not changed:
            return False
        refuse_stale(stands.updated_at, read_at)
        (worked_on if set(changed) <= set(free) else written_by)(plan, user)
        for name in changed:
            setattr(stands, name, values[name])
        stands.save(update_fields=[*changed, "updated_at"])
    for name in (*changed, "updated_at"):
        setattr(row, name, getattr(stands, name))
    return True


def remove(row: Any, *, plan: Plan, user: User | None, read_at: datetime | None = None) -> None:
    """Take a row out of a draft, with what hangs at it. Raises NotDraftError, and StaleError where
    somebody else changed it after `read_at`; one that is gone already stays gone."""
    with explained(), transaction.atomic():
        written_by(plan, user)
        if (stands := type(row)._default_manager.filter(pk=row.pk).first()) is not None:
            refuse_stale(stands.updated_at, read_at)
            stands.delete()
