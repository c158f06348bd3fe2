"""The portrait of an account: panel, page, list, and each way to add to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import PortraitHeading
from accounts.forms.known_filters import StatementFilter
from accounts.forms.portraits import (
    ConfirmForm,
    PortraitSettingsForm,
    StatementForm,
    WithdrawForm,
)
from accounts.models import Account, PortraitStatement
from accounts.selectors import portrait as reads
from accounts.services import portraits as services
from accounts.views.accounts import (
    account_crumbs,
    all_accounts,
    get_account,
    get_editable,
    may_edit,
)
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.pages import confirm_page, form_page, safe_next, settings_crumbs
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

# icons: lock hourglass
VIEW, EDIT = "portrait.view", "portrait.edit"
SECTION_TITLES = {
    "origin": gettext_lazy("Origin"),
    "culture": gettext_lazy("Culture"),
    "strategy": gettext_lazy("Strategy"),
}


def portrait_url(account: Account) -> str:
    """The portrait page of an account."""
    return reverse("accounts:portrait", args=[account.pk])


def _context(request: HttpRequest, account: Account) -> dict[str, Any]:
    user = signed_in(request)
    found = reads.portrait_of(account, user=user, as_of=timezone.localdate())
    return {
        "account": account,
        "portrait": found,
        "sections": [
            {"key": key, "title": SECTION_TITLES[key], "headings": found.under(headings)}
            for key, headings in reads.SECTIONS
        ],
        "may_write": user.can(EDIT) and may_edit(user, account),
        "gaps": [str(gap.label) for gap in found.gaps],
    }


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands of the portrait, and which headings are empty."""
    account = get_account(request, pk)
    context = {
        **_context(request, account),
        "title": _("Portrait"),
        "panel_template": "accounts/panels/portrait.html",
        "crumbs": account_crumbs(account, (_("Portrait"), "")),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires(VIEW)
@require_GET
def portrait(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole portrait as one document, and every statement over time."""
    account = get_account(request, pk)
    context = {
        **_context(request, account),
        "past": reads.statements_over_time(account, user=signed_in(request)),
        "may_configure": signed_in(request).can("portrait.configure"),
        "crumbs": account_crumbs(account, (_("Portrait"), "")),
    }
    return render(request, "accounts/portrait.html", context)


def _statement(request: HttpRequest, pk: int, statement_pk: int) -> PortraitStatement:
    """A statement of an account that the user may change. Raises Http404."""
    account = get_editable(request, pk)
    rows = PortraitStatement.objects.visible_to(signed_in(request)).filter(account=account)
    found: PortraitStatement = get_object_or_404(rows.select_related("account"), pk=statement_pk)
    return found


def _words(form: StatementForm) -> Any:
    return dict(form.cleaned_data)


def _answer(
    request: HttpRequest, account: Account, form: Any, *, title: str, lead: str = "", save: str = ""
) -> HttpResponse:
    """A form in the side panel, or as a page."""
    context = {
        "account": account,
        "title": title,
        "lead": lead,
        "form": form,
        "save": save or _("Save"),
        "action": request.get_full_path(),
        "is_part": htmx.is_htmx(request),
        "cancel_url": safe_next(request, portrait_url(account)),
        "crumbs": account_crumbs(account, (_("Portrait"), portrait_url(account)), (title, "")),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(request, "accounts/known_form.html", context, "panel", status=status)


def _done(request: HttpRequest, account: Account, words: str) -> HttpResponse:
    messages.success(request, words)
    return htmx.redirect(request, safe_next(request, portrait_url(account)))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int, heading: str) -> HttpResponse:
    """Say something under a heading."""
    account = get_editable(request, pk)
    if heading not in PortraitHeading.values:
        raise Http404
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.write_statement(
                account=account,
                heading=heading,
                author=signed_in(request),
                as_of=timezone.localdate(),
                **_words(form),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _done(request, account, _("The statement was added."))
    return _answer(request, account, form, title=str(PortraitHeading(heading).label))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    """Say what holds instead; what was said stays in the history."""
    old = _statement(request, pk, statement_pk)
    names = ("text", "evidence", "link", "is_confidential")
    start = {name: getattr(old, name) for name in names} | {"is_confirmed": old.is_confirmed}
    form = StatementForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.replace_statement(
                statement=old,
                author=signed_in(request),
                as_of=timezone.localdate(),
                **_words(form),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _done(request, old.account, _("Saved; the old statement is in the history."))
    return _answer(request, old.account, form, title=str(PortraitHeading(old.heading).label))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    """Confirm what was assumed, with evidence."""
    old = _statement(request, pk, statement_pk)
    form = ConfirmForm(request.POST or None, initial={"evidence": old.evidence, "link": old.link})
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_statement(
                statement=old,
                author=signed_in(request),
                as_of=timezone.localdate(),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            return _done(request, old.account, _("The statement is confirmed."))
    return _answer(
        request,
        old.account,
        form,
        title=_("Confirm a statement"),
        lead=old.text,
        save=_("Confirm"),
    )


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int, statement_pk: int) -> HttpResponse:
    """Take a statement back, after asking."""
    old = _statement(request, pk, statement_pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_statement(
                statement=old,
                author=signed_in(request),
                as_of=timezone.localdate(),
                **form.cleaned_data,
            )
        except RefusedError as problem:
            messages.error(request, str(problem))
            return htmx.redirect(request, portrait_url(old.account))
        return _done(request, old.account, _("The statement was withdrawn."))
    return confirm_page(
        request,
        title=_("Withdraw this statement?"),
        verb=pgettext("portrait", "Withdraw"),
        back_url=portrait_url(old.account),
        text=old.text,
        stays=[_("The statement in the history, with who withdrew it and when")],
        form=form,
    )


def _basis(row: PortraitStatement) -> Badge:
    if row.is_confirmed:
        return Badge(row.get_basis_display(), "success")
    return Badge(row.get_basis_display(), "neutral")


COLUMNS = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: portrait_url(row.account),
    ),
    Column(
        name="heading",
        title=gettext_lazy("Heading"),
        value=lambda row: PortraitHeading(row.heading).label,
        sort="heading",
    ),
    Column(name="text", title=pgettext_lazy("portrait", "Statement"), css="cell-long"),
    Column(
        name="basis", title=gettext_lazy("Basis"), kind="badge", value=_basis, sort="basis"
    ),
    Column(name="said_on", title=gettext_lazy("As of"), kind="date", sort="said_on"),
    Column(
        name="author", title=gettext_lazy("Author"), value="author.full_name",
        sort="author__full_name",
    ),
    Column(
        name="evidence",
        title=gettext_lazy("Evidence"),
        value=lambda row: row.evidence or None,
        unknown=gettext_lazy("No evidence given"),
        default=False,
    ),
    Column(
        name="link",
        title=gettext_lazy("Link"),
        value=lambda row: row.link or None,
        unknown=gettext_lazy("No link given"),
        default=False,
    ),
    Column(
        name="confidential",
        title=gettext_lazy("Who may see it"),
        value=lambda row: _("The team only") if row.is_confidential else _("Who sees the account"),
        default=False,
    ),
]  # fmt: skip


@requires(VIEW)
@require_GET
def statement_list(request: HttpRequest) -> HttpResponseBase:
    """What stands in the portraits of visible accounts, old statements to be found by a filter."""
    user, today = signed_in(request), timezone.localdate()
    table = Table(
        request,
        reads.statements_for(user, as_of=today),
        COLUMNS,
        name="statements",
        caption=_("Portraits"),
        default_sort="-said_on",
        row_url=lambda row: portrait_url(row.account),
        filters=StatementFilter,
        empty=Empty(
            _("No statements yet"),
            _("Who a customer is, how it decides and what it aims at: written on its portrait."),
            _("Open the accounts"),
            reverse("accounts:account-list"),
            icon="file-text",
        ),
    )
    context = {
        "crumbs": [all_accounts(), (_("Portraits"), "")],
        "may_configure": user.can("portrait.configure"),
    }
    return table.response("accounts/statement_list.html", context)


@requires("portrait.configure")
@require_http_methods(["GET", "POST"])
def settings_edit(request: HttpRequest) -> HttpResponse:
    """After how many months a statement counts as old."""
    form = PortraitSettingsForm(request.POST or None, initial={"months": reads.stale_months()})
    if request.method == "POST" and form.is_valid():
        services.set_stale_months(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:portrait-settings")
    title = _("Portraits")
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("core:settings"),
        crumbs=settings_crumbs((title, "")),
    )
