"""The worklist: who acts on what is overdue, and each piece of work with what can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kam.core import htmx
from kam.core.nav import Tab
from kam.core.pages import safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.tables import BulkAction, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.choices import WorkState
from settlements.forms.work import ContactForm, FinishForm, SnoozeForm, StepForm, WorkFilter
from settlements.models import WorkItem
from settlements.selectors import work as reads
from settlements.services import work as services
from settlements.views.board_parts import url_of
from settlements.views.work_columns import state_badge, work_columns, work_url

VIEW, ACT = "receivables.view", "receivables.work"
LIST = "settlements:work-list"
FORMS: dict[str, type[forms.Form]] = {
    "step": StepForm, "snooze": SnoozeForm, "finish": FinishForm, "contact": ContactForm,
}  # fmt: skip


@requires(VIEW)
@require_GET
def work_list(request: HttpRequest) -> HttpResponseBase:
    """Work on overdue payers in the user's scope: mine, my team's, nobody's, all."""
    user, today = signed_in(request), timezone.localdate()
    counts = reads.count_by_whose(user)
    chosen = _chosen(request, counts)
    may_act = may(user, ACT)
    bulk = [BulkAction(title=_("Take over"), url=reverse("settlements:work-take-many"),
                       icon="user-check")]  # fmt: skip
    table = Table(
        request,
        reads.work_for(user).filter(reads.whose(user)[chosen]),
        work_columns(today, all_mine=chosen == reads.MINE),
        name="receivables-work",
        caption=_("Work on overdue receivables"),
        default_sort="-amount",
        row_url=work_url,
        filters=WorkFilter,
        bulk=bulk if may_act else (),
        empty=_empty(chosen),
    )
    context = {
        "tabs": _tabs(request, chosen, counts),
        "last_run": reads.last_run(),
        "today": today,
        "gaps_url": url_of("gap-list") if may(user, "receivables.post") else "",
        "may_flag": may(user, "receivables.flag_overdue"),
        "crumbs": _crumbs(),
    }
    return table.response("settlements/work_list.html", context)


def _chosen(request: HttpRequest, counts: dict[str, int]) -> str:
    """Whose work is shown: as asked for, else one's own, else all."""
    asked = request.GET.get("whose", "")
    if asked in reads.WHOSE:
        return asked
    return reads.MINE if counts[reads.MINE] else reads.ALL


def _tabs(request: HttpRequest, chosen: str, counts: dict[str, int]) -> list[Tab]:
    titles = {
        reads.MINE: _("Mine"),
        reads.TEAM: _("My team's"),
        reads.QUEUE: _("Default queue"),
        reads.ALL: _("All"),
    }
    query = request.GET.copy()
    for name in ("after", "before", "totals"):
        query.pop(name, None)
    tabs = []
    for name, title in titles.items():
        query["whose"] = name
        url = f"{request.path}?{query.urlencode()}"
        tabs.append(Tab(title, url, active=name == chosen, count=counts[name]))
    return tabs


def _empty(chosen: str) -> Empty:
    text = _("The overdue run, nightly and after imports, puts payers here who are late.")
    if chosen == reads.ALL:
        return Empty(_("Nothing overdue waits for anybody"), text, icon="checklist")
    return Empty(
        _("Nothing overdue waits here"),
        text,
        _("Look at all work"),
        f"{reverse(LIST)}?whose={reads.ALL}",
        icon="checklist",
    )


def _crumbs(work: WorkItem | None = None) -> list[tuple[str, str]]:
    first = (_("Receivables"), url_of("board"))
    if work is None:
        return [first, (_("Worklist"), "")]
    return [first, (_("Worklist"), reverse(LIST)), (work.party.name, "")]


@requires(ACT)
@require_POST
def work_take_many(request: HttpRequest) -> HttpResponse:
    """Take over the rows selected."""
    user = signed_in(request)
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    works = WorkItem.objects.visible_to(user).filter(pk__in=ids)
    count = services.take_many(works=works, user=user)
    text = ngettext("%(n)s payer is yours now.", "%(n)s payers are yours now.", count)
    messages.success(request, text % {"n": count})
    return htmx.redirect(request, safe_next(request, f"{reverse(LIST)}?whose=mine"))


# One piece of work


def _get(request: HttpRequest, pk: int) -> WorkItem:
    found: WorkItem = get_object_or_404(reads.work_for(signed_in(request)), pk=pk)
    return found


