"""A plan for the next period out of one that stands."""

from __future__ import annotations

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from plans.forms.plan import CloneForm
from plans.selectors.plan.proposals import next_period
from plans.services.plan.cloning import clone_plan
from plans.views.plan import common


@requires("plans.edit")
@require_http_methods(["GET", "POST"])
def plan_clone(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what goes along, one objective after the other."""
    plan, user = common.get_editable(request, pk), signed_in(request)
    common.found(common.plannable(user).filter(pk=plan.account_id).exists())
    period = next_period(plan)
    title = _("%(account)s, plan %(year)s") % {"account": plan.account.name, "year": period}
    initial = {"title": title, "start": period.start, "end": period.end}
    form = CloneForm(request.POST or None, plan=plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = clone_plan(
                plan=plan,
                title=values["title"],
                period=DateRange(values["start"], values["end"]),
                by=user,
                objectives=form.chosen(),
                with_texts=values["with_texts"],
                with_swot=values["with_swot"],
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The plan for the next period is made."))
            return htmx.redirect(request, made.get_absolute_url())
    words = _("Plan for the next period")
    return common.form_page(
        request,
        form,
        title=words,
        lead=_("Nothing goes along by itself: choose what still holds."),
        save=_("Make the plan"),
        back=plan.get_absolute_url(),
        steps=common.plan_crumbs(plan, (words, "")),
    )
