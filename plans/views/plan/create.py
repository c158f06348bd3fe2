"""Making a plan: first whose it is, then its head as it is proposed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.views.team.common import account_page
from kam.core import htmx
from kam.core.dates import add_months
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.forms.plan import AccountOnlyForm, PlanForm
from plans.models import Plan
from plans.selectors.plan.proposals import Proposal, parents_for, proposal_for
from plans.services.plan.making import PlanDraft, make_plan
from plans.views.plan import common

EDIT = "plans.edit"
YEARS_AHEAD = 12 * 10


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def plan_create(request: HttpRequest) -> HttpResponse:
    """Make a plan from the template of the account's tier."""
    asked = request.GET.get("account", "")
    if not asked.isdecimal():
        return _choose(request)
    user, today = signed_in(request), timezone.localdate()
    account = common.get_plannable(request, int(asked[:18]))
    proposed = proposal_for(account, user, as_of=today)
    wide = DateRange(add_months(proposed.period.start, -YEARS_AHEAD), None)
    above = parents_for(account, user, period=wide)
    form = PlanForm(request.POST or None, above=above, initial=_initial(proposed))
    if request.method == "POST" and form.is_valid():
        try:
            plan = make_plan(draft=PlanDraft(account=account, **form.facts()), by=user)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _made(request, plan)
    return common.form_page(
        request,
        form,
        title=_("New plan for %(account)s") % {"account": account.name},
        save=_("Make the plan"),
        back=account_page(user, account, "plans") or reverse("plans:plan-list"),
        steps=common.crumbs((_("New plan"), "")),
    )


def _initial(proposed: Proposal) -> dict[str, Any]:
    names = ("template", "title", "currency", "owner", "review_on", "parent")
    values = {name: getattr(proposed, name) for name in names}
    return values | {"start": proposed.period.start, "end": proposed.period.end}


def _made(request: HttpRequest, plan: Plan) -> HttpResponse:
    """To the page, which offers what the system knows."""
    messages.success(request, _("The plan is made. Write it section by section."))
    return htmx.redirect(request, plan.get_absolute_url())


def _choose(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = AccountOnlyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        account: Account = form.cleaned_data["account"]
        if common.plannable(user).filter(pk=account.pk).exists():
            url = f"{reverse('plans:plan-create')}?account={account.pk}"
            return htmx.redirect(request, url)
        form.add_error("account", _("You do not lead this account: its lead makes its plan."))
    return common.form_page(
        request,
        form,
        title=_("Whose plan is it?"),
        save=_("Continue"),
        back=reverse("plans:plan-list"),
        steps=common.crumbs((_("New plan"), "")),
    )
