"""Who hears that the review of a plan is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds
from kam.notifications.services import Telling, notify_each
from plans.models import Plan
from plans.querysets.plans import LIVE

DUE = "plans.review_due"
AHEAD = 7


@transaction.atomic
def tell_reviews(*, as_of: date, now: datetime) -> int:
    """Tell owner and sponsor of each review due within a week, once for each day of review.

    Of approved and active plans. Answers how many were told of something new. Safe to repeat.
    """
    rows = Plan.objects.filter(state__in=LIVE, review_on__lte=as_of + timedelta(days=AHEAD))
    due = rows.select_related("account").order_by("pk")
    tellings = [telling for row in due for telling in _tellings(row)]
    return notify_each(kind=DUE, tellings=tellings, occurred_at=now)


def _tellings(row: Plan) -> Iterator[Telling]:
    for user_id in sorted({row.owner_id, row.sponsor_id or row.owner_id}):
        yield Telling(
            user_id=user_id,
            url=row.get_absolute_url(),
            dedupe=f"{row.pk}:{row.review_on}",
            params={
                "account": row.account.name,
                "plan": row.title,
                "on": row.review_on.isoformat() if row.review_on else "",
            },
            subject_id=row.pk,
        )


def _plans(user: User) -> Any:
    return Plan.objects.visible_to(user).values("pk")


def _told(params: Mapping[str, Any]) -> Told:
    words = {"account": params["account"], "plan": params["plan"]}
    title = _("%(account)s: review of the plan “%(plan)s”") % words
    day = formats.date(date.fromisoformat(params["on"])) if params["on"] else "–"
    return Told(title, _("Due on %(day)s.") % {"day": day})


def register() -> None:
    """Register the kind."""
    kinds.register(
        NotificationKind(
            key=DUE,
            title=gettext_lazy("The review of a plan is due"),
            explains=gettext_lazy("A week before the review of a plan that you own or sponsor."),
            told=_told,
            visible=_plans,
            capability="plans.view",
            icon="calendar-due",
            mail=Mail.DIGEST,
            order=79,
        )
    )
