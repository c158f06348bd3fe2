"""Tells leads, once for each account and day, that contacts are overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import Function
from accounts.models import Account
from interactions.selectors.cadence.touches import Late, overdue_by_account
from kam.core import formats
from kam.notifications.registry import NotificationKind, Told, kinds
from kam.notifications.services import Telling, notify_each

KIND = "interactions.overdue_touches"


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """What is overdue, and how many leads were told of something new."""

    overdue: int
    told: int


@transaction.atomic
def flag_overdue_touches(*, as_of: date, now: datetime) -> Flagged:
    """Tell each lead of contacts that became overdue; whoever was told is not told again.

    Of one account all contacts that were due on one day are one line. Accounts that nobody leads
    are counted, and nobody is told.
    """
    late = overdue_by_account(as_of=as_of)
    tellings = [_telling(one) for one in late if one.lead_id is not None]
    told = notify_each(kind=KIND, tellings=tellings, occurred_at=now)
    return Flagged(overdue=sum(len(one.functions) for one in late), told=told)


def _telling(late: Late) -> Telling:
    return Telling(
        user_id=late.lead_id or 0,
        url=reverse("interactions:cadence") + f"?account={late.account_id}",
        dedupe=f"{late.account_id}:{late.due_on}",
        params={
            "account": late.name,
            "functions": list(late.functions),
            "due_on": late.due_on.isoformat(),
        },
        subject_id=late.account_id,
    )


def _told(params: Mapping[str, Any]) -> Told:
    """In words of the reader's language."""
    labels: dict[str, Any] = dict(Function.choices)
    functions = [one for one in params["functions"] if one]
    count = len(params["functions"])
    title = ngettext(
        "%(count)s contact with %(account)s is overdue",
        "%(count)s contacts with %(account)s are overdue",
        count,
    ) % {"account": params["account"], "count": formats.number(count)}
    words = {
        "day": formats.date(date.fromisoformat(params["due_on"])),
        "functions": ", ".join(str(labels.get(one, one)) for one in functions),
    }
    if not functions:
        return Told(title, _("Due on %(day)s.") % words)
    return Told(title, _("%(functions)s: due on %(day)s.") % words)


KINDS = (
    NotificationKind(
        key=KIND,
        title=gettext_lazy("Overdue contacts"),
        explains=gettext_lazy("When a contact that your account's tier asks for is overdue."),
        told=_told,
        visible=lambda user: Account.objects.visible_to(user).values("pk"),
        capability="interactions.view",
        icon="alarm",
        order=60,
    ),
)


def register() -> None:
    """Let leads be told."""
    kinds.register(*KINDS)
