"""What one thinks of somebody, who listens to whom, and notes for the team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.forms.stakeholders import LineForm, NoteForm, RateForm
from accounts.models import Account, Position, StakeholderLink, StakeholderNote
from accounts.selectors.people.listing import may_read_notes
from accounts.selectors.people.ratings import opinions_on
from accounts.services import people_lines
from accounts.services.ratings import Ground, rate
from accounts.views.people.common import (
    crumbs_at,
    get_editable_position,
    get_position,
    map_url,
)
from kam.core import htmx
from kam.core.pages import confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form, explained
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("people.rate")
@require_http_methods(["GET", "POST"])
def position_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Rate somebody: each value a new dated record. The way without dragging, too."""
    user = signed_in(request)
    position = get_position(request, pk)
    if position.person is None:
        raise Http404
    today = timezone.localdate()
    own = opinions_on([position.pk], user=user, as_of=today).get(position.pk)
    start = dict(own.own) if own else {}
    form = RateForm(request.POST or None, user=user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            count = _rate(position, user, form, start)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            _say(request, count)
            return redirect(safe_next(request, position.person.get_absolute_url()))
    lead = _("Every value is a dated record of yours; earlier ones stay.")
    if own and own.hidden:
        lead += " " + _("You see how colleagues rated once you have.")
    return form_page(
        request,
        form,
        title=_("Rate %s") % position.person.name,
        lead=lead,
        save=_("Record"),
        cancel_url=map_url(position.account),
        crumbs=crumbs_at(position.account, (pgettext("verb", "Rate"), "")),
    )


def _say(request: HttpRequest, count: int) -> None:
    if count:
        messages.success(request, _("Your rating was recorded."))
    else:
        messages.info(request, _("Nothing new was said, so nothing was recorded."))


def _rate(position: Position, user: User, form: RateForm, start: dict[str, int]) -> int:
    """Record what is new: a value said before, without evidence and date, is not repeated."""
    values = form.cleaned_data
    ground = Ground(basis=values["basis"], evidence=values["evidence"])
    says_more = bool(ground.evidence or values["rated_on"] or values["team_member"])
    wanted = {k: v for k, v in form.values().items() if says_more or start.get(k) != v}
    with explained(), transaction.atomic():
        for kind, value in wanted.items():
            rate(
                position=position,
                author=user,
                kind=kind,
                value=value,
                as_of=timezone.localdate(),
                rated_on=values["rated_on"],
                team_member=values["team_member"] if kind.startswith("level") else None,
                ground=ground,
            )
    return len(wanted)


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def line_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw who listens to whom, or who is at odds."""
    position = get_editable_position(request, pk)
    user, today = signed_in(request), timezone.localdate()
    form = LineForm(request.POST or None, position=position, user=user, as_of=today)
    if request.method == "POST" and form.is_valid():
        try:
            people_lines.draw_line(from_position=position, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The line was drawn."))
            return redirect(map_url(position.account, "chart"))
    return form_page(
        request,
        form,
        title=_("Line from %s") % position,
        save=_("Draw"),
        cancel_url=map_url(position.account, "chart"),
        crumbs=crumbs_at(position.account, (_("Line between people"), "")),
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def line_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line away, after asking."""
    rows: Any = StakeholderLink.objects.editable_by(signed_in(request))
    link: StakeholderLink = get_object_or_404(
        rows.select_related("from_position__account", "to_position__person"), pk=pk
    )
    account: Account = link.from_position.account
    if request.method == "POST":
        people_lines.remove_line(link=link)
        messages.success(request, _("The line was removed."))
        return htmx.redirect(request, map_url(account, "chart"))
    return confirm_page(
        request,
        title=_("Remove this line?"),
        verb=_("Remove"),
        back_url=map_url(account, "chart"),
        goes=[f"{link.from_position} · {link.get_kind_display()} · {link.to_position}"],
        stays=[_("The people and their ratings"), _("The history of the line")],
    )


@requires("people.view")
@require_http_methods(["GET", "POST"])
def note_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note that the account's team alone may read."""
    user = signed_in(request)
    position = get_position(request, pk)
    if not may_read_notes(position.account, user) or position.person is None:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people_lines.write_note(position=position, author=user, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The note was saved."))
            return redirect(position.person.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Confidential note on %s") % position.person.name,
        cancel_url=position.person.get_absolute_url(),
        crumbs=crumbs_at(position.account, (_("Note"), "")),
    )


@requires("people.view")
@require_http_methods(["GET", "POST"])
def note_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own note away, after asking."""
    user = signed_in(request)
    rows: Any = StakeholderNote.objects.visible_to(user).filter(author=user)
    note: StakeholderNote = get_object_or_404(rows.select_related("position__person"), pk=pk)
    back = map_url(note.position.account)
    if note.position.person is not None:
        back = note.position.person.get_absolute_url()
    if request.method == "POST":
        people_lines.remove_note(note=note)
        messages.success(request, _("The note was removed."))
        return htmx.redirect(request, back)
    return confirm_page(
        request,
        title=_("Remove this note?"),
        verb=_("Remove"),
        back_url=back,
        goes=[note.text[:200]],
    )
