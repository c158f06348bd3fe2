"""Terms that come into a draft, by a method's trade name, and go out of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core import htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import Preset, SettlementBasis
from settlements.forms.terms.fields import note
from settlements.forms.terms.payment import PaymentEditor
from settlements.forms.terms.term import GuaranteeForm, TermForm
from settlements.models import AgreementVersion
from settlements.services.terms import checks, parts
from settlements.services.terms.drafts import TermDraft
from settlements.services.terms.presets import PRESETS
from settlements.views.terms import common, presets
from settlements.views.terms.editing import EDIT, due_context


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def term_create(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A new term: a method by its trade name, then its axes, payment and guarantee at once."""
    version, today = common.get_draft(request, pk, number), timezone.localdate()
    asked = request.GET.get("preset", "")
    own = PRESETS[Preset.OUTRIGHT_CREDIT]
    if asked not in PRESETS and asked != Preset.OWN:
        context = {
            "version": version,
            "agreement": version.agreement,
            "presets": presets.cards(version),
            "crumbs": common.version_crumbs(version, (_("New method"), "")),
        }
        return render(request, "settlements/agreement_presets.html", context)
    start = PRESETS.get(asked, own)
    data = request.POST if request.method == "POST" else None
    axes = TermForm(data, version=version, prefix="axes", initial=TermForm.starting(start))
    payment = PaymentEditor(data, start=start, prefix="payment")
    wants = start.settlement_basis == SettlementBasis.TURNOVER_NET or asked == Preset.OWN
    wanted = GuaranteeForm(
        data if wants else None,
        prefix="guarantee",
        initial=GuaranteeForm.starting(start.guarantee),
    )
    readable = [axes.is_valid(), payment.is_valid(), wanted.is_valid() or not wants]
    if data is not None and all(readable):
        draft = _new(start, axes, payment, wanted)
        problems = _problems(version, draft)
        for one in problems:
            _place(one, axes, payment, wanted)
        if not problems:
            try:
                parts.save_term(version=version, draft=draft, by=signed_in(request))
            except RefusedError as problem:
                _place(problem, axes, payment, wanted)
            else:
                messages.success(request, _("The method is written down."))
                return redirect(common.page_of(EDIT, version))
    context = {
        "version": version,
        "agreement": version.agreement,
        "currency": version.agreement.currency_id,
        "title": str(Preset(asked).label),
        "axes": axes,
        "payment": payment,
        "guarantee": wanted,
        "wants_guarantee": wants,
        "due": due_context(
            start.base_event, checks.term_lines(start.lines), version.agreement.currency_id, today
        ),
        "due_url": common.page_of("agreement-preview-due", version),
        "crumbs": common.version_crumbs(version, (str(Preset(asked).label), "")),
        "cancel_url": common.page_of(EDIT, version),
    }
    status = 422 if data is not None else 200
    return render(request, "settlements/agreement_term_form.html", context, status=status)


def _new(
    start: TermDraft, axes: TermForm, payment: PaymentEditor, wanted: GuaranteeForm
) -> TermDraft:
    guarantee = wanted.draft() if wanted.is_bound else None
    return replace(axes.draft(payment.draft(start)), guarantee=guarantee)


def _problems(version: AgreementVersion, draft: TermDraft) -> list[Any]:
    names = set(version.schedules.values_list("name", flat=True))
    places = version.agreement.currency.decimals
    return checks.term_problems(draft, schedules=names, places=places)


def _place(problem: Any, axes: TermForm, payment: PaymentEditor, wanted: GuaranteeForm) -> None:
    part = problem.field.partition(".")[0]
    if part == "lines":
        payment.note(problem)
    elif part == "guarantee":
        note(wanted, problem)
    else:
        note(axes, problem)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def term_remove(request: HttpRequest, pk: int, number: int, term_pk: int) -> HttpResponse:
    """Take a term out of a draft, after asking."""
    version = common.get_draft(request, pk, number)
    term = common.get_term(version, term_pk)
    back = common.page_of(EDIT, version)
    if request.method == "POST":
        try:
            parts.delete_term(term=term, by=signed_in(request))
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The method is out of the draft."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Take %(method)s out of the draft?") % {"method": term},
        verb=_("Take out"),
        back_url=back,
        goes=[_("The method with its payment and guarantee")],
        stays=[_("Every approved version"), _("Bands and conditions of the draft")],
    )
