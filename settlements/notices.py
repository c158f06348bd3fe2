"""What people are told about receivables: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from kam.core import formats
from kam.notifications.registry import NotificationKind, Told, kinds


def _amounts(params: Mapping[str, Any]) -> str:
    sums = [formats.money(Decimal(total), currency) for currency, total in params["sums"]]
    return ", ".join(sums)


def _overdue(params: Mapping[str, Any]) -> Told:
    count = params["items"]
    if "payer" in params:
        title = ngettext(
            "%(payer)s: %(n)s item became overdue",
            "%(payer)s: %(n)s items became overdue",
            count,
        ) % {"payer": params["payer"], "n": formats.number(count)}
    else:
        payers = params["payers"]
        words = ngettext(
            "New overdue items at %(n)s payer", "New overdue items at %(n)s payers", payers
        )
        title = words % {"n": formats.number(payers)}
    return Told(title, _("Now overdue in all: %(amounts)s") % {"amounts": _amounts(params)})


KINDS = (
    NotificationKind(
        key="settlements.overdue",
        title=gettext_lazy("New overdue items"),
        explains=gettext_lazy(
            "When items of payers that you collect from became overdue overnight."
        ),
        told=_overdue,
        visible=lambda user: Account.objects.visible_to(user).values("pk"),
        capability="receivables.view",
        icon="clock-exclamation",
        order=30,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
