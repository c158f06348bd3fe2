"""Loss scenarios together: the list, the panel of an account, side by side."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from accounts.filters import AccountChoice, Flag, PageFilter, Several
from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.core.tables import BulkAction, Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.loss import LossKind
from plans.models import LossScenario
from plans.selectors.loss.listing import latest_results, scenarios_for
from plans.views.loss import common, words

# icons: plus chart-arrows-vertical columns
MOST = 3
SHOWN = 8


class ScenarioFilter(PageFilter):
    """Filters of scenarios; archived ones come where they are asked for."""

    q = django_filters.CharFilter(label=gettext_lazy("Words"), method="by_text")
    kind = Several(
        label=pgettext_lazy("loss scenario", "What happens"), choices=list(words.KIND_WORDS.items())
    )
    within = AccountChoice(label=gettext_lazy("Who loses the account"), method="by_account")
    attached = Flag(label=gettext_lazy("Only those of a plan"), method="by_plan")
    archived = Flag(label=gettext_lazy("Archived too"), method="by_archived")

    class Meta:
        model = LossScenario
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the title or of an account."""
        named = LossScenario.objects.filter(accounts__name__icontains=text).values("pk")
        return rows.filter(Q(title__icontains=text) | Q(pk__in=named))

    def by_account(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """That lose it, or something above or below it."""
        found = LossScenario.objects.about(account.pk).values("pk")
        return rows.filter(pk__in=found)

    def by_plan(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """Part of a plan."""
        return rows.filter(plan__isnull=False)

    def by_archived(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """The list takes care of it."""
        return rows


def _columns() -> list[Column]:
    return [
        Column(name="title", title=_("Scenario"), sort="title"),
        Column(name="kind", title=pgettext("loss scenario", "What happens"),
               kind="badge", value=words.kind_badge,
               sort="kind"),
        Column(name="accounts", title=_("Who is lost"), value=words.names_of),
        Column(name="starts_on", title=_("Starts on"), kind="date", sort="starts_on"),
        Column(name="last_run", title=_("Ledger of the last run"), kind="date", sort="last_run",
               unknown=_("It has not been run yet")),
        Column(name="plan", title=_("Plan"), value=lambda row: row.plan.title if row.plan else None,
               link=lambda row: row.plan.get_absolute_url() if row.plan else "",
               unknown=_("Of no plan")),
        Column(name="author", title=_("Author"), value="author.full_name",
               sort="author__full_name"),
        Column(name="updated_at", title=_("Changed"), kind="datetime", sort="updated_at",
               default=False),
    ]  # fmt: skip


@requires(common.VIEW)
@require_GET
def scenario_list(request: HttpRequest) -> HttpResponseBase:
    """Scenarios that the user may see."""
    user = signed_in(request)
    rows = scenarios_for(user)
    table = Table(
        request,
        rows if request.GET.get("archived") else rows.kept(),  # type: ignore[attr-defined]
        _columns(),
        name="loss-scenarios",
        caption=_("Loss scenarios"),
        default_sort="-updated_at",
        row_url=LossScenario.get_absolute_url,
        filters=ScenarioFilter,
        empty=_nothing(user),
        bulk=[
            BulkAction(
                title=_("Compare side by side"), url=reverse("plans:loss-compare"), icon="columns"
            )
        ],
    )
    context = {"crumbs": common.crumbs(), "may_make": user.can(common.EDIT)}
    return table.response("plans/loss_list.html", context)


def _nothing(user: User) -> Empty:
    may = user.can(common.EDIT)
    return Empty(
        _("No loss scenario yet"),
        _("What losing a customer would do to revenue, cash and concentration."),
        _("New scenario") if may else "",
        reverse("plans:loss-create") if may else "",
        icon="chart-arrows-vertical",
    )


@requires(common.VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The scenarios that lose an account, or something above or below it."""
    user, account = signed_in(request), get_account(request, pk)
    rows = list(scenarios_for(user).kept().about(account.pk)[:SHOWN])  # type: ignore[attr-defined]
    results = latest_results(rows)
    context = {
        "account": account,
        "title": _("What if we lose them?"),
        "panel_template": "plans/loss_panel.html",
        "crumbs": account_crumbs(account, (_("Loss scenarios"), "")),
        "rows": [
            {
                "scenario": one,
                "badge": words.kind_badge(one).__html__(),
                "verdict": words.verdict(one, results[one.pk].result) if one.pk in results else "",
            }
            for one in rows
        ],
        "may_make": user.can(common.EDIT),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires(common.VIEW)
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three scenarios side by side, by their latest results."""
    user = signed_in(request)
    if request.method == "POST":
        asked = common.numbers(request.POST.getlist("ids"))[:MOST]
        chosen = "&".join(f"id={pk}" for pk in asked)
        return htmx.redirect(request, f"{reverse('plans:loss-compare')}?{chosen}")
    ids = common.numbers(request.GET.getlist("id"))[:MOST]
    rows = list(scenarios_for(user).filter(pk__in=ids))
    rows.sort(key=lambda one: ids.index(one.pk))
    context = {
        "columns": compared(rows, user),
        "others": scenarios_for(user).kept().exclude(pk__in=ids)[:50],  # type: ignore[attr-defined]
        "chosen": ids,
        "has_room": len(ids) < MOST,
        "kinds": LossKind,
        "crumbs": common.crumbs((_("Side by side"), "")),
    }
    return render(request, "plans/loss_compare.html", context)


def compared(rows: list[LossScenario], user: User) -> list[dict[str, Any]]:
    """What stands in each column; a scenario that was never run says so."""
    results = latest_results(rows)
    shocks = {
        one.pk: common.shock_for(one, results[one.pk], user) for one in rows if one.pk in results
    }
    names = common.names_for(user, *shocks.values())
    return [
        {
            "scenario": one,
            "badge": words.kind_badge(one).__html__(),
            "names": words.names_of(one),
            "result": results.get(one.pk),
            "figures": words.figures(one, results[one.pk].result) if one.pk in results else [],
            "shock": words.shock_lines(shocks.get(one.pk), names),
        }
        for one in rows
    ]
