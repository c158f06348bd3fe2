"""One meeting: planned, changed, moved, called off, put into the log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.views.team.common import account_page
from interactions.forms.calendar import CancelForm, MeetingForm, MoveForm, start_of
from interactions.models import Interaction, Meeting
from interactions.selectors.log import accounts_to_log
from interactions.services import calendar as services
from interactions.views.calendar.common import (
    crumbs_of,
    get_editable,
    get_meeting,
    may_edit,
    state_badge,
    when,
)
from interactions.views.calendar.page import page_context
from kam.core import htmx
from kam.core.clock import zone_named
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("interactions.view")
@require_GET
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting with who is expected, and its one click into the log."""
    user, meeting = signed_in(request), get_meeting(request, pk)
    editable = may_edit(user, meeting)
    context = {
        "meeting": meeting,
        "contact": _contact(user, meeting),
        "badge": state_badge(meeting).__html__(),
        "when": when(meeting),
        "people": meeting.participants.select_related("position__person", "position__account"),
        "colleagues": meeting.colleagues.select_related("user"),
        "others": meeting.others.splitlines(),
        "is_elsewhere": not meeting.is_all_day and _is_elsewhere(meeting),
        "may_edit": editable and meeting.is_open,
        "may_reopen": editable and meeting.is_cancelled,
        "may_log": editable
        and meeting.is_open
        and meeting.account is not None
        and meeting.has_begun(timezone.now())
        and _may_log_at(user, meeting),
        "account_url": account_page(user, meeting.account) if meeting.account else "",
        "crumbs": crumbs_of((meeting.title, "")),
    }
    return render(request, "interactions/meeting_detail.html", context)


def _may_log_at(user: User, meeting: Meeting) -> bool:
    """Whether the user may (still) log contacts of the account, if there is one."""
    if meeting.account_id is None:
        return True
    return accounts_to_log(user).filter(pk=meeting.account_id).exists()


