"""Making, changing, running, attaching, archiving loss scenarios."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from accounts.selectors.concentration.query import data_as_of
from kam.core import htmx
from kam.core.dates import add_months, month_start
from kam.core.models import Currency, JobRun
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.rates import base_currency
from kam.identity.decorators import requires, signed_in
from plans.choices.loss import LossKind
from plans.forms.loss import (
    ActionsForm,
    AttachForm,
    ChooseForm,
    RunForm,
    ScenarioForm,
    of_scenario,
    starting,
)
from plans.models import LossScenario
from plans.selectors.approval import may_decide
from plans.selectors.loss.defaults import Defaults, defaults
from plans.selectors.loss.facts import Asked
from plans.selectors.loss.listing import latest_result, plans_to_join
from plans.selectors.loss.result import asked_of
from plans.services import loss as services
from plans.services.loss.proposing import Chosen, due_of
from plans.views.loss import common, words
from plans.views.plan.common import form_page

MANY = 200
"""Accounts that one scenario takes from a selection."""


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_create(request: HttpRequest) -> HttpResponse:
    """First what happens and to whom (also from a selection elsewhere), then the assumptions."""
    if request.method == "POST" and "ids" in request.POST:
        return _from_selection(request)
    user = signed_in(request)
    chosen = common.choosable(user, common.numbers(request.GET.getlist("account"))[:MANY])
    kind = request.GET.get("kind", "")
    if not chosen or kind not in LossKind.values:
        return _choose(request, chosen)
    try:
        services.check_accounts(chosen)
    except RefusedError as problem:
        # Before any figure: what is part of another account would be in them twice.
        messages.error(request, str(problem))
        return _choose(request, chosen)
    return _assume(request, chosen, kind)


def _from_selection(request: HttpRequest) -> HttpResponse:
    ids = common.numbers(request.POST.getlist("ids"))[:MANY]
    return htmx.redirect(
        request, f"{reverse('plans:loss-create')}?{urlencode({'account': ids}, doseq=True)}"
    )


def _choose(request: HttpRequest, chosen: list[Account]) -> HttpResponse:
    initial = {"kind": LossKind.DELISTING, "currency": base_currency()}
    form = ChooseForm(request.POST or None, user=signed_in(request), chosen=chosen, initial=initial)
    if request.method == "POST" and form.is_valid():
        query = {
            "kind": form.cleaned_data["kind"],
            "currency": form.cleaned_data["currency"].pk,
            "account": [one.pk for one in form.accounts],
        }
        url = f"{reverse('plans:loss-create')}?{urlencode(query, doseq=True)}"
        return htmx.redirect(request, url)
    return form_page(
        request,
        form,
        title=_("What if we lose them?"),
        lead=_("Choose what happens, and to whom. Several accounts are one shock together."),
        save=_("Next: assumptions"),
        back=reverse("plans:loss-list"),
        steps=common.crumbs((_("New scenario"), "")),
    )


def _assume(request: HttpRequest, chosen: list[Account], kind: str) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    as_of = data_as_of(today)
    code = _currency(request.GET.get("currency", ""))
    asked = Asked(roots=[one.pk for one in chosen], as_of=as_of, currency=code)
    found = defaults(asked, kind)
    initial = starting(kind, found) | {
        "title": _title(kind, chosen),
        "as_of": as_of,
        "starts_on": add_months(month_start(today), 1),
    }
    form = ScenarioForm(request.POST or None, kind=kind, sources=found.sources(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            scenario = services.create_scenario(
                accounts=chosen, by=user, currency=code, kind=kind,
                rates=form.chosen_rates(), **form.facts(),
            )  # fmt: skip
        except RefusedError as problem:
            _add(form, problem)
        else:
            return _run(request, scenario, form.cleaned_data["as_of"])
    return _form(request, form, chosen, kind, found, title=_("What is assumed?"))


def _currency(asked: str) -> str:
    """The currency asked for where there is such a one, else the base currency."""
    known = Currency.objects.filter(pk=asked).values_list("pk", flat=True).first()
    return known or base_currency()


def _title(kind: str, chosen: list[Account]) -> str:
    names = ", ".join(one.name for one in chosen[:2])
    rest = f" +{len(chosen) - 2}" if len(chosen) > 2 else ""
    return f"{words.KIND_WORDS[LossKind(kind)]}: {names}{rest}"[:200]


def _add(form: ScenarioForm, problem: RefusedError) -> None:
    """Put a refusal at its field; one of a range stands at its middle."""
    if f"{problem.field}_base" in form.fields:
        form.add_error(f"{problem.field}_base", str(problem))
    else:
        add_to_form(form, problem)


def _form(
    request: HttpRequest, form: ScenarioForm, chosen: list[Account], kind: str, found: Defaults,
    *, title: str, scenario: LossScenario | None = None,
) -> HttpResponse:  # fmt: skip
    back = scenario.get_absolute_url() if scenario else reverse("plans:loss-list")
    context = {
        "title": title,
        "form": form,
        "chosen": chosen,
        "kind": words.KIND_WORDS[LossKind(kind)],
        "kind_words": LossKind(kind).label,
        "found": found,
        "scenario": scenario,
        "cancel_url": back,
        "crumbs": common.crumbs(((scenario.title if scenario else _("New scenario")), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/loss_form.html", context, status=status)


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other assumptions; it is run again with them, the results before stay."""
    scenario = common.get_editable(request, pk)
    found = defaults(asked_of(scenario), scenario.kind)
    sources = scenario.inputs | found.sources()
    form = ScenarioForm(
        request.POST or None, kind=scenario.kind, sources=sources,
        initial=of_scenario(scenario, found),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            scenario = services.update_scenario(
                scenario=scenario,
                rates=form.chosen_rates(),
                read_at=form.read_at(),
                **form.facts(),
            )
        except RefusedError as problem:
            _add(form, problem)
        else:
            return _run(request, scenario, form.cleaned_data["as_of"])
    chosen = [row.account for row in scenario.account_rows.all()]
    title = _("Other assumptions")
    return _form(request, form, chosen, scenario.kind, found, title=title, scenario=scenario)


def _run(request: HttpRequest, scenario: LossScenario, as_of: Any) -> HttpResponse:
    """Run it, or follow the job that does; what the data cannot answer is said on its page."""
    url = scenario.get_absolute_url()
    try:
        done = services.run_or_enqueue(scenario=scenario, as_of=as_of, by=signed_in(request))
    except RefusedError as problem:
        messages.error(request, str(problem))
        return htmx.redirect(request, url)
    if isinstance(done, JobRun):
        return htmx.redirect(request, f"{url}?job={done.pk}")
    messages.success(request, _("The scenario is computed."))
    return htmx.redirect(request, url)


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Run it again, on the ledger of a day."""
    scenario = common.get_editable(request, pk)
    form = RunForm(request.POST or None, initial={"as_of": data_as_of(timezone.localdate())})
    if request.method == "POST" and form.is_valid():
        return _run(request, scenario, form.cleaned_data["as_of"])
    return form_page(
        request,
        form,
        title=_("Run again"),
        lead=_("The assumptions stay; revenue, receivables and agreements are those of the day."),
        save=_("Run"),
        back=scenario.get_absolute_url(),
        steps=_below(scenario, _("Run again")),
    )


def _below(scenario: LossScenario, title: str) -> Any:
    return common.crumbs((scenario.title, scenario.get_absolute_url()), (title, ""))


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it part of a plan."""
    scenario, user = common.get_editable(request, pk), signed_in(request)
    plans = plans_to_join(scenario, user)
    own = plans.filter(account__in=scenario.account_rows.values("account")).first()
    form = AttachForm(request.POST or None, plans=plans, initial={"plan": own})
    if request.method == "POST" and form.is_valid():
        plan = form.cleaned_data["plan"]
        try:
            services.attach(scenario=scenario, plan=plan, at=timezone.now())
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The scenario is part of the plan. Choose what to do."))
            return htmx.redirect(request, reverse("plans:loss-actions", args=[pk]))
    return form_page(
        request,
        form,
        title=_("Attach to a plan"),
        lead=_("The plan shows the scenario, and survival actions can be added to it."),
        save=_("Attach"),
        back=scenario.get_absolute_url(),
        steps=_below(scenario, _("Attach to a plan")),
    )


@requires(common.EDIT)
@require_POST
def scenario_detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out of its plan."""
    scenario = common.get_editable(request, pk)
    return _act(request, scenario, _("The scenario left the plan; its actions stay there."),
                lambda: services.detach(scenario=scenario))  # fmt: skip


def _act(request: HttpRequest, scenario: LossScenario, done: str, act: Any) -> HttpResponse:
    try:
        act()
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return htmx.redirect(request, scenario.get_absolute_url())


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose survival actions one by one, each with who sees to it."""
    scenario, user = common.get_editable(request, pk), signed_in(request)
    result = latest_result(scenario)
    proposals = services.proposals_for(scenario, result, user=user) if result else []
    form = ActionsForm(
        request.POST or None,
        proposals=[(one, due_of(scenario, one)) for one in proposals],
        owner=scenario.plan.owner if scenario.plan else None,
    )
    if request.method == "POST" and result is not None and form.is_valid():
        chosen = [Chosen(key=key, owner=owner, due_on=due) for key, owner, due in form.chosen()]
        try:
            made = services.add_actions(scenario=scenario, result=result, chosen=chosen, by=user)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Actions added to the plan: %s") % len(made))
            return htmx.redirect(request, scenario.get_absolute_url())
    context = {
        "scenario": scenario,
        "result": result,
        "form": form,
        "becomes_writer": scenario.plan is not None
        and scenario.plan.is_draft
        and may_decide(user, scenario.plan),
        "crumbs": _below(scenario, _("Survival plan")),
    }
    status = 422 if form.errors else 200
    return render(request, "plans/loss_actions.html", context, status=status)


@requires(common.EDIT)
@require_POST
def scenario_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away, or take it up again."""
    scenario = common.get_editable(request, pk)
    if scenario.archived_at is None:
        words_done, act = _("The scenario is archived."), services.archive_scenario
        return _act(
            request, scenario, words_done, lambda: act(scenario=scenario, at=timezone.now())
        )
    words_done = _("The scenario is taken up again.")
    return _act(request, scenario, words_done, lambda: services.restore_scenario(scenario=scenario))


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def scenario_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a scenario that no plan has, with its results."""
    scenario = common.get_editable(request, pk)
    if request.method == "POST":
        try:
            services.delete_scenario(scenario=scenario)
        except RefusedError as problem:
            messages.error(request, str(problem))
            return htmx.redirect(request, scenario.get_absolute_url())
        messages.success(request, _("The scenario is deleted."))
        return htmx.redirect(request, reverse("plans:loss-list"))
    return confirm_page(
        request,
        title=_("Delete %(title)s?") % {"title": scenario.title},
        goes=[_("The scenario with all its results")],
        stays=[_("The accounts and their figures")],
        verb=_("Delete the scenario"),
        back_url=scenario.get_absolute_url(),
    )
