"""Follow-ups: the list, one of them, making, changing, finishing and opening again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.placement import OwnerForm, TaskDoneForm, TaskForm
from accounts.models import Account, Task
from accounts.selectors import followups as reads
from accounts.services import tasks as services
from accounts.views.accounts import account_crumbs, get_account, get_editable, may_edit
from accounts.views.columns import account_url
from accounts.views.followup_columns import columns, may_finish, priority_badge, state_badge
from accounts.views.placement.filters import TaskFilter
from kam.core import formats, htmx
from kam.core.nav import Tab
from kam.core.pages import Crumbs, confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import BulkAction, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: checkbox user-share arrow-back-up calendar-event pencil check
FIRST_DUE = timedelta(days=7)
MOST, SHOWN = 500, 20
TABS = ("mine", "overdue", "all", "done")


def _tabs(user: User, active: str) -> list[Tab]:
    found = reads.counts(user, as_of=timezone.localdate())
    ways = [
        ("mine", _("Mine"), found.mine),
        ("overdue", _("Overdue"), found.overdue),
        ("all", _("All open"), found.open),
        ("done", _("Done"), None),
    ]
    return [Tab(title, _tab_url(key), key == active, count) for key, title, count in ways]


def _tab_url(key: str) -> str:
    return (
        reverse("accounts:task-list") if key == "mine" else reverse("accounts:task-tab", args=[key])
    )


def _rows(user: User, tab: str) -> QuerySet[Task]:
    rows = reads.followups_for(user)
    if tab == "done":
        return rows.filter(done_on__isnull=False)
    if tab == "overdue":
        return rows.filter(done_on=None, due_on__lt=timezone.localdate())
    return reads.mine(rows, user) if tab == "mine" else rows.filter(done_on=None)


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    return [(_("Follow-ups"), reverse("accounts:task-list") if steps else ""), *steps]


@requires("accounts.view")
@require_GET
def task_list(request: HttpRequest, tab: str = "mine") -> HttpResponseBase:
    """Follow-ups at accounts in the user's scope: one's own, late ones, all, those done."""
    if tab not in TABS:
        raise Http404
    user = signed_in(request)
    many = [
        BulkAction(title=_("Finish"), url=reverse("accounts:task-finish-many"), icon="checkbox"),
        BulkAction(
            title=_("Give to somebody"), url=reverse("accounts:task-give-many"), icon="user-share"
        ),
    ]
    table = Table(
        request,
        _rows(user, tab),
        columns(request),
        name="tasks",
        caption=_("Follow-ups"),
        default_sort="-due_on" if tab == "done" else "due_on",
        row_url=Task.get_absolute_url,
        filters=TaskFilter,
        bulk=many if tab != "done" and user.can("accounts.edit") else [],
        empty=Empty(
            _("Nothing is to be done"),
            _("Gaps that were followed up, what was agreed in contacts, and other things to do "
              "for accounts stand here."),
            icon="checkbox",
        ),
    )  # fmt: skip
    context = {"crumbs": _crumbs(), "tabs": _tabs(user, tab)}
    return table.response("accounts/task_list.html", context)


@requires("accounts.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done for an account and all below it, and what was done last."""
    user, account = signed_in(request), get_account(request, pk)
    rows = reads.at_account(account, user)
    open_rows = rows.filter(done_on=None)
    done = rows.filter(done_on__isnull=False).order_by("-done_on", "-pk")
    context = {
        "account": account,
        "title": _("Follow-ups"),
        "panel_template": "accounts/panels/followups.html",
        "crumbs": account_crumbs(account, (_("Follow-ups"), "")),
        "rows": [
            (one, state_badge(one).__html__(), may_finish(user, one)) for one in open_rows[:SHOWN]
        ],
        "done": list(done[:5]),
        "more": max(open_rows.count() - SHOWN, 0),
        "today": timezone.localdate(),
        "may_add": may_edit(user, account) and user.can("accounts.edit"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _task(request: HttpRequest, pk: int) -> Task:
    """A follow-up in the user's scope. Raises Http404."""
    found: Task = get_object_or_404(reads.followups_for(signed_in(request)), pk=pk)
    return found


def _changeable(request: HttpRequest, pk: int) -> Task:
    """One's own follow-up, or one at an account that the user may change. Raises Http404."""
    user, task = signed_in(request), _task(request, pk)
    if task.owner_id not in user.acting_user_ids():
        get_object_or_404(Account.objects.editable_by(user), pk=task.account_id)
    return task


@requires("accounts.view")
@require_GET
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One follow-up: by whom, until when, what it came from, who moved it."""
    user, task, today = signed_in(request), _task(request, pk), timezone.localdate()
    context = {
        "task": task,
        "badge": state_badge(task).__html__(),
        "priority": priority.__html__() if (priority := priority_badge(task)) else "",
        "days": (task.due_on - today).days,
        "sees_account": Account.objects.visible_to(user).filter(pk=task.account_id).exists(),
        "owner_is_off": task.is_open and not services.may_own(task.owner, task.account_id),
        "sources": reads.sources_of(user, task),
        "history": history_of(task),
        "may_edit": may_finish(user, task),
        "crumbs": _crumbs((task.title, "")),
    }
    return render(request, "accounts/task_detail.html", context)


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Something to be done for an account."""
    user, account = signed_in(request), get_editable(request, pk)
    start = {
        "owner": account.current_lead_id or user.pk,
        "due_on": timezone.localdate() + FIRST_DUE,
    }
    form = TaskForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_task(account=account, created_by=user, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The follow-up was added."))
            return redirect(safe_next(request, account_url(account)))
    return form_page(
        request,
        form,
        title=_("New follow-up"),
        lead=account.name,
        cancel_url=account_url(account),
        crumbs=account_crumbs(account, (_("New follow-up"), "")),
    )


def _form(
    request: HttpRequest, form: Any, task: Task, title: str, *, lead: str = "", save: str = ""
) -> HttpResponse:
    url = task.get_absolute_url()
    return form_page(
        request,
        form,
        title=title,
        lead=lead or task.account.name,
        save=save,
        cancel_url=url,
        crumbs=_crumbs((task.title, url), (title, "")),
    )


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom, until when."""
    task = _changeable(request, pk)
    names = ("title", "due_on", "reminder_on", "priority", "details")
    start = {"owner": task.owner_id, **{name: getattr(task, name) for name in names}}
    form = TaskForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_task(task=task, by=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(safe_next(request, task.get_absolute_url()))
    return _form(request, form, task, _("Edit the follow-up"))


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with what came of it."""
    task = _changeable(request, pk)
    form = TaskDoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.finish_task(task=task, as_of=timezone.localdate(), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Done: %s") % task.title)
            return redirect(safe_next(request, reverse("accounts:task-list")))
    due = _("due %s") % formats.date(task.due_on)
    lead = f"{task.account.name} · {due}"
    return _form(request, form, task, _("Done: %s") % task.title, lead=lead, save=_("Done"))


@requires("accounts.edit")
@require_POST
def task_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it by one tap, without words; what was done already stays as it is."""
    task = _changeable(request, pk)
    services.finish_tasks(tasks=[task], as_of=timezone.localdate())
    said = _("Done: %s") % task.title
    if not htmx.is_htmx(request):
        messages.success(request, said)
        return redirect(safe_next(request, reverse("accounts:task-list")))
    return _ticked(request, task, said)


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up again."""
    task = _changeable(request, pk)
    if request.method == "GET":
        return confirm_page(
            request,
            title=_("Open this follow-up again?"),
            verb=_("Open again"),
            back_url=task.get_absolute_url(),
            goes=[_("The day it was done, and what came of it")],
            stays=[_("Its history")],
        )
    try:
        services.reopen_task(task=task)
    except RefusedError as problem:
        messages.error(request, str(problem))
        return htmx.redirect(request, task.get_absolute_url())
    said = _("Open again: %s") % task.title
    if htmx.target(request).startswith("tick-"):
        return _ticked(request, task, said)
    messages.success(request, said)
    return htmx.redirect(request, safe_next(request, task.get_absolute_url()))


def _ticked(request: HttpRequest, task: Task, said: str) -> HttpResponse:
    task.refresh_from_db()
    context = {"task": task, "may_finish": True}
    response = htmx.render_part(request, "accounts/followup_tick.html", context, "tick")
    return htmx.toast(response, said)


def _chosen(request: HttpRequest) -> list[Task]:
    """Those of the posted ids that the user may change."""
    user = signed_in(request)
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    rows = reads.followups_for(user).filter(pk__in=ids[:MOST], done_on=None)
    return [task for task in rows if may_finish(user, task)]


@requires("accounts.edit")
@require_POST
def task_finish_many(request: HttpRequest) -> HttpResponse:
    """Close those that were chosen."""
    count = services.finish_tasks(tasks=_chosen(request), as_of=timezone.localdate())
    messages.success(request, _("Finished: %s") % formats.number(count))
    return redirect(safe_next(request, reverse("accounts:task-list")))


@requires("accounts.edit")
@require_POST
def task_give_many(request: HttpRequest) -> HttpResponse:
    """Ask to whom those that were chosen go, then give them."""
    tasks = _chosen(request)
    is_answer = "owner" in request.POST
    form = OwnerForm(request.POST if is_answer else None, tasks=tasks)
    if is_answer and form.is_valid():
        try:
            count = services.reassign_tasks(
                tasks=tasks, owner=form.cleaned_data["owner"], by=signed_in(request)
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Given to somebody: %s") % formats.number(count))
            return redirect("accounts:task-list")
    return form_page(
        request,
        form,
        title=_("Give follow-ups to somebody"),
        lead=_("Chosen: %s") % formats.number(len(tasks)),
        save=_("Give"),
        cancel_url=reverse("accounts:task-list"),
        crumbs=_crumbs((_("Give to somebody"), "")),
    )
