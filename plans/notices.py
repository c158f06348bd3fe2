"""What people are told about plans: the kinds and their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.registry import NotificationKind, Told, kinds
from plans.choices.plan import SectionKind
from plans.models import LossScenario, Plan


def _plans(user: User) -> Any:
    return Plan.objects.visible_to(user).values("pk")


def _words(params: Mapping[str, Any]) -> dict[str, str]:
    return {"account": params["account"], "plan": params["plan"], "by": params["by"]}


def _wanted(params: Mapping[str, Any]) -> Told:
    title = _("%(account)s: plan “%(plan)s” waits for your approval") % _words(params)
    return Told(title, _("Submitted by %(by)s.") % _words(params))


def _decided(params: Mapping[str, Any]) -> Told:
    titles = {
        "approved": _("%(account)s: plan “%(plan)s” was approved"),
        "sent_back": _("%(account)s: plan “%(plan)s” was sent back"),
        "closed": _("%(account)s: plan “%(plan)s” was closed"),
        "cancelled": _("%(account)s: plan “%(plan)s” was cancelled"),
    }
    return Told(titles[params["what"]] % _words(params), params["text"])


def _revised(params: Mapping[str, Any]) -> Told:
    title = _("%(account)s: plan “%(plan)s” is opened for revision") % _words(params)
    return Told(title, params["text"])


def _commented(params: Mapping[str, Any]) -> Told:
    title = _("%(by)s on plan “%(plan)s”") % _words(params)
    what = params["what"]
    section = f"{SectionKind(what).label}: " if what else ""
    return Told(title, f"{section}{params['text']}")


def _scenarios(user: User) -> Any:
    return LossScenario.objects.visible_to(user).values("pk")


def _computed(params: Mapping[str, Any]) -> Told:
    title = _("Loss scenario “%(scenario)s” is computed") % {"scenario": params["scenario"]}
    day = formats.date(date.fromisoformat(params["as_of"]))
    return Told(title, _("On the ledger of %(day)s.") % {"day": day})


KINDS = (
    NotificationKind(
        key="plans.approval_wanted",
        title=gettext_lazy("A plan waits for approval"),
        explains=gettext_lazy("When a plan is submitted that you may approve."),
        told=_wanted,
        visible=_plans,
        capability="plans.view",
        icon="rosette-discount-check",
        mail=Mail.AT_ONCE,
        order=80,
    ),
    NotificationKind(
        key="plans.decided",
        title=gettext_lazy("A plan was decided on"),
        explains=gettext_lazy(
            "When a plan of yours is approved, sent back, closed or cancelled by somebody else."
        ),
        told=_decided,
        visible=_plans,
        capability="plans.view",
        icon="checks",
        mail=Mail.AT_ONCE,
        order=81,
    ),
    NotificationKind(
        key="plans.revised",
        title=gettext_lazy("A plan is opened for revision"),
        explains=gettext_lazy("When somebody else opens a plan that you own or sponsor."),
        told=_revised,
        visible=_plans,
        capability="plans.view",
        icon="pencil",
        order=82,
    ),
    NotificationKind(
        key="plans.commented",
        title=gettext_lazy("A comment on your plan"),
        explains=gettext_lazy("When somebody comments on a plan or a section that is yours."),
        told=_commented,
        visible=_plans,
        capability="plans.view",
        icon="message",
        order=83,
    ),
    NotificationKind(
        key="plans.loss_computed",
        title=gettext_lazy("A loss scenario is computed"),
        explains=gettext_lazy("When a loss scenario that you ran as a job has its result."),
        told=_computed,
        visible=_scenarios,
        capability="scenarios.view",
        icon="chart-histogram",
        order=88,
    ),
)


def register() -> None:
    """Register the kinds."""
    kinds.register(*KINDS)
