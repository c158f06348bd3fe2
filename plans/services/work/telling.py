"""Who hears of actions: their owner when one is given, owner and plan's owner when one is late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds
from kam.notifications.services import Telling, notify, notify_each
from plans.choices.work import ActionState
from plans.models import Plan, PlanAction
from plans.querysets.plans import LIVE

GIVEN, LATE = "plans.action_given", "plans.action_overdue"


def _params(row: PlanAction, plan: Plan) -> dict[str, Any]:
    return {
        "what": row.title,
        "account": plan.account.name,
        "plan": plan.title,
        "due_on": row.due_on.isoformat() if row.due_on else "",
        "owner": str(row.owner or ""),
    }


def tell_owner(row: PlanAction, plan: Plan, *, by: User | None) -> None:
    """Tell who an action is given to, once for each action; not who gave it to themselves."""
    notify(
        kind=GIVEN,
        users=[row.owner_id],
        by=by,
        params=_params(row, plan),
        subject_id=row.pk,
        url=row.get_absolute_url(),
        dedupe=f"{row.pk}:{row.owner_id}",
        occurred_at=timezone.now(),
    )


@dataclass(frozen=True, kw_only=True)
class TellingDone:
    """How many actions are overdue, and how many people were told of something new."""

    overdue: int
    told: int


@transaction.atomic
def tell_overdue(*, as_of: date, now: datetime) -> TellingDone:
    """Tell owners of overdue actions and of their plans, once for each action and due day.

    Of approved and active plans; what has no owner is told to the plan's owner. Safe to repeat.
    """
    rows = PlanAction.objects.filter(
        state=ActionState.OPEN, due_on__lt=as_of, plan__state__in=LIVE
    ).select_related("plan__account", "owner")
    late = list(rows.order_by("pk"))
    tellings = [telling for row in late for telling in _tellings(row)]
    return TellingDone(
        overdue=len(late),
        told=notify_each(kind=LATE, tellings=tellings, occurred_at=now),
    )


def _tellings(row: PlanAction) -> Iterator[Telling]:
    for user_id in sorted({row.owner_id or row.plan.owner_id, row.plan.owner_id}):
        yield Telling(
            user_id=user_id,
            url=row.get_absolute_url(),
            dedupe=f"{row.pk}:{row.due_on}",
            params=_params(row, row.plan),
            subject_id=row.pk,
        )


def _actions(user: User) -> Any:
    return PlanAction.objects.visible_to(user).values("pk")


def _due(params: Mapping[str, Any]) -> str:
    return formats.date(date.fromisoformat(params["due_on"])) if params["due_on"] else ""


def _told_given(params: Mapping[str, Any]) -> Told:
    detail = f"{params['account']} · {params['plan']}"
    if due := _due(params):
        until = _("due %s") % due
        detail = f"{detail} · {until}"
    return Told(_("An action for you: %s") % params["what"], detail)


def _told_late(params: Mapping[str, Any]) -> Told:
    words = {"owner": params["owner"] or _("nobody"), "day": _due(params)}
    detail = _("Was due on %(day)s; owner: %(owner)s.") % words
    return Told(_("Action overdue: %s") % params["what"], f"{params['account']}. {detail}")


KINDS = (
    NotificationKind(
        key=GIVEN,
        title=gettext_lazy("An action of a plan for you"),
        explains=gettext_lazy("When somebody gives you an action of a plan."),
        told=_told_given,
        visible=_actions,
        capability="plans.view",
        icon="checkbox",
        order=84,
    ),
    NotificationKind(
        key=LATE,
        title=gettext_lazy("An action of a plan is overdue"),
        explains=gettext_lazy("When an action that you own, or one of your plan, is overdue."),
        told=_told_late,
        visible=_actions,
        capability="plans.view",
        icon="alarm",
        mail=Mail.DIGEST,
        order=85,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
