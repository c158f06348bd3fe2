"""One concern: raising it, its page, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.views.team.common import account_page
from interactions.analytics import concerns as rules
from interactions.choices import ConcernEntryKind, ConcernState
from interactions.forms.concerns import (
    AccountOnlyForm,
    ConcernForm,
    EntryForm,
    GiveForm,
    MoveForm,
    WordsForm,
    way_in_words,
)
from interactions.models import Concern, ConcernEntry
from interactions.selectors import concerns as reads
from interactions.services import concerns as services
from interactions.views.concerns import common, words
from interactions.views.concerns.board import PAGE, board_context
from kam.core import htmx
from kam.core.pages import safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity.decorators import requires, signed_in

# icons: message message-reply arrow-right arrow-back-up user-share alert-triangle clock flame
ICONS: dict[str, str] = {
    ConcernEntryKind.RAISED: "message-exclamation",
    ConcernEntryKind.MOVED: "arrow-right",
    ConcernEntryKind.REOPENED: "arrow-back-up",
    ConcernEntryKind.ANSWER: "message-reply",
    ConcernEntryKind.COMMENT: "message",
    ConcernEntryKind.OWNER: "user-share",
    ConcernEntryKind.SEVERITY: "flame",
    ConcernEntryKind.RESPONSE_NEAR: "clock",
    ConcernEntryKind.SOLUTION_NEAR: "clock",
    ConcernEntryKind.RESPONSE_LATE: "alert-triangle",
    ConcernEntryKind.SOLUTION_LATE: "alert-triangle",
}


def _entry(entry: ConcernEntry) -> tuple[ConcernEntry, str, str]:
    """An entry with its sign and heading."""
    title = str(entry.get_kind_display())
    if entry.kind == ConcernEntryKind.MOVED:
        title = str(ConcernState(entry.to_state).label)
    return entry, ICONS[entry.kind], title


@requires("interactions.view")
@require_GET
def concern_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A concern with its targets, where it can go, and all that happened."""
    user, concern, now = signed_in(request), common.get_concern(request, pk), timezone.now()
    contact = concern.note.interaction if concern.note else None
    visible = contact and type(contact)._default_manager.visible_to(user).filter(pk=contact.pk)
    may_edit = Concern.objects.editable_by(user).filter(pk=pk).exists()
    context = {
        "concern": concern,
        "state": words.state_badge(concern).__html__(),
        "severity": words.severity_badge(concern).__html__(),
        "response_hours": words.between(concern.raised_at, concern.first_response_at),
        "solution_hours": words.between(concern.raised_at, concern.resolved_at),
        "answer_late": (concern.first_response_at or now) > concern.respond_by,
        "solution_late": (concern.resolved_at or now) > concern.resolve_by,
        "entries": [_entry(one) for one in reads.entries_of(concern)],
        "contact": contact if visible and visible.exists() else None,
        "ways": [
            (to, way_in_words(concern.state, to), to == _first_way(concern))
            for to in rules.MOVES[concern.state]
        ],
        "form": EntryForm(),
        "may_edit": may_edit,
        "account_url": account_page(user, concern.account, "concerns"),
        "history": history_of(concern),
        "crumbs": common.crumbs((concern.title, "")),
    }
    return render(request, "interactions/concern_detail.html", context)


