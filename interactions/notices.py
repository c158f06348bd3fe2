"""What people are told about concerns: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.choices import ConcernEntryKind
from interactions.models import Concern
from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds


def _concerns(user: User) -> Any:
    return Concern.objects.visible_to(user).values("pk")


def _told(params: Mapping[str, Any]) -> Told:
    kind = ConcernEntryKind(params["kind"])
    by = formats.datetime(datetime.fromisoformat(params["by"]))
    words = _("%(account)s, by %(when)s") % {"account": params["account"], "when": by}
    return Told(f"{kind.label}: {params['what']}", words)


def _given(params: Mapping[str, Any]) -> Told:
    return Told(_("A concern for you: %s") % params["what"], params["account"])


KINDS = (
    NotificationKind(
        key="interactions.concern_given",
        title=gettext_lazy("A concern for you"),
        explains=gettext_lazy("When a concern of a customer is given to you."),
        told=_given,
        visible=_concerns,
        capability="interactions.view",
        icon="message-exclamation",
        mail=Mail.AT_ONCE,
        order=60,
    ),
    NotificationKind(
        key="interactions.concern_near",
        title=gettext_lazy("A concern due soon"),
        explains=gettext_lazy(
            "When three quarters of the time to answer or solve one have passed."
        ),
        told=_told,
        visible=_concerns,
        capability="interactions.view",
        icon="clock-exclamation",
        order=61,
    ),
    NotificationKind(
        key="interactions.concern_late",
        title=gettext_lazy("A concern past its target"),
        explains=gettext_lazy(
            "When nobody answered or solved one in time: its owner and the director."
        ),
        told=_told,
        visible=_concerns,
        capability="interactions.view",
        icon="alert-triangle",
        mail=Mail.AT_ONCE,
        order=62,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
