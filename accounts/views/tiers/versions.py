"""Tier models: the list, one of them, writing a draft, publishing it, and what it would do."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.days import DayForm
from accounts.forms.tiers import ModelEditor, PublishForm
from accounts.models import TierModel
from accounts.selectors.tiers import models as reads
from accounts.selectors.tiers.measures import measures
from accounts.selectors.tiers.whatif import what_if
from accounts.services.tiers import drafts, publishing
from accounts.services.tiers.presets import PRESETS
from accounts.views.columns import account_url
from accounts.views.tiers import words
from accounts.views.tiers.moves import MOVE_COLUMNS, moves_chart
from kam.core import charts, formats, htmx
from kam.core.pages import Crumbs, confirm_page
from kam.core.problems import Blocker, RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: adjustments copy rocket trash


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below the board."""
    board = (_("Tiers"), reverse("accounts:tier-board"))
    return [board, (_("Models"), reverse("accounts:tier-model-list") if steps else ""), *steps]


def _model(request: HttpRequest, pk: int) -> TierModel:
    found: TierModel = get_object_or_404(reads.models_for(signed_in(request)), pk=pk)
    return found


def _draft(request: HttpRequest, pk: int) -> TierModel:
    model = _model(request, pk)
    if not model.is_draft:
        raise Http404
    return model


@require_GET
@requires("tiers.view")
def model_list(request: HttpRequest) -> HttpResponseBase:
    """All versions and drafts, the latest first."""
    user, today = signed_in(request), timezone.localdate()
    table = Table(
        request,
        reads.models_for(user),
        _columns(today),
        name="tier-models",
        caption=_("Tier models"),
        default_sort="-id",
        row_url=lambda model: model.get_absolute_url(),
        empty=Empty(
            _("No models yet"),
            _("A model says what makes an account a key account."),
            _("New model") if user.can("tiers.manage") else "",
            reverse("accounts:tier-model-create"),
            icon="adjustments",
        ),
    )
    context = {"crumbs": crumbs(), "may_manage": user.can("tiers.manage")}
    return table.response("accounts/tier_model_list.html", context)


def _columns(today: date) -> list[Column]:
    in_force = reads.model_in_force(today)
    return [
        Column(name="name", title=_("Model"), value="title"),
        Column(
            name="state",
            title=_("State"),
            kind="badge",
            value=lambda m: words.STATES[reads.state_of(m, as_of=today, in_force=in_force)],
        ),
        Column(
            name="effective_on",
            title=_("In force from"),
            kind="date",
            sort="effective_on",
            unknown=_("Not published"),
        ),
        Column(
            name="criteria",
            title=_("Criteria"),
            kind="number",
            places=0,
            value=lambda m: len(m.criteria.all()),
        ),
        Column(
            name="tiers",
            title=_("Tiers"),
            value=lambda m: ", ".join(tier.title for tier in m.tiers.all()),
        ),
        Column(
            name="published_by",
            title=_("Published by"),
            value="published_by.full_name",
            unknown=_("Not published"),
        ),
        Column(name="note", title=_("What changed, and why"), default=False),
        Column(name="id", title=_("Number"), kind="number", places=0, sort="pk", default=False),
    ]


@require_GET
@requires("tiers.view")
def model_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One model: what it weighs, how, and what its tiers get."""
    user, today = signed_in(request), timezone.localdate()
    model = _model(request, pk)
    state = reads.state_of(model, as_of=today, in_force=reads.model_in_force(today))
    criteria = list(model.criteria.all())
    total = sum(one.weight for one in criteria)
    context = {
        "model": model,
        "state": state,
        "badge": words.STATES[state].__html__(),
        "criteria": [_criterion(one, total) for one in criteria],
        "tiers": [(words.sign(tier), tier, words.policies(tier)) for tier in model.tiers.all()],
        "may_manage": user.can("tiers.manage"),
        "crumbs": crumbs((model.title, "")),
    }
    return render(request, "accounts/tier_model_detail.html", context)


def _criterion(one: Any, total: Any) -> dict[str, Any]:
    measure = measures.get(one.measure)
    if one.bands:
        how = "; ".join(
            ngettext(
                "from %(start)s: %(points)s point",
                "from %(start)s: %(points)s points",
                ceil(points),
            )
            % {"start": formats.number(start), "points": formats.number(points)}
            for start, points in one.bands
        )
    elif one.low is not None and one.high is not None:
        how = _("0 points at %(low)s, 100 at %(high)s") % {
            "low": formats.number(one.low.normalize()),
            "high": formats.number(one.high.normalize()),
        }
    else:
        how = ""
    return {
        "title": measure.title if measure else one.measure,
        "what": measure.what if measure else "",
        "row": one,
        "how": how,
        "share": one.weight / total if total else None,
        "is_absent": measure is None or not measure.sql,
    }


@require_http_methods(["GET", "POST"])
@requires("tiers.manage")
def model_create(request: HttpRequest) -> HttpResponse:
    """A new draft: of a preset, or of a model that stands."""
    return _edit(request, None, _start(request))


def _start(request: HttpRequest) -> drafts.ModelDraft:
    """What the draft begins with, as the address asks."""
    asked = request.GET.get("from", "")
    if asked.isdecimal() and len(asked) < 19:
        return drafts.draft_of(_model(request, int(asked)))
    return PRESETS.get(request.GET.get("preset", ""), PRESETS["default"])


@require_http_methods(["GET", "POST"])
@requires("tiers.manage")
def model_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changing a draft."""
    model = _draft(request, pk)
    return _edit(request, model, drafts.draft_of(model))


