"""Logging a contact: the account on one screen, everything else on the next; drafts meanwhile."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.choices import PromiseSide
from accounts.forms.fields import NUMBER
from accounts.forms.team import colleagues
from accounts.models import Account, Position
from interactions.choices import Direction, InteractionKind, NoteKind, Sentiment
from interactions.forms.log import DURATIONS, LogForm, usual_direction, whole_numbers
from interactions.models import Draft, Interaction
from interactions.selectors import log as reads
from interactions.services import drafts
from interactions.services.attachments import attach_all
from interactions.services.log import Contact, log_contact
from interactions.views.log import common
from kam.core import htmx
from kam.core.problems import RefusedError, add_to_form, explained
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

_NOT_KEPT = ("csrfmiddlewaretoken", "files")
_FROM_ACCOUNT = re.compile(r"/accounts/(\d{1,18})/")
_FROM_PERSON = re.compile(r"/people/(\d{1,18})/")
SHOWN_FIRST = 8


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """The form of a contact at the account that is meant; without one, which it is comes first."""
    user = signed_in(request)
    account = _meant_account(request, user)
    if account is None:
        return _choose(request, user)
    if request.method == "POST":
        return _save(request, user, account)
    form = _form(request, user, account, _kept(request, user))
    return _page(request, form, account)


def _choose(request: HttpRequest, user: User) -> HttpResponse:
    """The first screen: accounts of one's last contacts, or any by its name."""
    typed = _whole(request.POST.get("account") or request.GET.get("account", ""))
    recent = reads.recent_accounts(user)
    context = {
        "recent": recent,
        "own": [one for one in reads.own_accounts(user) if one not in recent],
        "typed": typed,
        "is_unknown": bool(typed),
        "drafts": Draft.objects.visible_to(user).select_related("account")[:3],
        "crumbs": common.contacts_crumbs((_("Log a contact"), "")),
    }
    return render(request, "interactions/log_account.html", context, status=422 if typed else 200)


def _meant_account(request: HttpRequest, user: User) -> Account | None:
    """The account of the address, of the draft, of the person, or of the page one came from."""
    typed = _whole(request.POST.get("account") or request.GET.get("account", ""))
    rows = reads.accounts_to_log(user)
    if typed:
        return _named(rows, typed)
    if draft := _kept(request, user):
        return rows.filter(pk=draft.account_id or 0).first()
    if person := _meant_person(request):
        return reads.account_of_person(person, user, timezone.localdate())
    if "choose" in request.GET:
        return None
    came = _FROM_ACCOUNT.search(_came_from(request))
    return rows.filter(pk=int(came[1])).first() if came else None


def _whole(typed: str) -> str:
    """What was typed, without what no text can hold."""
    return typed.replace("\x00", "")


def _named(rows: Any, typed: str) -> Account | None:
    number = NUMBER.search(typed) or re.fullmatch(r"(\d{1,18})", typed.strip())
    if number:
        found: Account | None = rows.filter(pk=int(number[1])).first()
        return found
    named = list(rows.filter(name__iexact=typed.strip())[:2])
    return named[0] if len(named) == 1 else None


def _meant_person(request: HttpRequest) -> int | None:
    typed = request.GET.get("person", "")
    if typed.isdecimal() and len(typed) < 19:
        return int(typed)
    came = _FROM_PERSON.search(_came_from(request)) if "account" not in request.GET else None
    return int(came[1]) if came else None


def _came_from(request: HttpRequest) -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.get_host() else ""


def _kept(request: HttpRequest, user: User) -> Draft | None:
    key = _whole(request.GET.get("draft", ""))
    found: Draft | None = (
        Draft.objects.visible_to(user).filter(key=key).first() if key and len(key) <= 64 else None
    )
    return found


def _form(
    request: HttpRequest, user: User, account: Account, draft: Draft | None = None
) -> LogForm:
    """The form: what was sent, what a draft holds, or the start that is guessed."""
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data is None and draft is not None:
        data = QueryDict(mutable=True)
        for name, values in draft.content.items():
            data.setlist(name, [str(one) for one in values])
    day = typed_day(data) if data is not None else timezone.localdate()
    chosen = whole_numbers(data.getlist("people")) if data else []
    people = reads.people_to_meet(account, user, day, chosen)
    return LogForm(
        data,
        people=people,
        places=reads.places_of(account, user),
        initial=_start(request, account, people),
    )


def typed_day(data: QueryDict) -> date:
    """The day that was typed; today where it is none."""
    try:
        return date.fromisoformat(data.get("occurred_at", "")[:10])
    except ValueError:
        return timezone.localdate()


