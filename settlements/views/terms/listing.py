"""Agreements together, one of them with its versions, and opening a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import htmx
from kam.core.pages import confirm_page, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.forms.terms.fields import note
from settlements.forms.terms.header import AgreementEditForm, AgreementForm, header_of
from settlements.models import AgreementVersion, TradingAgreement
from settlements.selectors.terms.table import agreements_for, shown_version
from settlements.services.terms.agreements import create_agreement, update_agreement
from settlements.services.terms.versions import discard_draft, draft_version, next_header
from settlements.views.documents import company_values
from settlements.views.terms import common, reading, words
from settlements.views.terms.filters import AgreementFilter
from settlements.views.terms.many import bulk_actions

# icons: plus contract copy pencil file-text
OPEN = (VersionState.DRAFT, VersionState.IN_APPROVAL)


@requires("terms.view")
@require_GET
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Agreements in the user's scope; those about to end by a filter of the address."""
    user = signed_in(request)
    ends = bool(request.GET.get("ends"))
    table = Table(
        request,
        agreements_for(user, as_of=timezone.localdate()),
        _columns(),
        name="agreements",
        caption=_("Agreements"),
        default_sort="end" if ends else "account",
        row_url=TradingAgreement.get_absolute_url,
        bulk=bulk_actions(user),
        filters=AgreementFilter,
        empty=_nothing(user),
    )
    context = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs("ending" if ends else "all"),
        "may_write": user.can("terms.edit"),
    }
    return table.response("settlements/agreement_list.html", context)


def _nothing(user: User) -> Empty:
    may = user.can("terms.edit")
    return Empty(
        _("No agreement was written down yet"),
        _("An agreement says how goods are settled and paid; what is owed is computed from it."),
        _("New agreement") if may else "",
        reverse("settlements:agreement-create") if may else "",
        icon="contract",
    )


def _method(row: TradingAgreement) -> str | None:
    version = shown_version(row)
    titles = [str(term.get_preset_display()) for term in version.terms.all()] if version else []
    return ", ".join(dict.fromkeys(titles)) or None


def _of_version(read: Callable[[AgreementVersion], Any]) -> Callable[[TradingAgreement], Any]:
    def value(row: TradingAgreement) -> Any:
        version = shown_version(row)
        return read(version) if version else None

    return value


