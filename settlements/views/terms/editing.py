"""Writing a draft: one page of sections, each saved on its own; what is refused keeps its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.core import htmx
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import Preset, SettlementBasis
from settlements.forms.terms.conditions import BearersEditor
from settlements.forms.terms.fields import note
from settlements.forms.terms.header import HeaderForm
from settlements.forms.terms.media import MediaEditor
from settlements.forms.terms.payment import PaymentEditor
from settlements.forms.terms.term import GuaranteeForm, TermForm
from settlements.models import AgreementVersion, SettlementTerm
from settlements.selectors.terms import own_figures
from settlements.selectors.terms.own_figures import UsualMonth
from settlements.selectors.terms.rules import working_days
from settlements.services.terms import checks, parts
from settlements.services.terms.copying import term_draft_of
from settlements.services.terms.drafts import TermDraft
from settlements.services.terms.presets import PRESETS
from settlements.services.terms.said import term_version
from settlements.views.terms import common, examples, payment_words, presets, reading
from settlements.views.terms.conditions import condition_rows

# icons: device-floppy trash plus file-upload
EDIT = "agreement-version-edit"
PAGE = "settlements/agreement_edit.html"
PARTS = ("axes", "payment", "guarantee", "media")


@dataclass
class TermSection:
    """What the editor shows of one term."""

    term: SettlementTerm
    start: TermDraft
    axes: TermForm
    payment: PaymentEditor
    guarantee: GuaranteeForm
    media: MediaEditor
    block: reading.TermBlock
    due: dict[str, Any]

    @property
    def has_guarantee(self) -> bool:
        """Whether a guarantee can be written, stands, or was tried."""
        turnover = self.start.settlement_basis == SettlementBasis.TURNOVER_NET
        return turnover or self.guarantee.is_bound or self.start.guarantee is not None

    @property
    def has_media(self) -> bool:
        """Whether rules of payment media can be written, stand, or were tried."""
        turnover = self.start.settlement_basis == SettlementBasis.TURNOVER_NET
        return turnover or self.media.rows.is_bound or bool(self.start.media)

    @classmethod
    def of(
        cls,
        term: SettlementTerm,
        version: AgreementVersion,
        today: date,
        data: Any = None,
        part: str = "",
        average: UsualMonth | None = None,
    ) -> TermSection:
        """Dress a term; `data` is what was sent for one of its parts, `average` a month's sales."""
        start, pk = term_draft_of(term), term.pk
        given = {name: data if name == part else None for name in PARTS}
        read = {name: term_version(start, name) for name in PARTS}
        payment = PaymentEditor(
            given["payment"], start=start, prefix=f"payment-{pk}", version=read["payment"]
        )
        return cls(
            term=term,
            start=start,
            axes=TermForm(
                given["axes"], version=version, prefix=f"axes-{pk}",
                initial=TermForm.starting(start) | {"version": read["axes"]},
            ),
            payment=payment,
            guarantee=GuaranteeForm(
                given["guarantee"], prefix=f"guarantee-{pk}",
                initial=GuaranteeForm.starting(start.guarantee) | {"version": read["guarantee"]},
            ),
            media=MediaEditor(
                given["media"], start=start, prefix=f"media-{pk}", version=read["media"]
            ),
            block=reading.block(term, today=today, average=average),
            due=due_of_term(term, start, today),
        )  # fmt: skip


def due_of_term(term: SettlementTerm, start: TermDraft, today: date) -> dict[str, Any]:
    """The due dates of examples by the steps that are kept."""
    lines = list(checks.term_lines(start.lines))
    currency = term.version.agreement.currency_id
    return due_context(start.base_event, lines, currency, today, term.calendar)


def due_context(
    event: str, lines: Any, currency: str, today: date, calendar: Any = None
) -> dict[str, Any]:
    """What the preview of due dates shows."""
    return {
        "payment": examples.instalments(event, lines, currency),
        "rows": examples.due_rows(lines, today, working_days(calendar)),
        "turned": [
            " ".join(payment_words.timing(event, line.operations))
            for line in examples.other_order(lines) or []
        ],
    }


# The page


@requires("terms.edit")
@require_GET
def version_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """All sections of a draft."""
    version = common.get_draft(request, pk, number)
    return _page(request, version)


def _page(
    request: HttpRequest, version: AgreementVersion, status: int = 200, **given: Any
) -> HttpResponse:
    """The whole page, with the section that was refused as it was sent."""
    today = timezone.localdate()
    currency = version.agreement.currency_id
    refused: TermSection | None = given.pop("section", None)
    average = own_figures.usual_month(version.agreement, as_of=today)
    terms = [
        refused
        if refused and refused.term.pk == term.pk
        else TermSection.of(term, version, today, average=average)
        for term in reading.terms_of(version)
    ]
    context = {
        "version": version,
        "agreement": version.agreement,
        "currency": currency,
        "crumbs": common.version_crumbs(version, (_("Edit"), "")),
        "header": HeaderForm(initial=HeaderForm.starting(version), prefix="header"),
        "terms": terms,
        "presets": presets.cards(version) if not terms else [],
        "bearers": BearersEditor(version=version),
        "conditions": condition_rows(
            version.conditions.select_related("schedule", "category"), currency
        ),
        "schedules": [
            (one, reading.schedule_rows(one, currency))
            for one in version.schedules.prefetch_related("bands", "conditions")
        ],
        "has_errors": status != 200,
        **given,
    }
    return render(request, PAGE, context, status=status)


# Sections


