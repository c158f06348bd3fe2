"""The needs register: the list, one need, what is done about it, and the panel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.opportunities import OpportunityForm
from accounts.models import Account
from accounts.views.accounts import account_crumbs
from accounts.views.team.common import account_page, get_worked_on, sign
from interactions.choices import NeedAnswer
from interactions.forms.needs import AnswerForm, CloseForm, NeedForm, NeedTaskForm
from interactions.models import Need
from interactions.selectors import needs as reads
from interactions.selectors.log import accounts_to_log
from interactions.services import needs as services
from interactions.services.becoming import TASK_DAYS
from interactions.views.log import common
from interactions.views.log.filters import NeedFilter, account_named
from interactions.views.log.tabs import tabs
from kam.core import htmx
from kam.core.badges import Badge, State
from kam.core.pages import Crumbs, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: bulb target mountain
ANSWERS: dict[str, State] = {
    NeedAnswer.NONE: "warning",
    NeedAnswer.PROGRAMME: "success",
    NeedAnswer.OPPORTUNITY: "success",
    NeedAnswer.TASK: "info",
    NeedAnswer.WORDS: "info",
}
LABELS = dict(NeedAnswer.choices)


def answer_badge(need: Need) -> Badge:
    """Our answer, or that there is none; of a closed need that it is closed."""
    if not need.is_open:
        return Badge(_("Closed"), "muted", title=need.closed_why)
    return Badge(LABELS[need.answer], ANSWERS[need.answer])


def age_badge(need: Need) -> Badge | None:
    """A sign on what nobody confirmed for long."""
    if need.is_outdated(reads.outdated_before(timezone.localdate())):
        return Badge(_("Outdated"), "muted")
    return None


COLUMNS = [
    Column(name="text", title=gettext_lazy("What they need"), sort="text"),
    Column(name="account", title=gettext_lazy("Account"), value="account.name",
           sort="account__name_key"),
    Column(name="importance", title=gettext_lazy("Importance"),
           value=lambda row: row.get_importance_display(), sort="importance"),
    Column(name="voiced_by", title=gettext_lazy("Voiced by"),
           value=lambda row: str(row.voiced_by) if row.voiced_by else None,
           sort="voiced_by__person__name_key", unknown=gettext_lazy("Nobody in particular")),
    Column(name="confirmed", title=gettext_lazy("Last confirmed"), kind="date",
           value="last_confirmed_on", sort="last_confirmed_on"),
    Column(name="answer", title=gettext_lazy("Our answer"), kind="badge", value=answer_badge),
    Column(name="kind", title=gettext_lazy("Kind"), value=lambda row: row.get_kind_display(),
           sort="kind", default=False),
    Column(name="voiced_on", title=gettext_lazy("Voiced on"), kind="date", sort="voiced_on",
           default=False),
    Column(name="words", title=gettext_lazy("Answer in words"),
           value=lambda row: row.answer_words or None, unknown=gettext_lazy("No words"),
           default=False),
]  # fmt: skip


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    return common.contacts_crumbs(
        (_("Needs"), reverse("interactions:need-list") if steps else ""), *steps
    )


@requires("interactions.view")
@require_GET
def need_list(request: HttpRequest) -> HttpResponseBase:
    """Needs of accounts in the user's scope: important ones first."""
    user = signed_in(request)
    table = Table(
        request,
        reads.needs_for(user),
        COLUMNS,
        name="needs",
        caption=_("Needs"),
        default_sort="-importance",
        row_url=Need.get_absolute_url,
        filters=NeedFilter,
        empty=Empty(
            _("No needs yet"),
            _("What customers need, want to solve or to reach, and our answer, stand here."),
            icon="bulb",
        ),
    )
    context: dict[str, Any] = {
        "crumbs": _crumbs(),
        "tabs": tabs(request, "need-list"),
        "of_account": account_named(user, request.GET.get("account", "")),
        "may_log": user.can("interactions.log"),
    }
    return table.response("interactions/need_list.html", context)


