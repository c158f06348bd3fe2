"""Promises of both sides at an account: the panel, one promise, what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.team import (
    PromiseForm,
    PromiseMoveForm,
    PromiseSettleForm,
    PromiseWordsForm,
)
from accounts.models import Promise
from accounts.selectors.team.promises import promises_for, promises_of
from accounts.services.team import promises as services
from accounts.views.accounts import account_crumbs
from accounts.views.team.common import (
    account_page,
    crumbs_of,
    get_worked_on,
    leads_or_directs,
    promise_badge,
    sign,
)
from kam.core import htmx
from kam.core.pages import confirm_page, form_page, safe_next
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@requires("promises.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What is promised in both directions, and how far each side kept its word."""
    account = get_worked_on(request, pk)
    context = {
        "account": account,
        "title": _("Promises"),
        "panel_template": "accounts/panels/promises.html",
        "crumbs": account_crumbs(account, (_("Promises"), "")),
        **promise_context(request, pk),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def promise_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The promises of an account as panel and matrix show them."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    found = promises_of(account, user, as_of=today)
    rows = [(one, sign(promise_badge(one, today))) for one in (*found.open, *found.settled)]
    return {
        "promises": found,
        "promise_rows": rows,
        "may_promise": user.can("promises.edit"),
        "promises_cut": found.count > len(rows),
    }


def _promise(request: HttpRequest, pk: int) -> Promise:
    found: Promise = get_object_or_404(promises_for(signed_in(request)), pk=pk)
    return found


def _editable(request: HttpRequest, pk: int) -> Promise:
    rows: QuerySet[Promise] = Promise.objects.editable_by(signed_in(request))
    shown = rows.select_related("account", "user", "position__person")
    found: Promise = get_object_or_404(shown, pk=pk)
    return found


def _may_edit(promise: Promise, user: User) -> bool:
    return bool(Promise.objects.editable_by(user).filter(pk=promise.pk).exists())


@requires("promises.view")
@require_GET
def promise_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise: who, whom, by when, how its day moved, what became of it."""
    user, today = signed_in(request), timezone.localdate()
    promise = _promise(request, pk)
    context = {
        "promise": promise,
        "badge": sign(promise_badge(promise, today)),
        "days": (promise.due_on - today).days,
        "moves": promise.moves.select_related("author"),
        "may_edit": _may_edit(promise, user),
        "account_url": account_page(user, promise.account, "promises"),
        "crumbs": crumbs_of(user, promise.account, (_("Promise"), "")),
    }
    return render(request, "accounts/promise_detail.html", context)


@requires("promises.edit")
@require_http_methods(["GET", "POST"])
def promise_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a promise; for a colleague only where one leads or directs the account."""
    user, today = signed_in(request), timezone.localdate()
    account = get_worked_on(request, pk)
    form = PromiseForm(
        request.POST or None,
        account=account,
        user=user,
        as_of=today,
        may_name_others=leads_or_directs(user, account),
        initial={"side": request.GET.get("side") or "ours"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.add_promise(account=account, author=user, as_of=today, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The promise was noted."))
            return redirect(account_page(user, account, "promises"))
    return form_page(
        request,
        form,
        title=_("Promise"),
        cancel_url=account_page(user, account, "promises"),
        crumbs=crumbs_of(user, account, (_("New promise"), "")),
    )


@requires("promises.edit")
@require_http_methods(["GET", "POST"])
def promise_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend the words."""
    promise = _editable(request, pk)
    start = {"what": promise.what, "note": promise.note}
    form = PromiseWordsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.update_promise(promise=promise, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(promise.get_absolute_url())
    return _form(request, form, promise, _("Edit the promise"))


@requires("promises.edit")
@require_http_methods(["GET", "POST"])
def promise_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree another day; the former one stays known."""
    promise = _open(request, pk)
    form = PromiseMoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, today = signed_in(request), timezone.localdate()
        try:
            services.move_promise(promise=promise, author=user, as_of=today, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The new day was noted."))
            return redirect(promise.get_absolute_url())
    return _form(
        request,
        form,
        promise,
        _("Agree another day"),
        lead=_("The former day stays known. Kept after a day that had passed is kept late."),
    )


@requires("promises.edit")
@require_http_methods(["GET", "POST"])
def promise_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of it."""
    promise, today = _open(request, pk), timezone.localdate()
    form = PromiseSettleForm(request.POST or None, promise=promise, initial={"settled_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            services.settle_promise(promise=promise, as_of=today, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The outcome was noted."))
            return redirect(safe_next(request, promise.get_absolute_url()))
    return _form(request, form, promise, _("What became of it?"), lead=promise.what)


@requires("promises.edit")
@require_http_methods(["GET", "POST"])
def promise_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the outcome back, after asking."""
    promise = _editable(request, pk)
    if promise.is_open:
        raise Http404
    if request.method == "POST":
        services.reopen_promise(promise=promise)
        messages.success(request, _("The promise is open again."))
        return htmx.redirect(request, promise.get_absolute_url())
    return confirm_page(
        request,
        title=_("Open this promise again?"),
        verb=_("Open again"),
        back_url=promise.get_absolute_url(),
        goes=[f"{promise.get_outcome_display()} {promise.outcome_note}"],
        stays=[_("The history of the promise")],
    )


def _open(request: HttpRequest, pk: int) -> Promise:
    promise = _editable(request, pk)
    if not promise.is_open:
        raise Http404
    return promise


def _form(
    request: HttpRequest, form: Any, promise: Promise, title: str, lead: str = ""
) -> HttpResponse:
    user = signed_in(request)
    own = (promise.what, promise.get_absolute_url())
    return form_page(
        request,
        form,
        title=title,
        lead=lead,
        cancel_url=promise.get_absolute_url(),
        crumbs=crumbs_of(user, promise.account, own, (title, "")),
    )