@requires(VIEW)
@require_GET
def work_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is overdue, what was done, and what one can do."""
    return _detail(request, _get(request, pk))


def _detail(
    request: HttpRequest, work: WorkItem, name: str = "", form: forms.Form | None = None
) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    open_forms = _forms(work, today)
    if form is not None:
        open_forms[name] = form
    is_mine = work.user_id in user.acting_user_ids()
    context: dict[str, Any] = {
        "work": work,
        "badge": state_badge(work).__html__(),
        "days": (today - work.oldest_due_on).days,
        "items": reads.overdue_items_of(work, user, as_of=today),
        "items_url": url_of("item-list", account=work.party_id, currency=work.currency_id),
        "statement_url": url_of("statement", work.party_id),
        "steps": reads.steps_of(work),
        "today": today,
        "last_run": reads.last_run(),
        "is_mine": is_mine,
        "may_act": may(user, ACT) and work.state != WorkState.DONE,
        "may_note": may(user, ACT),
        "crumbs": _crumbs(work),
        **{f"{key}_form": value for key, value in open_forms.items()},
    }
    status = 200 if form is None else 422
    return htmx.render_part(
        request, "settlements/work_detail.html", context, "panel", status=status
    )


def _forms(work: WorkItem, today: date) -> dict[str, forms.Form]:
    initial: dict[str, dict[str, Any]] = {
        "step": {"next_step": work.next_step, "on": work.next_step_on},
        "snooze": {"next_step": work.next_step},
        "contact": {"on": today},
    }
    return {name: form(initial=initial.get(name)) for name, form in FORMS.items()}


@requires(ACT)
@require_POST
def work_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take work out of the queue or over from somebody."""
    user, work = signed_in(request), _get(request, pk)
    return _act(request, work, lambda: services.take(work=work, user=user), _("It is yours now."))


@requires(ACT)
@require_POST
def work_wake(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up work that was put off."""
    user, work = signed_in(request), _get(request, pk)
    return _act(request, work, lambda: services.wake(work=work, user=user), _("It is open again."))


def _act(request: HttpRequest, work: WorkItem, do: Callable[[], object], said: str) -> HttpResponse:
    try:
        do()
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return htmx.redirect(request, safe_next(request, work_url(work)))


@requires(ACT)
@require_POST
def work_do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Plan the next step, put off, finish, or note a contact: by the form of that name."""
    if name not in FORMS:
        raise Http404
    work = _get(request, pk)
    form = FORMS[name](request.POST)
    if not form.is_valid():
        return _detail(request, work, name, form)
    try:
        _DO[name](work, form.cleaned_data, request)
    except RefusedError as problem:
        add_to_form(form, problem)
        return _detail(request, work, name, form)
    messages.success(request, _("Saved."))
    return htmx.redirect(request, safe_next(request, work_url(work)))


def _plan(work: WorkItem, values: dict[str, Any], request: HttpRequest) -> None:
    services.plan_step(
        work=work,
        next_step=values["next_step"],
        on=values["on"],
        contacted_on=_contacted(values),
        as_of=timezone.localdate(),
        user=signed_in(request),
    )


def _snooze(work: WorkItem, values: dict[str, Any], request: HttpRequest) -> None:
    services.snooze(
        work=work,
        until=values["until"],
        as_of=timezone.localdate(),
        next_step=values["next_step"],
        user=signed_in(request),
    )


def _finish(work: WorkItem, values: dict[str, Any], request: HttpRequest) -> None:
    services.finish(
        work=work,
        outcome=values["outcome"],
        as_of=timezone.localdate(),
        note=values["note"],
        contacted_on=_contacted(values),
        user=signed_in(request),
    )


def _contact(work: WorkItem, values: dict[str, Any], request: HttpRequest) -> None:
    services.note_contact(
        work=work,
        on=values["on"],
        as_of=timezone.localdate(),
        text=values["text"],
        user=signed_in(request),
    )


_DO: dict[str, Callable[[WorkItem, dict[str, Any], HttpRequest], None]] = {
    "step": _plan, "snooze": _snooze, "finish": _finish, "contact": _contact,
}  # fmt: skip


def _contacted(values: dict[str, Any]) -> date | None:
    return timezone.localdate() if values["contacted"] else None