def _first_way(concern: Concern) -> str:
    """The way that most go from here."""
    usual = {
        ConcernState.OPEN: ConcernState.WORKING,
        ConcernState.WORKING: ConcernState.RESOLVED,
        ConcernState.WAITING: ConcernState.RESOLVED,
        ConcernState.RESOLVED: ConcernState.CLOSED,
    }
    return usual.get(ConcernState(concern.state), "")


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def concern_create(request: HttpRequest) -> HttpResponse:
    """Take a concern down: first whose it is, where the address does not say."""
    user = signed_in(request)
    asked = request.GET.get("account", "")
    if not asked.isdecimal():
        return _choose(request)
    account = common.get_worked_on(request, int(asked[:18]))
    form = ConcernForm(request.POST or None, account=account, user=user, as_of=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            concern = services.raise_concern(
                worry=form.worry(),
                owner=form.cleaned_data["owner"],
                raised_at=form.raised,
                author=user,
                now=timezone.now(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The concern was taken down."))
            return htmx.redirect(request, safe_next(request, concern.get_absolute_url()))
    return common.form_page(
        request,
        form,
        title=_("Concern of %s") % account.name,
        save=_("Take it down"),
        back=account_page(user, account, "concerns"),
        steps=common.crumbs((_("New concern"), "")),
    )


def _choose(request: HttpRequest) -> HttpResponse:
    form = AccountOnlyForm(request.POST or None, user=signed_in(request))
    if request.method == "POST" and form.is_valid():
        account: Account = form.cleaned_data["account"]
        return htmx.redirect(
            request, f"{reverse('interactions:concern-create')}?account={account.pk}"
        )
    return common.form_page(
        request,
        form,
        title=_("Whose concern is it?"),
        save=_("Next"),
        back=reverse("interactions:concern-list"),
        steps=common.crumbs((_("New concern"), "")),
    )


def _form(request: HttpRequest, form: Any, concern: Concern, title: str, save: str) -> HttpResponse:
    url = concern.get_absolute_url()
    return common.form_page(
        request,
        form,
        title=title,
        save=save,
        back=url,
        steps=common.crumbs((concern.title, url), (title, "")),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def concern_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend the words; another severity brings its own targets."""
    concern = common.get_editable(request, pk)
    names = ("title", "category", "severity", "description", "is_confidential")
    form = WordsForm(request.POST or None, initial={name: getattr(concern, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_concern(
                concern=concern,
                author=signed_in(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, concern.get_absolute_url())
    return _form(request, form, concern, _("Edit the concern"), _("Save"))


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def concern_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it go on: by the form, or as it was dragged or moved by key on the board."""
    concern = common.get_editable(request, pk)
    if request.method == "POST" and htmx.target(request) == "pipeline":
        return _dropped(request, concern)
    form = MoveForm(
        request.POST or None, concern=concern, initial={"stage": request.GET.get("to", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            _move(request, concern, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s was moved.") % concern.title)
            return htmx.redirect(request, concern.get_absolute_url())
    return _form(request, form, concern, _("Move %s") % concern.title, _("Move"))


def _move(request: HttpRequest, concern: Concern, *, stage: str, words: str = "") -> None:
    services.move_concern(
        concern=concern,
        to=stage,
        words=words,
        author=signed_in(request),
        now=timezone.now(),
    )


def _dropped(request: HttpRequest, concern: Concern) -> HttpResponse:
    """The board as it stands after a card was put elsewhere."""
    problem = ""
    try:
        _move(request, concern, stage=request.POST.get("stage", ""))
    except RefusedError as error:
        problem = str(error)
    response = htmx.render_part(request, PAGE, board_context(request), "lanes")
    said = problem or _("%s was moved.") % concern.title
    return htmx.toast(response, said, "danger" if problem else "success")


@requires("interactions.log")
@require_POST
def concern_say(request: HttpRequest, pk: int) -> HttpResponse:
    """Note something among us, or that the customer was answered."""
    concern = common.get_editable(request, pk)
    form = EntryForm(request.POST)
    if form.is_valid():
        services.comment_on(
            concern=concern, author=signed_in(request), now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Write something."))
    return redirect(f"{concern.get_absolute_url()}#entries")


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def concern_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody else see to it."""
    concern = common.get_editable(request, pk)
    form = GiveForm(request.POST or None, initial={"owner": concern.owner_id})
    if request.method == "POST" and form.is_valid():
        try:
            services.give_concern(
                concern=concern,
                author=signed_in(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s sees to it now.") % form.cleaned_data["owner"])
            # Who gave a confidential one away may not read it any more.
            kept = Concern.objects.visible_to(signed_in(request)).filter(pk=pk).exists()
            url = concern.get_absolute_url() if kept else reverse("interactions:concern-list")
            return htmx.redirect(request, url)
    return _form(request, form, concern, _("Give %s to somebody") % concern.title, _("Give"))