def _columns() -> list[Column]:
    return [
        Column(name="number", title=_("Number"), sort="number"),
        Column(name="name", title=_("Agreement"), sort="name", css="is-wrapped"),
        Column(
            name="account",
            title=_("Account"),
            value="account.name",
            sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        Column(
            name="method", title=_("Method"), value=_method, css="is-wrapped",
            unknown=_("Nothing is said yet"),
        ),
        Column(
            name="state", title=_("State"), kind="badge", value=_of_version(words.state_badge),
            sort="shown_state", unknown=_("No version was written yet"),
        ),
        *_validity_columns(),
        Column(
            name="company", title=_("Selling company"), value="selling_company.name",
            sort="selling_company__name", default=False,
        ),
        Column(name="currency", title=_("Currency"), value="currency_id", sort="currency",
               default=False),
        Column(
            name="version", title=_("Version"), kind="number", places=0,
            value=_of_version(lambda version: version.version), default=False,
        ),
    ]  # fmt: skip


def _validity_columns() -> list[Column]:
    return [
        Column(
            name="start", title=_("Holds from"), kind="date", value="shown_start",
            sort="shown_start", nullable=True, default=False,
        ),
        Column(
            name="end", title=_("Last day"), kind="date", value=_of_version(words.last_day),
            sort="shown_end", nullable=True, unknown=_("It has no last day"),
        ),
        Column(
            name="notice", title=_("Notice until"), kind="date",
            value=_of_version(lambda version: version.notice_by),
            unknown=_("No notice was agreed"),
        ),
    ]  # fmt: skip


@requires("terms.view")
@require_GET
def agreement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: its versions, and what the one of today says."""
    user, today = signed_in(request), timezone.localdate()
    agreement = common.get_agreement(request, pk)
    rows = agreement.versions.select_related("agreement", "written_by", "approved_by")
    versions = list(rows.order_by("-version"))
    for one in versions:
        one.agreement = agreement
    current = next((one for one in versions if one.covers(today)), None)
    may_write = common.may_write(user, agreement)
    draft = next((one for one in versions if one.state in OPEN), None)
    context = {
        "agreement": agreement,
        "currency": agreement.currency_id,
        "versions": [
            (one, words.state_badge(one).__html__(), words.last_day(one)) for one in versions
        ],
        "current": current,
        "blocks": reading.blocks(current, today=today) if current else [],
        "draft": draft,
        "may_write": may_write,
        "may_delete": may_write and all(one.is_editable for one in versions),
        "history": history_of(agreement),
        "crumbs": common.crumbs((agreement.name, "")),
    }
    return render(request, "settlements/agreement_detail.html", context)


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def agreement_create(request: HttpRequest) -> HttpResponse:
    """A new agreement with its first draft; what it says is written next."""
    user = signed_in(request)
    form = AgreementForm(request.POST or None, user=user, initial=_first(request))
    if request.method == "POST" and form.is_valid():
        account = form.cleaned_data["account"]
        if not _may_open(user, account):
            form.add_error("account", _("You may not write agreements of this account."))
        else:
            try:
                version = _open(form, user)
            except RefusedError as problem:
                add_to_form(form, problem)
            else:
                messages.success(request, _("The agreement is opened. Choose its method now."))
                return redirect(common.page_of("agreement-term-create", version))
    title = _("New agreement")
    return form_page(
        request,
        form,
        title=title,
        save=_("Continue"),
        lead=_("A draft changes nothing until somebody else has approved it."),
        cancel_url=reverse("settlements:agreement-list"),
        crumbs=common.crumbs((title, "")),
    )


def _may_open(user: User, account: Account) -> bool:
    if user.can("terms.approve") or user.can("accounts.assign_lead"):
        return True
    return bool(set(account.lead_chain) & set(user.acting_user_ids()))


def _open(form: AgreementForm, user: User) -> AgreementVersion:
    from django.db import transaction

    values = dict(form.cleaned_data)
    header = header_of({"start": values.pop("start"), "last": values.pop("last")})
    with transaction.atomic():
        agreement = create_agreement(by=user, **values)
        return draft_version(agreement=agreement, header=header, by=user)


def _first(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the account that the address names, our company, today."""
    found: dict[str, Any] = {"start": timezone.localdate(), **company_values()}
    asked = request.GET.get("account", "")
    if asked.isdecimal():
        rows = Account.objects.visible_to(signed_in(request))
        if (account := rows.filter(pk=asked[:18]).first()) is not None:
            found["account"] = as_typed(account)
    return found


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Number, name and note of an agreement."""
    agreement = common.get_agreement(request, pk, to_write=True)
    form = AgreementEditForm(request.POST or None, initial=AgreementEditForm.starting(agreement))
    if request.method == "POST" and form.is_valid():
        try:
            update_agreement(agreement=agreement, **form.said())
        except RefusedError as problem:
            note(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect(agreement.get_absolute_url())
    return form_page(
        request,
        form,
        title=_("Edit %(name)s") % {"name": agreement.name},
        cancel_url=agreement.get_absolute_url(),
        crumbs=common.crumbs((agreement.name, agreement.get_absolute_url()), (_("Edit"), "")),
    )


@requires("terms.edit")
@require_POST
def version_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft that says what the newest version says."""
    agreement = common.get_agreement(request, pk, to_write=True)
    user, today = signed_in(request), timezone.localdate()
    last = agreement.versions.order_by("-version").first()
    header = next_header(last, as_of=today) if last else header_of({"start": today, "last": None})
    try:
        version = draft_version(agreement=agreement, header=header, by=user, copy_of=last)
    except RefusedError as problem:
        messages.error(request, str(problem))
        return redirect(agreement.get_absolute_url())
    messages.success(request, _("A draft with all that the version before says is ready."))
    return redirect(common.page_of("agreement-version-edit", version))


@requires("terms.edit")
@require_http_methods(["GET", "POST"])
def version_discard(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Throw a draft away, after asking."""

    version = common.get_draft(request, pk, number)
    if request.method == "POST":
        try:
            discard_draft(version=version, by=signed_in(request))
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The draft is gone."))
        return htmx.redirect(request, version.agreement.get_absolute_url())
    return confirm_page(
        request,
        title=_("Throw the draft away?"),
        verb=_("Throw away"),
        back_url=version.get_absolute_url(),
        goes=[_("Version %(n)s with all that it says") % {"n": version.version}],
        stays=[_("Every approved version"), _("The history of the draft")],
    )
