"""Tasks: the list, making one, following up a gap, and closing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import CheckState
from accounts.forms.placement import TaskDoneForm, TaskForm
from accounts.models import Account, StoreCheckLine, Task
from accounts.selectors.placement.listing import tasks_for
from accounts.services import tasks as services
from accounts.views.accounts import get_editable
from accounts.views.columns import account_url
from accounts.views.placement import common
from accounts.views.placement.filters import TaskFilter
from kam.core import formats, htmx
from kam.core.badges import Badge
from kam.core.pages import form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: checkbox
FIRST_DUE = timedelta(days=7)


def _state(task: Task) -> Badge:
    if task.done_on is not None:
        return Badge(_("Done"), "success", title=task.outcome)
    if task.due_on < timezone.localdate():
        return Badge(_("Overdue"), "danger")
    return Badge(_("Open"), "info")


COLUMNS = [
    Column(name="title", title=gettext_lazy("What is to be done"), sort="title"),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: account_url(row.account),
    ),
    Column(
        name="owner",
        title=gettext_lazy("Owner"),
        value="owner.full_name",
        sort="owner__full_name",
    ),
    Column(name="due_on", title=gettext_lazy("Due on"), kind="date", sort="due_on"),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=_state),
    Column(
        name="outcome",
        title=gettext_lazy("What came of it"),
        value=lambda row: row.outcome or None,
        unknown=gettext_lazy("Nothing noted"),
        default=False,
    ),
]


@requires("accounts.view")
@require_GET
def task_list(request: HttpRequest) -> HttpResponseBase:
    """Tasks at accounts in the user's scope."""
    table = Table(
        request,
        tasks_for(signed_in(request)),
        COLUMNS,
        name="tasks",
        caption=_("Tasks"),
        default_sort="due_on",
        row_url=lambda row: reverse("accounts:task-edit", args=[row.pk]),
        filters=TaskFilter,
        empty=Empty(
            _("Nothing is to be done"),
            _("Gaps that were followed up, and other tasks of accounts, stand here."),
            icon="checkbox",
        ),
    )
    context = {
        "crumbs": common.crumbs((_("Tasks"), "")),
        "tabs": common.tabs(request, "task-list"),
    }
    return table.response("accounts/task_list.html", context)


def _task(request: HttpRequest, pk: int) -> Task:
    """A task in the user's scope. Raises Http404."""
    rows: QuerySet[Task] = Task.objects.visible_to(signed_in(request))
    found: Task = get_object_or_404(rows.select_related("account", "owner"), pk=pk)
    return found


def _changeable(request: HttpRequest, pk: int) -> Task:
    """A task of the user's own, or at an account that the user may change. Raises Http404."""
    user, task = signed_in(request), _task(request, pk)
    if task.owner_id != user.pk:
        get_object_or_404(Account.objects.editable_by(user), pk=task.account_id)
    return task


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
            messages.success(request, _("The task was added."))
            return redirect(account_url(account))
    return _form(request, form, account, _("New task"))


def _form(request: HttpRequest, form: Any, account: Account, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        lead=account.name,
        cancel_url=reverse("accounts:task-list"),
        crumbs=common.crumbs((_("Tasks"), reverse("accounts:task-list")), (title, "")),
    )


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom, until when."""
    task = _changeable(request, pk)
    start = {"title": task.title, "owner": task.owner_id, "due_on": task.due_on}
    form = TaskForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_task(task=task, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:task-list")
    return _form(request, form, task.account, task.title)


@requires("accounts.edit")
@require_http_methods(["GET", "POST"])
def task_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a task with what came of it."""
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
    return form_page(
        request,
        form,
        title=_("Done: %s") % task.title,
        lead=f"{task.account.name} · {_('due %s') % formats.date(task.due_on)}",
        save=_("Done"),
        cancel_url=reverse("accounts:task-list"),
        crumbs=common.crumbs((_("Tasks"), reverse("accounts:task-list")), (task.title, "")),
    )


@requires("placement.check")
@require_POST
def follow_up(request: HttpRequest, line_pk: int) -> HttpResponse:
    """Make a gap a task of the lead's, with one tap; asked again it is the same task."""
    user = signed_in(request)
    rows = StoreCheckLine.objects.visible_to(user).select_related(
        "check_of__account", "placement__product", "placement__category"
    )
    known = Q(check_of__state=CheckState.FINISHED) | Q(check_of__checker=user)
    line: StoreCheckLine = get_object_or_404(rows.filter(known), pk=line_pk)
    if not common.may_follow_up(user, line.check_of.account):
        raise Http404
    said, problem, task = "", "", None
    try:
        task, is_new = services.follow_up(line=line, as_of=timezone.localdate(), created_by=user)
        words = _("%(who)s has it to do until %(day)s.") if is_new else _("%(who)s is on it.")
        said = words % {"who": task.owner.full_name, "day": formats.date(task.due_on)}
    except RefusedError as refused:
        problem = str(refused)
    if not htmx.is_htmx(request):
        (messages.error if problem else messages.success)(request, problem or said)
        return redirect(safe_next(request, line.check_of.get_absolute_url()))
    context = {"task": task, "line": line, "may_follow_up": True}
    response = htmx.render_part(request, "accounts/gap_action.html", context, "action")
    return htmx.toast(response, problem or said, "danger" if problem else "success")