def _edit(request: HttpRequest, model: TierModel | None, start: drafts.ModelDraft) -> HttpResponse:
    editor = ModelEditor(request.POST if request.method == "POST" else None, start=start)
    if request.method == "POST" and editor.is_valid():
        try:
            saved = drafts.save_draft(draft=editor.draft(), model=model)
        except RefusedError as problem:
            editor.note(Blocker(problem.message, problem.code, problem.field))
        else:
            messages.success(
                request, _("The draft is saved. Nothing changes until you publish it.")
            )
            if "try" in request.POST:
                return redirect("accounts:tier-model-what-if", saved.pk)
            return redirect(saved.get_absolute_url())
    title = _("New tier model") if model is None else _("Edit %s") % model.title
    context = {
        "editor": editor,
        "title": title,
        "cancel_url": model.get_absolute_url() if model else reverse("accounts:tier-model-list"),
        "crumbs": crumbs((title, "")),
    }
    failed = request.method == "POST"
    return render(request, "accounts/tier_model_form.html", context, status=422 if failed else 200)


@require_http_methods(["GET", "POST"])
@requires("tiers.manage")
def model_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, after asking."""
    model = _draft(request, pk)
    if request.method == "POST":
        drafts.discard_draft(model=model)
        messages.success(request, _("The draft is gone."))
        return htmx.redirect(request, reverse("accounts:tier-model-list"))
    return confirm_page(
        request,
        title=_("Throw away the draft %s?") % model.title,
        verb=_("Throw away"),
        back_url=model.get_absolute_url(),
        goes=[_("The draft with its criteria and tiers")],
        stays=[_("Every published model and everybody's tier"), _("The history of the draft")],
    )


@require_http_methods(["GET", "POST"])
@requires("tiers.manage")
def model_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a model before its day, after asking."""
    model, today = _model(request, pk), timezone.localdate()
    if request.method == "POST":
        try:
            publishing.withdraw_model(model=model, as_of=today)
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The model is withdrawn."))
        return htmx.redirect(request, model.get_absolute_url())
    return confirm_page(
        request,
        title=_("Withdraw %s?") % model.title,
        verb=_("Withdraw"),
        back_url=model.get_absolute_url(),
        goes=[_("It does not come into force.")],
        stays=[_("The model that is in force"), _("The withdrawn model, to be read and copied")],
    )


@require_http_methods(["GET", "POST"])
@requires("tiers.manage")
def model_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """From when a draft is in force, after seeing how many would move."""
    user, today = signed_in(request), timezone.localdate()
    model = _draft(request, pk)
    form = PublishForm(request.POST or None, initial={"effective_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            published = publishing.publish_model(
                model=model, by=user, as_of=today, effective_on=form.cleaned_data["effective_on"]
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is published.") % published.title)
            return redirect(published.get_absolute_url())
    context = {
        "model": model,
        "form": form,
        "preview": what_if(model, as_of=today, user=user),
        "crumbs": crumbs((model.title, model.get_absolute_url()), (_("Publish"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/tier_model_publish.html", context, status=status)


@require_GET
@requires("tiers.manage")
def model_what_if(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every account that would move if the model were in force, and why."""
    user, today = signed_in(request), timezone.localdate()
    model = _model(request, pk)
    form, on = DayForm.asked(request.GET, today)
    preview = what_if(model, as_of=max(on, today), user=user)
    table = Table(
        request,
        list(preview.moves),
        MOVE_COLUMNS,
        name="tier-moves",
        caption=_("Accounts that would move"),
        row_url=lambda move: account_url(move.account),
        empty=Empty(
            _("Nobody would move"),
            _("Every account would keep the tier that it has."),
            icon="arrows-move",
        ),
    )
    chart = moves_chart(preview)
    if (file := charts.export(request, chart)) is not None:
        return file
    context = {
        "model": model,
        "preview": preview,
        "form": form,
        "chart": chart,
        "may_publish": model.is_draft,
        "crumbs": crumbs((model.title, model.get_absolute_url()), (_("What if"), "")),
    }
    return table.response("accounts/tier_model_what_if.html", context)