def _contact(user: User, meeting: Meeting) -> Interaction | None:
    """The contact that it became, for who may read it: it can be confidential since."""
    found: Interaction | None = (
        Interaction.objects.visible_to(user).filter(pk=meeting.interaction_id).first()
        if meeting.interaction_id is not None
        else None
    )
    return found


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def meeting_create(request: HttpRequest) -> HttpResponse:
    """Plan a meeting, with the account and day that the page before knows."""
    user, today = signed_in(request), timezone.localdate()
    account = _asked_account(request)
    start = {
        "account": account,
        "starts_on": _asked_day(request) or today,
        "title": request.GET.get("title", "")[:300],
        "kind": request.GET.get("kind") or "meeting",
    }
    form = MeetingForm(
        request.POST or None,
        user=user,
        as_of=today,
        zone=timezone.get_current_timezone_name(),
        account=account,
        initial=start,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan_meeting(plan=form.plan(), owner=user, as_of=today)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The meeting is planned."))
            return redirect(made.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Plan a meeting"),
        save=_("Plan it"),
        cancel_url=crumbs_of()[0][1],
        crumbs=crumbs_of((_("Plan a meeting"), "")),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is planned."""
    user, today, meeting = signed_in(request), timezone.localdate(), _open(request, pk)
    form = MeetingForm(
        request.POST or None,
        user=user,
        as_of=today,
        zone=meeting.time_zone,
        account=meeting.account,
        meeting=meeting,
        initial=start_of(meeting),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_meeting(meeting=meeting, plan=_kept(form, meeting), as_of=today)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(meeting.get_absolute_url())
    return _form(request, form, meeting, _("Edit the meeting"))


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def meeting_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a meeting: by the calendar's dragging, or by a form."""
    meeting = _open(request, pk)
    form = MoveForm(request.POST or None, initial=_place_in_time(meeting))
    if meeting.is_all_day:
        del form.fields["at"]
    if request.method == "POST" and form.is_valid():
        try:
            services.move_meeting(meeting=meeting, as_of=timezone.localdate(), **form.cleaned_data)
        except RefusedError as problem:
            if htmx.is_htmx(request):
                return htmx.toast(_calendar(request), problem.message, "danger")
            add_to_form(form, problem)
        else:
            if htmx.is_htmx(request):
                return htmx.toast(_calendar(request), _("The meeting was moved."))
            messages.success(request, _("The meeting was moved."))
            return redirect(meeting.get_absolute_url())
    lead = _("Hours are those of %(zone)s.") % {"zone": meeting.time_zone.replace("_", " ")}
    return _form(request, form, meeting, _("Move the meeting"), "" if meeting.is_all_day else lead)


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting off, after asking."""
    meeting = _open(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.cancel_meeting(meeting=meeting, reason=form.cleaned_data["reason"])
        messages.success(request, _("The meeting is cancelled."))
        return htmx.redirect(request, meeting.get_absolute_url())
    return confirm_page(
        request,
        title=_("Cancel “%(what)s”?") % {"what": meeting.title},
        verb=_("Cancel the meeting"),
        back_url=meeting.get_absolute_url(),
        goes=[_("Its place in the calendar")],
        stays=[_("The meeting itself, which can be planned again"), _("Nobody is told by mail")],
        form=form,
    )


@requires("interactions.log")
@require_POST
def meeting_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a meeting again that was called off."""
    meeting = get_editable(request, pk)
    try:
        services.reopen_meeting(meeting=meeting)
    except RefusedError as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("The meeting is planned again."))
    return redirect(meeting.get_absolute_url())


@requires("interactions.log")
@require_POST
def meeting_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a meeting into the log by one click, and show the contact."""
    user, meeting = signed_in(request), get_editable(request, pk)
    if not _may_log_at(user, meeting):
        raise Http404
    try:
        contact = services.log_meeting(meeting=meeting, author=user, now=timezone.now())
    except RefusedError as problem:
        messages.error(request, str(problem.message))
        return redirect(meeting.get_absolute_url())
    messages.success(request, _("The contact is in the log. Add what was said."))
    return redirect(contact.get_absolute_url())


def _calendar(request: HttpRequest) -> HttpResponse:
    return htmx.render_part(
        request, "interactions/calendar.html", page_context(request), "calendar"
    )


def _open(request: HttpRequest, pk: int) -> Meeting:
    meeting = get_editable(request, pk)
    if not meeting.is_open:
        raise Http404
    return meeting


def _kept(form: MeetingForm, meeting: Meeting) -> services.Plan:
    """The plan; people of the former customer do not go along to another one."""
    plan = form.plan()
    old, new = meeting.account, plan.account
    is_same = old is not None and new is not None and old.current_group_id == new.current_group_id
    if is_same or not plan.participants:
        return plan
    form.cleaned_data["participants"] = []
    return form.plan()


def _place_in_time(meeting: Meeting) -> dict[str, Any]:
    if meeting.starts_at is None:
        return {"to_day": meeting.starts_on}
    starts = meeting.starts_at.astimezone(zone_named(meeting.time_zone))
    return {"to_day": starts.date(), "at": starts.time()}


def _is_elsewhere(meeting: Meeting) -> bool:
    """Whether its own time zone counts other hours than the page."""
    assert meeting.starts_at is not None  # noqa: S101 - a timed one
    theirs = meeting.starts_at.astimezone(zone_named(meeting.time_zone))
    return theirs.utcoffset() != timezone.localtime(meeting.starts_at).utcoffset()


def _asked_account(request: HttpRequest) -> Account | None:
    number = request.GET.get("account", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    found: Account | None = (
        Account.objects.visible_to(signed_in(request)).not_merged().filter(pk=number).first()
    )
    return found


def _asked_day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _form(
    request: HttpRequest, form: Any, meeting: Meeting, title: str, lead: str = ""
) -> HttpResponse:
    own = (meeting.title, meeting.get_absolute_url())
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        cancel_url=meeting.get_absolute_url(),
        crumbs=crumbs_of(own, (title, "")),
    )
