"""One contact: what was said, what it became, its files; changing, correcting, taking back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import RatingBasis
from accounts.services.ratings import Ground, rate
from accounts.views.team.common import account_page, sign
from interactions.choices import Direction, InteractionKind, NoteKind, Sentiment
from interactions.forms.log import LogForm, WhyForm, start_of, whole_numbers
from interactions.forms.notes import SupportForm
from interactions.models import Interaction, Note, Participant
from interactions.selectors import log as reads
from interactions.services import changing
from interactions.services.log import Contact
from interactions.views.log import common
from interactions.views.log.logging import form_context, typed_day
from interactions.views.log.notes import lines_of
from kam.core import htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import SHOWN, Change, history_of_rows
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("interactions.view")
@require_GET
def interaction_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact with everything that belongs to it."""
    user, now = signed_in(request), timezone.now()
    contact = common.get_contact(request, pk)
    found = reads.whole(contact)
    may_log = user.can("interactions.log") and reads.accounts_to_log(user).filter(
        pk=contact.account_id
    ).exists()  # fmt: skip
    may_change = reads.may_change(contact, user, now)
    context: dict[str, Any] = {
        "contact": contact,
        "badge": sign(common.kind_badge(contact)),
        "whole": found,
        "participants": [(one, _mood(one)) for one in found.participants],
        "notes": lines_of(found.notes, contact),
        "corrections": [(one, _before(one.before)) for one in found.corrections],
        "may_log": may_log,
        "may_change": may_change,
        "may_correct": not may_change and reads.may_correct(contact, user),
        "may_rate": user.can("people.rate"),
        "is_new": "logged" in request.GET,
        "note_kinds": NoteKind.choices,
        "account_url": account_page(user, contact.account, "contacts"),
        "log_url": common.log_url(contact.account),
        "crumbs": common.contact_crumbs(user, contact),
        "history": history_of(contact),
    }
    return render(request, "interactions/contact_detail.html", context)


def history_of(contact: Interaction) -> list[Change]:
    """The last changes of a contact, of who took part and of its notes, the newest first."""
    hidden = ["source_key", "occurred_on", "batch", "interaction"]
    own = history_of_rows(Interaction, subject="", hidden=hidden, pgh_obj_id=contact.pk)
    parts = [
        change
        for model, title in ((Participant, _("Participant")), (Note, _("Note")))
        for change in history_of_rows(
            model, subject=title, hidden=hidden, interaction_id=contact.pk
        )
    ]
    return sorted([*own, *parts], key=lambda change: change.at, reverse=True)[:SHOWN]


def _mood(one: Participant) -> str:
    return "" if one.sentiment is None else str(Sentiment(one.sentiment).label)


def _before(before: dict[str, Any]) -> list[tuple[str, str]]:
    """What a contact said before a correction, in words."""
    names = ", ".join(one["name"] for one in before.get("participants", []))
    lines = [
        (_("Kind"), str(InteractionKind(before["kind"]).label)),
        (_("Direction"), str(Direction(before["direction"]).label)),
        (_("When"), before["occurred_at"][:16].replace("T", " ")),
        (_("Duration, minutes"), str(before["minutes"] or "")),
        (_("In one line"), before["summary"]),
        (_("What was said"), before["text"]),
        (_("Participants"), names),
    ]
    return [(title, text) for title, text in lines if text]


