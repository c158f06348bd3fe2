"""Notes of a contact and what they become: one tap where nothing more is to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import CompetitorMove, CompetitorPrice, Promise, Task
from interactions.choices import NoteKind
from interactions.forms.notes import MoveForm, NoteForm, NotePromiseForm, PriceForm
from interactions.models import Interaction, Need, Note
from interactions.selectors import log as reads
from interactions.services import becoming, changing
from interactions.services.concerns import raise_from_note
from interactions.services.log import Said
from interactions.views.log import common
from kam.core import htmx
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that a note can become: a button that posts, or a link to a short form."""

    title: str
    url: str
    icon: str
    is_tap: bool


@dataclass(slots=True)
class NoteLine:
    """A note as the page shows it: what it became, what it can still become."""

    note: Note
    icon: str
    became: list[tuple[str, str]]
    verbs: list[Verb] = field(default_factory=list)


def lines_of(notes: Sequence[Note], contact: Interaction) -> list[NoteLine]:
    """Notes with what they became and can become."""
    del contact
    lines = []
    for note in notes:
        became = [_named(row) for row in note.became]
        lines.append(NoteLine(note, common.NOTE_ICONS[note.kind], became, _verbs(note)))
    return lines


# icons: checkbox
_OWN: dict[str, tuple[str, str, bool]] = {
    NoteKind.NEED: ("note-need", "bulb", True),
    NoteKind.CONCERN: ("note-concern", "alert-circle", True),
    NoteKind.PROMISE: ("note-promise", "heart-handshake", False),
    NoteKind.COMPETITOR: ("note-move", "swords", False),
    NoteKind.PRICE: ("note-price", "tag", False),
}


def _titles() -> dict[str, str]:
    return {
        NoteKind.NEED: _("Into the needs register"),
        NoteKind.CONCERN: _("Raise as a concern"),
        NoteKind.PROMISE: _("Keep as a promise"),
        NoteKind.COMPETITOR: _("Keep as a competitor's move"),
        NoteKind.PRICE: _("Keep the price"),
    }


def _verbs(note: Note) -> list[Verb]:
    verbs = []
    if note.kind in _OWN and not _became_own(note):
        name, icon, is_tap = _OWN[note.kind]
        url = reverse(f"interactions:{name}", args=[note.pk])
        verbs.append(Verb(_titles()[note.kind], url, icon, is_tap))
    if note.task is None:
        url = reverse("interactions:note-task", args=[note.pk])
        verbs.append(Verb(_("Follow up"), url, "checkbox", is_tap=True))
    return verbs


def _became_own(note: Note) -> bool:
    return any(not isinstance(row, Task) for row in note.became)


def _named(row: Any) -> tuple[str, str]:
    """What grew out of a note, in words, with its page."""
    if isinstance(row, Need):
        return _("In the needs register"), row.get_absolute_url()
    if isinstance(row, Promise):
        return _("Promise"), row.get_absolute_url()
    if isinstance(row, Task):
        done = _("Follow-up, done") if row.done_on else _("Follow-up")
        return done, reverse("accounts:task-edit", args=[row.pk])
    if isinstance(row, CompetitorMove | CompetitorPrice):
        title = _("Competitor's move") if isinstance(row, CompetitorMove) else _("Price seen")
        return title, reverse("accounts:competitor-detail", args=[row.competitor_id])
    return _("Concern"), row.get_absolute_url()


# One tap


@requires("interactions.log")
@require_POST
def note_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note into the needs register."""
    note = common.get_note(request, pk)
    return _tapped(
        request,
        note,
        lambda: becoming.become_need(note=note, by=signed_in(request)),
        _("The need is in the register."),
    )


@requires("interactions.log")
@require_POST
def note_concern(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise a note as a concern of the account's lead."""
    note = common.get_note(request, pk)
    return _tapped(
        request,
        note,
        lambda: raise_from_note(note=note, author=signed_in(request), now=timezone.now()),
        _("The concern was raised."),
    )


@requires("interactions.log")
@require_POST
def note_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a note a task of one's own, due in a week."""
    note, today = common.get_note(request, pk), timezone.localdate()
    due_on = today + timedelta(days=becoming.TASK_DAYS)
    return _tapped(
        request,
        note,
        lambda: becoming.become_task(note=note, by=signed_in(request), due_on=due_on),
        _("It is on your list, due in a week."),
    )


def _tapped(request: HttpRequest, note: Note, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return htmx.redirect(request, f"{note.interaction.get_absolute_url()}#notes")


# A short form


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def note_promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a promise: whose it is, and until when."""
    note, user, today = common.get_note(request, pk), signed_in(request), timezone.localdate()
    due = note.interaction.occurred_on + timedelta(days=becoming.PROMISE_DAYS)
    people = reads.people_in(note.interaction)
    start = {"due_on": due, "position": note.position_id}
    form = NotePromiseForm(request.POST or None, people=people, initial=start)
    return _short(
        request,
        note,
        form,
        lambda: becoming.become_promise(note=note, by=user, as_of=today, **form.cleaned_data),
        _("Keep as a promise"),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def note_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a competitor did."""
    note, user, today = common.get_note(request, pk), signed_in(request), timezone.localdate()
    form = MoveForm(request.POST or None)
    return _short(
        request,
        note,
        form,
        lambda: becoming.become_move(note=note, by=user, as_of=today, **form.cleaned_data),
        _("Keep as a competitor's move"),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def note_price(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a price that was seen."""
    note, user, today = common.get_note(request, pk), signed_in(request), timezone.localdate()
    place = note.interaction.place or note.interaction.account
    form = PriceForm(request.POST or None, initial={"seen_where": place.name})
    return _short(
        request,
        note,
        form,
        lambda: becoming.become_price(note=note, by=user, as_of=today, **form.cleaned_data),
        _("Keep the price"),
    )


def _short(
    request: HttpRequest, note: Note, form: forms.Form, act: Any, title: str
) -> HttpResponse:
    contact = note.interaction
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Kept."))
            return redirect(f"{contact.get_absolute_url()}#notes")
    lead = note.text
    if contact.is_confidential:
        lead += " · " + _("The contact is confidential; what you make of it is not.")
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        cancel_url=contact.get_absolute_url(),
        crumbs=common.contact_crumbs(signed_in(request), contact, (title, "")),
    )


# Adding and removing


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def note_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what came to mind later."""
    user, contact = signed_in(request), common.get_contact(request, pk)
    get_object_or_404(reads.accounts_to_log(user), pk=contact.account_id)
    form = NoteForm(request.POST or None, people=reads.people_in(contact))
    if request.method == "POST" and form.is_valid():
        try:
            changing.add_note(interaction=contact, said=Said(**form.cleaned_data))
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The note was added."))
            return redirect(f"{contact.get_absolute_url()}#notes")
    return form_page(
        request,
        form,
        title=_("Add a note"),
        lead=contact.summary,
        cancel_url=contact.get_absolute_url(),
        crumbs=common.contact_crumbs(user, contact, (_("Add a note"), "")),
    )


@requires("interactions.log")
@require_POST
def note_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a note in time."""
    note, user = common.get_note(request, pk), signed_in(request)
    if not reads.may_change(note.interaction, user, timezone.now()):
        raise Http404
    return _tapped(
        request,
        note,
        lambda: changing.remove_note(note=note, by=user, now=timezone.now()),
        _("The note was removed."),
    )
