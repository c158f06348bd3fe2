"""What people are told about their accounts: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import HealthLevel, RequestStatus
from accounts.models import Account, Handover, Promise, Task, TeamRequest
from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds


def _accounts(user: User) -> Any:
    return Account.objects.visible_to(user).values("pk")


def _requests(user: User) -> Any:
    return TeamRequest.objects.visible_to(user).values("pk")


def _day(params: Mapping[str, Any], name: str) -> str:
    return formats.date(date.fromisoformat(params[name]))


def _at(params: Mapping[str, Any], name: str) -> str:
    """The account and the day, as a line below the title."""
    words = _("%(account)s, due %(day)s")
    return words % {"account": params["account"], "day": _day(params, name)}


def _asked(params: Mapping[str, Any]) -> Told:
    title = _("%(who)s asks: %(what)s") % {"who": params["who"], "what": params["what"]}
    return Told(title, _at(params, "due_on"))


def _answered(params: Mapping[str, Any]) -> Told:
    words = {
        RequestStatus.ACCEPTED: _("%(who)s took it on: %(what)s"),
        RequestStatus.DECLINED: _("%(who)s declined: %(what)s"),
        RequestStatus.DONE: _("%(who)s is done: %(what)s"),
    }[RequestStatus(params["status"])]
    said = params.get("said") or ""
    body = f"{params['account']}: {said}" if said else params["account"]
    return Told(words % {"who": params["who"], "what": params["what"]}, body)


def _handed_over(params: Mapping[str, Any]) -> Told:
    values = {"account": params["account"], "day": _day(params, "on")}
    title = _("You lead %(account)s from %(day)s") % values
    return Told(title, _("Read the pack and acknowledge it."))


def _given(params: Mapping[str, Any]) -> Told:
    return Told(_("To do: %(what)s") % {"what": params["what"]}, _at(params, "due_on"))


def _reminded(params: Mapping[str, Any]) -> Told:
    return Told(_("Remember: %(what)s") % {"what": params["what"]}, _at(params, "due_on"))


def _promised(params: Mapping[str, Any]) -> Told:
    return Told(_("Promised for tomorrow: %(what)s") % {"what": params["what"]}, params["account"])


def _tier(params: Mapping[str, Any]) -> Told:
    words = _("%(account)s is now %(tier)s")
    title = words % {"account": params["account"], "tier": params["tier"]}
    return Told(title, _("Before: %(tier)s") % {"tier": params["before"]})


def _health(params: Mapping[str, Any]) -> Told:
    level, before = HealthLevel(params["level"]), HealthLevel(params["before"])
    words = _("%(account)s: health fell to %(level)s")
    title = words % {"account": params["account"], "level": level.label}
    return Told(title, _("Before: %(level)s") % {"level": before.label})


KINDS = (
    NotificationKind(
        key="accounts.request_received",
        title=gettext_lazy("Requests to you"),
        explains=gettext_lazy(
            "When the lead of an account asks something of you or your function."
        ),
        told=_asked,
        visible=_requests,
        capability="requests.answer",
        icon="inbox",
        mail=Mail.AT_ONCE,
        order=10,
    ),
    NotificationKind(
        key="accounts.request_answered",
        title=gettext_lazy("Answers to your requests"),
        explains=gettext_lazy("When a colleague takes your request on, declines it or is done."),
        told=_answered,
        visible=_requests,
        icon="message-check",
        order=11,
    ),
    NotificationKind(
        key="accounts.handover",
        title=gettext_lazy("Handovers to you"),
        explains=gettext_lazy(
            "When an account is handed over to you and its pack waits to be read."
        ),
        told=_handed_over,
        visible=lambda user: Handover.objects.visible_to(user).values("pk"),
        icon="transfer",
        mail=Mail.AT_ONCE,
        order=12,
    ),
    NotificationKind(
        key="accounts.task_given",
        title=gettext_lazy("Follow-ups given to you"),
        explains=gettext_lazy("When a colleague notes something for you to do."),
        told=_given,
        visible=lambda user: Task.objects.visible_to(user).values("pk"),
        icon="checkbox",
        order=13,
    ),
    NotificationKind(
        key="accounts.task_due",
        title=gettext_lazy("Reminders of follow-ups"),
        explains=gettext_lazy("On the day you asked for, and on the day something is due."),
        told=_reminded,
        visible=lambda user: Task.objects.visible_to(user).values("pk"),
        icon="bell-ringing",
        order=14,
    ),
    NotificationKind(
        key="accounts.promise_due",
        title=gettext_lazy("Promises due tomorrow"),
        explains=gettext_lazy("On the day before something is due that you promised a customer."),
        told=_promised,
        visible=lambda user: Promise.objects.visible_to(user).values("pk"),
        icon="heart-handshake",
        order=14,
    ),
    NotificationKind(
        key="accounts.tier_changed",
        title=gettext_lazy("Tiers of your accounts"),
        explains=gettext_lazy("When an account that you lead gets another tier."),
        told=_tier,
        visible=_accounts,
        icon="stairs",
        order=20,
    ),
    NotificationKind(
        key="accounts.health_fell",
        title=gettext_lazy("Health of your accounts"),
        explains=gettext_lazy("When the health of an account that you lead falls a level."),
        told=_health,
        visible=_accounts,
        icon="heartbeat",
        order=21,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