def _need(request: HttpRequest, pk: int) -> Need:
    """A need that the user may read. Raises Http404."""
    found: Need = get_object_or_404(reads.needs_for(signed_in(request)), pk=pk)
    return found


def _changeable(request: HttpRequest, pk: int) -> Need:
    """A need at an account whose contacts the user may log. Raises Http404."""
    need = _need(request, pk)
    get_object_or_404(accounts_to_log(signed_in(request)), pk=need.account_id)
    return need


def _open(request: HttpRequest, pk: int) -> Need:
    need = _changeable(request, pk)
    if not need.is_open:
        raise Http404
    return need


@requires("interactions.view")
@require_GET
def need_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One need: who voiced it, our answer, since when."""
    user, need = signed_in(request), _need(request, pk)
    may_log = user.can("interactions.log") and accounts_to_log(user).filter(
        pk=need.account_id
    ).exists()  # fmt: skip
    context = {
        "need": need,
        "badges": [sign(one) for one in (answer_badge(need), age_badge(need))],
        "answer": _answer_of(need),
        "account_url": account_page(user, need.account, "needs"),
        "may_change": may_log,
        "may_offer": may_log and user.can("opportunities.edit") and _may_edit(user, need.account),
        "history": history_of(need),
        "crumbs": _crumbs((need.account.name, account_page(user, need.account, "needs")),
                          (need.text, "")),
    }  # fmt: skip
    return render(request, "interactions/need_detail.html", context)


def _may_edit(user: User, account: Account) -> bool:
    return bool(Account.objects.editable_by(user).filter(pk=account.pk).exists())


def _answer_of(need: Need) -> tuple[str, str] | None:
    """What answers it, with its page."""
    if need.programme_item is not None:
        item = need.programme_item
        return f"{item.element.title} {item.detail}".strip(), (
            f"{need.account.get_absolute_url()}#panel-programme"
        )
    if need.opportunity is not None:
        url = reverse("accounts:opportunity-detail", args=[need.opportunity_id])
        return need.opportunity.title, url
    if need.task is not None:
        return need.task.title, reverse("accounts:task-edit", args=[need.task_id])
    return None


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def need_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a need of an account."""
    user, today, account = signed_in(request), timezone.localdate(), get_worked_on(request, pk)
    form = NeedForm(request.POST or None, account=account, user=user, as_of=today, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_need(
                account=account,
                facts=form.facts(),
                author=user,
                as_of=today,
                voiced_on=form.cleaned_data["voiced_on"],
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The need is in the register."))
            return redirect(account_page(user, account, "needs"))
    return form_page(
        request,
        form,
        title=_("New need"),
        lead=account.name,
        cancel_url=account_page(user, account, "needs"),
        crumbs=_crumbs((_("New need"), "")),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what a need says."""
    user, today, need = signed_in(request), timezone.localdate(), _changeable(request, pk)
    start = {name: getattr(need, name) for name in ("text", "kind", "importance")}
    start["voiced_by"] = need.voiced_by_id
    form = NeedForm(
        request.POST or None, account=need.account, user=user, as_of=today, is_new=False,
        initial=start,
    )  # fmt: skip
    return _acted(
        request, need, form, lambda: services.change_need(need=need, facts=form.facts()),
        _("Edit the need"), _("Saved."),
    )  # fmt: skip


@requires("interactions.log")
@require_POST
def need_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """It still holds, as of today: one tap."""
    need, today = _open(request, pk), timezone.localdate()
    services.confirm_need(need=need, on=today, as_of=today)
    messages.success(request, _("Confirmed today: %s") % need.text)
    return htmx.redirect(request, safe_next(request, need.get_absolute_url()))


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def need_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what our answer is."""
    user, today, need = signed_in(request), timezone.localdate(), _open(request, pk)
    start = {
        "programme_item": need.programme_item_id,
        "opportunity": need.opportunity_id,
        "task": need.task_id,
        "words": need.answer_words,
    }
    form = AnswerForm(
        request.POST or None, account=need.account, user=user, as_of=today, initial=start
    )
    return _acted(
        request, need, form, lambda: services.answer_need(need=need, reply=form.reply()),
        _("Our answer"), _("The answer was noted."),
    )  # fmt: skip


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def need_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a need with a reason."""
    need, today = _open(request, pk), timezone.localdate()
    form = CloseForm(request.POST or None)
    return _acted(
        request, need, form,
        lambda: services.close_need(need=need, as_of=today, **form.cleaned_data),
        _("Close the need"), _("The need was closed."),
    )  # fmt: skip


@requires("interactions.log")
@require_POST
def need_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a closed need up again."""
    need = _changeable(request, pk)
    services.reopen_need(need=need)
    messages.success(request, _("The need is open again."))
    return htmx.redirect(request, need.get_absolute_url())


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def need_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody follow a need up."""
    user, today, need = signed_in(request), timezone.localdate(), _open(request, pk)
    start = {"title": need.text[:300], "owner": user.pk,
             "due_on": today + timedelta(days=TASK_DAYS)}  # fmt: skip
    form = NeedTaskForm(request.POST or None, initial=start)
    return _acted(
        request, need, form,
        lambda: services.answer_by_task(need=need, by=user, **form.cleaned_data),
        _("Follow up"), _("The task was added; it is our answer now."),
    )  # fmt: skip


@requires("opportunities.edit")
@require_http_methods(["GET", "POST"])
def need_opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an opportunity from a need."""
    user, today, need = signed_in(request), timezone.localdate(), _open(request, pk)
    if not _may_edit(user, need.account):
        raise Http404
    start = {"title": need.text[:200], "need": need.text, "origin": "need", "owner": user.pk}
    form = OpportunityForm(request.POST or None, user=user, account=need.account, initial=start)
    return _acted(
        request, need, form,
        lambda: services.answer_by_opportunity(
            need=need, facts=form.facts(), by=user, as_of=today
        ),
        _("Opportunity from a need"), _("The opportunity was begun; it is our answer now."),
    )  # fmt: skip


def _acted(
    request: HttpRequest, need: Need, form: forms.Form, act: Any, title: str, said: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, said)
            return redirect(need.get_absolute_url())
    return form_page(
        request,
        form,
        title=title,
        lead=need.text,
        cancel_url=need.get_absolute_url(),
        crumbs=_crumbs((need.text, need.get_absolute_url()), (title, "")),
    )


@requires("interactions.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The open needs of an account and below it, unanswered and important ones first."""
    user, today, account = signed_in(request), timezone.localdate(), get_worked_on(request, pk)
    found = reads.register_of(account, user, as_of=today)
    context = {
        "account": account,
        "title": _("Needs"),
        "panel_template": "interactions/panels/needs.html",
        "crumbs": account_crumbs(account, (_("Needs"), "")),
        "register": found,
        "lines": [(one, sign(answer_badge(one)), sign(age_badge(one))) for one in found.needs],
        "has_more": found.open > len(found.needs),
        "all_url": f"{reverse('interactions:need-list')}?account={pk}",
        "may_log": user.can("interactions.log"),
        "here": f"{account_page(user, account, 'needs')}",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


urlpatterns = [
    path("needs/", need_list, name="need-list"),
    path("needs/<int:pk>/", need_detail, name="need-detail"),
    path("needs/<int:pk>/edit/", need_edit, name="need-edit"),
    path("needs/<int:pk>/confirm/", need_confirm, name="need-confirm"),
    path("needs/<int:pk>/answer/", need_answer, name="need-answer"),
    path("needs/<int:pk>/close/", need_close, name="need-close"),
    path("needs/<int:pk>/reopen/", need_reopen, name="need-reopen"),
    path("needs/<int:pk>/follow-up/", need_task, name="need-task"),
    path("needs/<int:pk>/opportunity/", need_opportunity, name="need-opportunity"),
    path("accounts/<int:pk>/needs/new/", need_create, name="need-create"),
    path("accounts/<int:pk>/panels/needs/", panel, name="panel-needs"),
]