def _start(request: HttpRequest, account: Account, people: list[Position]) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in InteractionKind.values else InteractionKind.VISIT
    person = _meant_person(request)
    place = request.GET.get("place", "")
    return {
        "kind": kind,
        "direction": usual_direction(kind),
        "occurred_at": _moment(request.GET.get("at", "")) or timezone.now(),
        "place": place or ("" if account.kind != "store" else f"{account.name} #{account.pk}"),
        "summary": request.GET.get("summary", "")[:300],
        "people": {one.pk: "" for one in people if person and one.person_id == person},
    }


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _save(request: HttpRequest, user: User, account: Account) -> HttpResponse:
    form = _form(request, user, account)
    if "more" in request.POST:
        return _page(request, form, account)
    if form.is_valid():
        try:
            contact = _logged(request, user, account, form)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Logged: %s") % contact.summary)
            if "next" in request.POST:
                return redirect(f"{reverse('interactions:log')}?choose=1")
            return redirect(f"{contact.get_absolute_url()}?logged=1")
    return _page(request, form, account, is_checked=True)


@explained()
def _logged(request: HttpRequest, user: User, account: Account, form: LogForm) -> Interaction:
    """All of it or nothing: the contact, what its notes became, its files."""
    told = form.contact(account, timezone.localdate())
    told = replace(told, source_key=_key(request, told))
    if told.source_key:
        rows = Interaction.objects.filter(source=told.source, source_key=told.source_key)
        sent: Interaction | None = rows.first()
        if sent is not None:
            return sent
    with transaction.atomic():
        contact = log_contact(contact=told, author=user, now=timezone.now())
        attach_all(interaction=contact, uploads=request.FILES.getlist("files"), by=user)
        drafts.drop_draft(user=user, key=_whole(request.POST.get("draft", "")))
    return contact


def _key(request: HttpRequest, told: Contact) -> str:
    """What a sent form is known by: the same words of the same form sent twice are one contact."""
    form = request.POST.get("draft", "")
    if not form:
        return ""
    words = (
        signed_in(request).pk,
        form,
        told.account.pk,
        told.kind,
        told.occurred_at,
        told.summary,
    )
    return f"form-{hashlib.sha256(repr(words).encode()).hexdigest()}"


def _page(
    request: HttpRequest, form: LogForm, account: Account, *, is_checked: bool = False
) -> HttpResponse:
    user = signed_in(request)
    key = request.POST.get("draft") or request.GET.get("draft") or uuid.uuid4().hex
    waiting = None
    if request.method == "GET" and "draft" not in request.GET:
        waiting = reads.draft_for(user, account)
    context = {
        **form_context(form, account, user),
        "draft_key": key[:64],
        "waiting": waiting,
        "is_checked": is_checked,
        "crumbs": common.contacts_crumbs((_("Log a contact"), "")),
    }
    return render(request, "interactions/log.html", context, status=422 if is_checked else 200)


def form_context(form: LogForm, account: Account, user: User) -> dict[str, Any]:
    """What the fields of a contact need on any page: chips, rows, lists."""
    chosen = form.chosen_people()
    picked = {pk: chosen[pk] for pk in chosen if pk in form.people}
    found = sorted(form.people.values(), key=lambda one: one.pk not in picked)
    people = [
        (one, one.pk in picked, picked.get(one.pk, ""), place >= SHOWN_FIRST)
        for place, one in enumerate(found)
    ]
    ours, rows = set(form.chosen_colleagues()), form.note_rows()
    return {
        "form": form,
        "account": account,
        "people": people,
        "has_many": len(people) > SHOWN_FIRST,
        "places": list(form.places.values()),
        "colleagues": [(one, one.pk in ours) for one in colleagues() if one.pk != user.pk],
        "rows": rows,
        "has_notes": any(row.text for row in rows),
        "kinds": [(v, label, common.KIND_ICONS[v], usual_direction(v))
                  for v, label in InteractionKind.choices],
        "directions": Direction.choices,
        "durations": [str(n) for n in DURATIONS],
        "note_kinds": NoteKind.choices,
        "sides": PromiseSide.choices,
        "moods": Sentiment.choices,
        "shown": {name: form.shown(name) for name in form.fields},
    }  # fmt: skip


# Drafts


@requires("interactions.log")
@require_POST
def draft_save(request: HttpRequest) -> HttpResponse:
    """Keep what is typed; by script while typing, by a button without."""
    user = signed_in(request)
    account = _named(reads.accounts_to_log(user), _whole(request.POST.get("account", "")) or "0")
    content = {
        _whole(name): [_whole(one) for one in values if isinstance(one, str)]
        for name, values in request.POST.lists()
        if name not in _NOT_KEPT
    }
    key = _whole(request.POST.get("draft", ""))
    try:
        drafts.save_draft(user=user, key=key, content=content, account=account)
    except RefusedError as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"saved": True})
    messages.success(request, _("Kept as a draft. It waits where you log contacts."))
    return redirect(f"{reverse('interactions:log')}?choose=1")


@requires("interactions.log")
@require_POST
def draft_drop(request: HttpRequest) -> HttpResponse:
    """Throw a draft away."""
    drafts.drop_draft(user=signed_in(request), key=_whole(request.POST.get("draft", ""))[:64])
    return htmx.redirect(request, f"{reverse('interactions:log')}?choose=1")