# Changing, correcting, taking back


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def interaction_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author changes a contact, while there is time."""
    user, now = signed_in(request), timezone.now()
    contact = common.get_contact(request, pk)
    if not reads.may_change(contact, user, now):
        raise Http404
    form = _form(request, contact, user)
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_contact(
                interaction=contact,
                contact=_told(form, contact, user),
                author=user,
                now=now,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(contact.get_absolute_url())
    return _page(request, contact, form, None, _("Change the contact"))


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def interaction_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a contact right after its time of editing, with a reason."""
    user, now = signed_in(request), timezone.now()
    contact = common.get_contact(request, pk)
    if not reads.may_correct(contact, user):
        raise Http404
    form, why = _form(request, contact, user), WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and why.is_valid():
        try:
            changing.correct_contact(
                interaction=contact,
                contact=_told(form, contact, user),
                why=why.cleaned_data["why"],
                author=user,
                now=now,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Put right. What it said before stays on record."))
            return redirect(contact.get_absolute_url())
    return _page(request, contact, form, why, _("Put the contact right"))


def _told(form: LogForm, contact: Interaction, user: User) -> Contact:
    """What the form says of a contact; who is not offered there to be ticked stays on it.

    These are oneself, colleagues who left, and people of accounts that one sees no more.
    """
    told = form.contact(contact.account, timezone.localdate())
    ours = contact.colleagues.select_related("user").filter(
        Q(user=user) | Q(user__is_active=False)
    )  # fmt: skip
    unseen = contact.participants.exclude(position__in=form.people).select_related("position")
    theirs = {one.position: one.sentiment for one in unseen} | dict(told.participants)
    return replace(
        told, participants=theirs, colleagues=[*told.colleagues, *(one.user for one in ours)]
    )


def _form(request: HttpRequest, contact: Interaction, user: User) -> LogForm:
    data = request.POST if request.method == "POST" else None
    start = dict(start_of(contact))
    day = typed_day(data) if isinstance(data, QueryDict) else contact.occurred_on
    chosen = whole_numbers(data.getlist("people")) if data else []
    people = reads.people_to_meet(contact.account, user, day, [*start["people"], *chosen])
    places = reads.places_of(contact.account, user)
    if contact.place and contact.place not in places:
        places.append(contact.place)
    return LogForm(data, people=people, places=places, initial=start)


def _page(
    request: HttpRequest, contact: Interaction, form: LogForm, why: WhyForm | None, title: str
) -> HttpResponse:
    user = signed_in(request)
    is_checked = request.method == "POST"
    context = {
        **form_context(form, contact.account, user),
        "title": title,
        "contact": contact,
        "why": why,
        "is_checked": is_checked,
        "crumbs": common.contact_crumbs(user, contact, (title, "")),
    }
    status = 422 if is_checked else 200
    return render(request, "interactions/contact_edit.html", context, status=status)


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def interaction_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a contact that was logged by mistake, after asking."""
    user, now = signed_in(request), timezone.now()
    contact = common.get_contact(request, pk)
    if not reads.may_change(contact, user, now):
        raise Http404
    if request.method == "POST":
        try:
            changing.take_back(interaction=contact, by=user, now=now)
        except RefusedError as problem:
            messages.error(request, str(problem))
            return htmx.redirect(request, contact.get_absolute_url())
        messages.success(request, _("The contact was taken back."))
        return htmx.redirect(request, reverse("interactions:interaction-list"))
    return confirm_page(
        request,
        title=_("Take this contact back?"),
        verb=_("Take back"),
        back_url=contact.get_absolute_url(),
        goes=[contact.summary, _("Its notes and files")],
        stays=[_("The history of the account")],
    )


# Evidence for ratings


@requires("people.rate")
@require_http_methods(["GET", "POST"])
def participant_rate(request: HttpRequest, pk: int, participant_pk: int) -> HttpResponse:
    """Rate somebody's support with this contact as evidence; earlier ratings stay."""
    user = signed_in(request)
    contact = common.get_contact(request, pk)
    rows = contact.participants.select_related("position__person", "position__account")
    one = next((row for row in rows if row.pk == participant_pk), None)
    if one is None or one.position.person is None:
        raise Http404
    if not reads.accounts_to_log(user).filter(pk=one.position.account_id).exists():
        raise Http404
    start = {"value": one.sentiment, "evidence": common.evidence_of(contact, _mood(one))}
    form = SupportForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            rate(
                position=one.position,
                author=user,
                kind="support",
                value=values["value"],
                as_of=timezone.localdate(),
                rated_on=contact.occurred_on,
                ground=Ground(basis=RatingBasis.CONFIRMED, evidence=values["evidence"]),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Your rating was recorded."))
            return redirect(contact.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Support of %s") % one.position.person.name,
        lead=_("A dated rating of yours, with this contact as evidence. Earlier ones stay."),
        save=_("Record"),
        cancel_url=contact.get_absolute_url(),
        crumbs=common.contact_crumbs(user, contact, (_("Support"), "")),
    )
