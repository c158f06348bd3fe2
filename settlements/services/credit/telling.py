"""What people are told of credit: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from kam.core import formats
from kam.notifications.registry import NotificationKind, Told, kinds
from settlements.choices.credit import ApplicationState, CollateralKind

VIEW = "credit.view"


def _day(params: Mapping[str, Any]) -> str:
    return formats.date(date.fromisoformat(params["day"]))


def _told_decided(params: Mapping[str, Any]) -> Told:
    words = {"account": params["account"]}
    if params["state"] == ApplicationState.APPROVED:
        return Told(_("The credit of %(account)s was approved") % words)
    return Told(_("The credit of %(account)s was refused") % words)


def _told_over(params: Mapping[str, Any]) -> Told:
    over = formats.money(Decimal(params["over"]), params["currency"])
    title = _("%(account)s is over its credit limit") % {"account": params["account"]}
    return Told(title, _("By %(amount)s") % {"amount": over})


def _told_review(params: Mapping[str, Any]) -> Told:
    words = {"account": params["account"], "day": _day(params)}
    return Told(_("The credit limit of %(account)s is to be reviewed on %(day)s") % words)


def _told_cover(params: Mapping[str, Any]) -> Told:
    kind = CollateralKind(params["kind"]).label
    words = {"account": params["account"], "kind": kind, "day": _day(params)}
    return Told(_("%(account)s: %(kind)s ends on %(day)s") % words)


def _kind(key: str, title: Any, explains: Any, told: Any, order: int) -> NotificationKind:
    return NotificationKind(
        key=f"settlements.{key}",
        title=title,
        explains=explains,
        told=told,
        visible=lambda user: Account.objects.visible_to(user).values("pk"),
        capability=VIEW,
        icon="shield-half",
        order=order,
    )


KINDS = (
    _kind("credit_decided", gettext_lazy("Credit was decided"),
          gettext_lazy("When an application of yours was approved or refused."), _told_decided, 40),
    _kind("credit_over", gettext_lazy("Over the credit limit"),
          gettext_lazy("When an account of yours owes more than its limit, once a month."),
          _told_over, 41),
    _kind("credit_review", gettext_lazy("Limit to be reviewed"),
          gettext_lazy("When the review of a limit of your accounts comes near."),
          _told_review, 42),
    _kind("credit_cover", gettext_lazy("A security ends"),
          gettext_lazy("When insurance, a guarantee or a deposit of your accounts ends soon."),
          _told_cover, 43),
)  # fmt: skip


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