@requires("terms.edit")
@require_POST
def header_save(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The period, the renewal, the notice."""
    version = common.get_draft(request, pk, number)
    form = HeaderForm(request.POST, initial=HeaderForm.starting(version), prefix="header")
    if form.is_valid():
        try:
            user = signed_in(request)
            saved = parts.save_header(
                version=version, draft=form.draft(), by=user, read_as=form.read_as()
            )
        except RefusedError as problem:
            note(form, problem, names={"end": "last"})
        else:
            fresh = HeaderForm(initial=HeaderForm.starting(saved), prefix="header")
            return _saved(request, version, "period", {"header": fresh})
    return _refused(request, version, "period", {"header": form})


@requires("terms.edit")
@require_POST
def bearers_save(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Who bears what."""
    version = common.get_draft(request, pk, number)
    editor = BearersEditor(request.POST, version=version)
    if editor.is_valid():
        for problem in checks.responsibility_problems(editor.drafts()):
            editor.note(problem)
        if not editor.has_errors:
            try:
                parts.save_responsibilities(
                    version=version,
                    drafts=editor.drafts(),
                    by=signed_in(request),
                    read_as=editor.head.read_as(),
                )
            except RefusedError as problem:
                editor.note(problem)
            else:
                fresh = BearersEditor(version=version)
                return _saved(request, version, "bearers", {"bearers": fresh})
    return _refused(request, version, "bearers", {"bearers": editor})


@requires("terms.edit")
@require_POST
def term_save(request: HttpRequest, pk: int, number: int, term_pk: int, part: str) -> HttpResponse:
    """One part of a term: its axes, its payment, its guarantee, its payment media."""
    version, today = common.get_draft(request, pk, number), timezone.localdate()
    if part not in READ:
        raise Http404
    term = common.get_term(version, term_pk)
    section = TermSection.of(term, version, today, request.POST, part)
    found = READ[part](section)
    if found is not None:
        put, read_as = found
        try:
            parts.save_part(term=term, part=part, put=put, by=signed_in(request), read_as=read_as)
        except RefusedError as problem:
            _note(section, part, problem)
        else:
            fresh = TermSection.of(common.get_term(version, term_pk), version, today)
            return _saved(request, version, part, {"section": fresh})
    return _refused(request, version, part, {"section": section})


type _Put = tuple[Callable[[TermDraft], TermDraft], str | None]
"""How what was typed is set in the term as it stands, and which version of it was read."""


def _axes(section: TermSection) -> _Put | None:
    form = section.axes
    return (form.draft, form.read_as()) if form.is_valid() else None


def _payment(section: TermSection) -> _Put | None:
    editor = section.payment
    return (editor.draft, editor.base.read_as()) if editor.is_valid() else None


def _guarantee(section: TermSection) -> _Put | None:
    form = section.guarantee
    if not form.is_valid():
        return None
    return lambda start: replace(start, guarantee=form.draft()), form.read_as()


def _media(section: TermSection) -> _Put | None:
    editor = section.media
    if not editor.is_valid():
        return None
    return lambda start: replace(start, media=editor.drafts()), editor.head.read_as()


READ: dict[str, Callable[[TermSection], _Put | None]] = {
    "axes": _axes,
    "payment": _payment,
    "guarantee": _guarantee,
    "media": _media,
}


def _note(section: TermSection, part: str, problem: RefusedError) -> None:
    if part in ("payment", "media"):
        editor = section.payment if part == "payment" else section.media
        editor.note(problem)
    else:
        note(section.axes if part == "axes" else section.guarantee, problem)


SECTIONS = {
    "period": "settlements/agreement_edit_period.html",
    "bearers": "settlements/agreement_edit_bearers.html",
    "axes": "settlements/agreement_edit_axes.html",
    "payment": "settlements/agreement_edit_payment.html",
    "guarantee": "settlements/agreement_edit_guarantee.html",
    "media": "settlements/agreement_edit_media.html",
}


def _part(
    request: HttpRequest, version: AgreementVersion, part: str, given: dict[str, Any]
) -> HttpResponse:
    context = {"version": version, "currency": version.agreement.currency_id, **given}
    return render(request, SECTIONS[part], context)


def _saved(
    request: HttpRequest, version: AgreementVersion, part: str, given: dict[str, Any]
) -> HttpResponse:
    """Only the section that was saved, or back to the page at its place."""
    if htmx.is_htmx(request):
        return htmx.toast(_part(request, version, part, given), _("Saved"))
    messages.success(request, _("Saved"))
    place = f"{part}-{given['section'].term.pk}" if "section" in given else part
    return redirect(f"{common.page_of(EDIT, version)}#{place}")


def _refused(
    request: HttpRequest, version: AgreementVersion, part: str, given: dict[str, Any]
) -> HttpResponse:
    """The section with what needs mending, alone or on its page; nothing typed is lost."""
    if htmx.is_htmx(request):
        response = _part(request, version, part, given)
        response.status_code = 422
        return response
    return _page(request, version, 422, **given)


@requires("terms.edit")
@require_POST
def preview_due(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The due dates of examples by the steps as they are typed; nothing is kept."""
    version, today = common.get_draft(request, pk, number), timezone.localdate()
    prefix = request.GET.get("prefix", "payment")
    if not prefix.replace("-", "").isalnum() or len(prefix) > 40:
        raise Http404
    editor = PaymentEditor(request.POST, start=PRESETS[Preset.OUTRIGHT_CREDIT], prefix=prefix)
    context: dict[str, Any] = {"due": None}
    if editor.is_valid():
        currency = version.agreement.currency_id
        calendar = editor.base.cleaned_data["calendar"]
        context["due"] = due_context(editor.event, editor.term_lines(), currency, today, calendar)
    return render(request, "settlements/agreement_due.html", context)
