"""Terms that come into a draft, by a method's trade name, and go out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from settlements.services.terms.copying import term_draft_of
from settlements.services.terms.drafts import TermDraft
from settlements.services.terms.presets import PRESETS
from settlements.services.terms.said import term_version
from settlements.views.terms import common, presets
from settlements.views.terms.editing import EDIT, due_context


@dataclass(frozen=True)
class _Forms:
    """The parts that a new term is typed in; a guarantee only where the method may have one."""

    axes: TermForm
    payment: PaymentEditor
    guarantee: GuaranteeForm
    wants_guarantee: bool

    @classmethod
    def of(cls, data: Any, *, version: AgreementVersion, start: TermDraft, own: bool) -> _Forms:
        wants = own or start.settlement_basis == SettlementBasis.TURNOVER_NET
        return cls(
            axes=TermForm(data, version=version, prefix="axes", initial=TermForm.starting(start)),
            payment=PaymentEditor(data, start=start, prefix="payment"),
            guarantee=GuaranteeForm(
                data if wants else None,
                prefix="guarantee",
                initial=GuaranteeForm.starting(start.guarantee),
            ),
            wants_guarantee=wants,
        )

    def are_valid(self) -> bool:
        readable = [self.axes.is_valid(), self.payment.is_valid()]
        return all([*readable, self.guarantee.is_valid() or not self.wants_guarantee])

    def draft(self, start: TermDraft) -> TermDraft:
        guarantee = self.guarantee.draft() if self.wants_guarantee else None
        return replace(self.axes.draft(self.payment.draft(start)), guarantee=guarantee)

    def place(self, problem: Any) -> None:
        """Put a refusal beside the field that it names."""
        part = problem.field.partition(".")[0]
        if part == "lines":
            self.payment.note(problem)
        else:
            note(self.guarantee if part == "guarantee" else self.axes, problem)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def term_create(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A new term: a method by its trade name, then its axes, payment and guarantee at once."""
    version, asked = common.get_draft(request, pk, number), request.GET.get("preset", "")
    if asked not in PRESETS and asked != Preset.OWN:
        return _choose(request, version)
    start = PRESETS.get(asked, PRESETS[Preset.OUTRIGHT_CREDIT])
    data = request.POST if request.method == "POST" else None
    typed = _Forms.of(data, version=version, start=start, own=asked == Preset.OWN)
    if data is not None and typed.are_valid() and _save(request, version, typed, start):
        messages.success(request, _("The method is written down."))
        return redirect(common.page_of(EDIT, version))
    title = str(Preset(asked).label)
    context = {
        "version": version,
        "agreement": version.agreement,
        "currency": version.agreement.currency_id,
        "title": title,
        "axes": typed.axes,
        "payment": typed.payment,
        "guarantee": typed.guarantee,
        "wants_guarantee": typed.wants_guarantee,
        "due": _due(version, start),
        "due_url": common.page_of("agreement-preview-due", version),
        "crumbs": common.version_crumbs(version, (title, "")),
        "cancel_url": common.page_of(EDIT, version),
    }
    status = 422 if data is not None else 200
    return render(request, "settlements/agreement_term_form.html", context, status=status)


def _choose(request: HttpRequest, version: AgreementVersion) -> HttpResponse:
    context = {
        "version": version,
        "agreement": version.agreement,
        "presets": presets.cards(version),
        "crumbs": common.version_crumbs(version, (_("New method"), "")),
    }
    return render(request, "settlements/agreement_presets.html", context)


def _save(request: HttpRequest, version: AgreementVersion, typed: _Forms, start: TermDraft) -> bool:
    """Write the term down, or put what stands in the way beside its field."""
    draft = typed.draft(start)
    problems = _problems(version, draft)
    for one in problems:
        typed.place(one)
    if problems:
        return False
    try:
        parts.save_term(version=version, draft=draft, by=signed_in(request))
    except RefusedError as problem:
        typed.place(problem)
        return False
    return True


def _due(version: AgreementVersion, start: TermDraft) -> dict[str, Any]:
    lines = checks.term_lines(start.lines)
    currency = version.agreement.currency_id
    return due_context(start.base_event, lines, currency, timezone.localdate())


def _problems(version: AgreementVersion, draft: TermDraft) -> list[Any]:
    names = set(version.schedules.values_list("name", flat=True))
    places = version.agreement.currency.decimals
    return checks.term_problems(draft, schedules=names, places=places)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def term_remove(request: HttpRequest, pk: int, number: int, term_pk: int) -> HttpResponse:
    """Take a term out of a draft, after asking."""
    version = common.get_draft(request, pk, number)
    term = common.get_term(version, term_pk)
    back = common.page_of(EDIT, version)
    if request.method == "POST":
        try:
            parts.delete_term(term=term, by=signed_in(request), read_as=request.POST.get("version"))
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
        version=term_version(term_draft_of(term)),
    )
