"""Actions of all plans as one list: one's own, late ones, all, those that are over."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from kam.core.nav import Tab
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.work import ActionState
from plans.models import Plan, PlanAction
from plans.selectors.work import actions_for, standing_open, with_rights
from plans.views.plan import common
from plans.views.work import words

# icons: checkbox
OFFERED = 200
"""More plans than these are not for a list to choose from: words find them too."""
TABS = ("mine", "overdue", "all", "over")


def _readable(request: Any) -> Any:
    return Plan.objects.visible_to(request.user).order_by("title", "pk")


# Asked with the request.
_plans = cast("QuerySet[Plan]", _readable)


def _offered(rows: QuerySet[Plan], user: User, chosen: str) -> list[Plan]:
    """The plans to choose from: all where they are not too many, else one's own."""
    found = list(rows[: OFFERED + 1])
    if len(found) > OFFERED:
        found = list(rows.filter(owner__in=user.acting_user_ids())[:OFFERED])
    if chosen.isdecimal() and int(chosen) not in {one.pk for one in found}:
        found += rows.filter(pk=chosen[:18])
    return found


class ActionFilter(PageFilter):
    """Filters of actions."""

    q = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_text")
    plan = django_filters.ModelChoiceFilter(label=gettext_lazy("Plan"), queryset=_plans)
    within = AccountChoice(label=gettext_lazy("Account with all below it"), method="by_branch")
    owner = django_filters.ModelChoiceFilter(label=gettext_lazy("Owner"), queryset=leads)
    ownerless = Flag(label=gettext_lazy("Only without an owner"), method="by_ownerless")
    state = Several(label=gettext_lazy("State"), choices=ActionState.choices)
    due_before = django_filters.DateFilter(
        label=gettext_lazy("Due before"), field_name="due_on", lookup_expr="lt"
    )

    class Meta:
        model = PlanAction
        fields: list[str] = []

    @cached_property
    def form(self) -> forms.Form:
        """The form; of thousands of plans it offers one's own, and the one that is chosen."""
        form: forms.Form = super().form
        field: Any = form.fields["plan"]
        request: Any = self.request
        offered = _offered(field.queryset, request.user, request.GET.get("plan", ""))
        field.widget.choices = [
            ("", field.empty_label or ""),
            *((one.pk, str(one)) for one in offered),
        ]
        return form

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the action, its plan or the account."""
        return rows.filter(
            Q(title__icontains=text)
            | Q(plan__title__icontains=text)
            | Q(plan__account__name__icontains=text)
        )

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of plans of a node and everything below it today."""
        return rows.filter(plan__account__path__contains=[account.pk])

    def by_ownerless(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """That nobody answers for."""
        return rows.filter(owner=None)


class Tick(Column):
    """The button that ticks an action off; in a file it is the day it was done."""

    def exported(self, row: PlanAction) -> date | None:
        """Buttons are nothing for a file."""
        return row.done_on


def _columns(request: HttpRequest) -> list[Column]:
    today = timezone.localdate()

    def tick(row: Any) -> SafeString:
        context = {"action": row, "may_work": row.may_work}
        return render_to_string("plans/work_tick.html#tick", context, request)

    return [
        Column(name="title", title=pgettext("of a plan", "Action"), sort="title"),
        Column(
            name="account", title=_("Account"), value="plan.account.name",
            sort="plan__account__name_key",
        ),
        Column(
            name="plan", title=_("Plan"), value="plan.title", sort="plan__title",
            link=lambda row: row.plan.get_absolute_url(),
        ),
        Column(
            name="owner",
            title=_("Owner"),
            value=lambda row: row.owner.full_name if row.owner else None,
            sort="owner__full_name",
            nullable=True,
            unknown=_("Nobody answers for it"),
        ),
        Column(
            name="due_on", title=_("Due on"), kind="date", sort="due_on", nullable=True,
            unknown=_("No day is set"),
        ),
        Column(
            name="state", title=_("State"), kind="badge",
            value=lambda row: words.state_badge(row, today),
        ),
        *_more_columns(),
        Tick(name="done", title=_("Done"), kind="html", value=tick),
    ]  # fmt: skip


def _more_columns() -> list[Column]:
    return [
        Column(
            name="objective",
            title=_("Objective"),
            value=lambda row: row.initiative.objective.title if row.initiative else None,
            unknown=_("Beside the objectives"),
            default=False,
        ),
        Column(
            name="initiative",
            title=_("Initiative"),
            value=lambda row: row.initiative.title if row.initiative else None,
            unknown=_("Beside the objectives"),
            default=False,
        ),
        Column(
            name="percent",
            title=_("Progress"),
            kind="percent",
            places=0,
            value=lambda row: None if row.percent is None else row.percent / 100,
            sort=F("percent"),
            nullable=True,
            unknown=_("Nobody said how far it is"),
            default=False,
        ),
        Column(name="weight", title=_("Weight"), kind="number", places=2, sort="weight",
               default=False),
        Column(name="updated_at", title=_("Changed"), kind="datetime", sort="updated_at",
               default=False),
    ]  # fmt: skip


def _rows(user: User, tab: str) -> QuerySet[PlanAction]:
    rows = with_rights(actions_for(user), user)
    if tab == "over":
        return rows.exclude(state=ActionState.OPEN)
    rows = standing_open(rows)
    if tab == "overdue":
        return rows.filter(due_on__lt=timezone.localdate())
    return rows.filter(owner__in=user.acting_user_ids()) if tab == "mine" else rows


def _tabs(active: str) -> list[Tab]:
    titles = {
        "mine": _("Mine"),
        "overdue": _("Overdue"),
        "all": _("All open"),
        "over": _("Done and dropped"),
    }
    return [Tab(titles[key], _url(key), active=key == active) for key in TABS]


def _url(key: str) -> str:
    if key == "mine":
        return reverse("plans:action-list")
    return reverse("plans:action-tab", args=[key])


@requires("plans.view")
@require_GET
def action_list(request: HttpRequest, tab: str = "mine") -> HttpResponseBase:
    """Actions of all plans that the user may read."""
    if tab not in TABS:
        raise Http404
    user = signed_in(request)
    table = Table(
        request,
        _rows(user, tab),
        _columns(request),
        name="plan-actions",
        caption=_("Actions of plans"),
        default_sort="due_on",
        row_url=PlanAction.get_absolute_url,
        filters=ActionFilter,
        empty=Empty(
            _("Nothing is to be done"),
            _("Actions of plans stand here, with who does them and until when."),
            icon="checkbox",
        ),
    )
    context = {"crumbs": common.crumbs((pgettext("of a plan", "Actions"), "")), "tabs": _tabs(tab)}
    return table.response("plans/work_list.html", context)
