"""What the writes of objectives, initiatives, actions and targets share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.problems import RefusedError
from kam.core.versions import fingerprint
from kam.identity.models import User
from plans.models import Initiative, Objective, Plan, PlanAction

ALL = Decimal(100)


class NoTitleError(RefusedError):
    """Something to do without a name."""

    code, field = "work_title", "title"
    words = gettext_lazy("Say what it is.")


class OutsidePeriodError(RefusedError):
    """A day before or after the plan's period."""

    code = "plan_date_outside"


class OwnerError(RefusedError):
    """An owner who is gone, or who may not read the plan."""

    code, field = "plan_owner_may_read", "owner"


def put(row: Any, facts: Mapping[str, Any], names: Iterable[str]) -> None:
    """Set the named facts on a row; texts are trimmed."""
    for name in names:
        if name in facts:
            value = facts[name]
            setattr(row, name, value.strip() if isinstance(value, str) else value)


def check(row: Any, plan: Plan, *, facts: Mapping[str, Any]) -> None:
    """Refuse what no row of work may be: without a title, with a day outside the plan, with an
    owner who may not read it, with a weight of nothing or a percent out of range.

    Days and owners are judged where they are told now: what stood before does not stand in the
    way of another change.
    """
    if not row.title:
        raise NoTitleError
    for name in ("starts_on", "due_on"):
        if name in facts:
            check_day(getattr(row, name), plan, field=name)
    if "owner" in facts:
        check_owner(row.owner, plan)
    if row.weight is None or row.weight <= 0:
        words = gettext_lazy("A weight is above zero.")
        raise RefusedError(words, field="weight", code="work_weight")
    for name in ("percent", "typed_percent"):
        check_percent(getattr(row, name, None), field=name)


def check_percent(value: Decimal | None, *, field: str) -> None:
    """Refuse a percent out of range."""
    if value is not None and not 0 <= value <= ALL:
        words = gettext_lazy("0 to 100 percent.")
        raise RefusedError(words, field=field, code="work_percent")


def check_day(day: date | None, plan: Plan, *, field: str) -> None:
    """Raise OutsidePeriodError for a day on which the plan does not hold."""
    first, after = plan.period.lower, plan.period.upper
    if day is None or first <= day < after:
        return
    words = _("The plan is for %(first)s to %(last)s.") % {
        "first": formats.date(first),
        "last": formats.date(after - timedelta(days=1)),
    }
    raise OutsidePeriodError(words, field=field)


def check_owner(owner: User | None, plan: Plan) -> None:
    """Raise OwnerError for somebody who is gone or may not read the plan."""
    if owner is None:
        return
    if not owner.is_active:
        raise OwnerError(_("%(who)s can no longer sign in.") % {"who": owner})
    if not Plan.objects.visible_to(owner).filter(pk=plan.pk).exists():
        words = _("%(who)s may not read this plan: name them in it first.")
        raise OwnerError(words % {"who": owner})


def last_place(rows: models.QuerySet[Any]) -> int:
    """Return the place behind all others."""
    found: int | None = rows.aggregate(last=models.Max("place"))["last"]
    return 0 if found is None else found + 1


def shift(row: Any, rows: models.QuerySet[Any], step: int) -> None:
    """Move a row one place up (-1) or down (+1) among its siblings; at the end it stays."""
    ordered = list(rows.order_by("place", "pk"))
    at = next(place for place, one in enumerate(ordered) if one.pk == row.pk)
    to = at + (1 if step > 0 else -1)
    if not 0 <= to < len(ordered):
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    for place, one in enumerate(ordered):
        if one.place != place:
            one.place = place
            one.save(update_fields=["place", "updated_at"])


def whole_version(row: Objective | Initiative) -> str:
    """Return the version of an objective or initiative with all below it, which goes with it."""
    bundles = [row] if isinstance(row, Initiative) else list(row.initiatives.order_by("pk"))
    actions = PlanAction.objects.filter(initiative__in=bundles).order_by("pk")
    below = [(one.pk, one.updated_at) for one in (*bundles, *actions)]
    return fingerprint(row.updated_at, below)
