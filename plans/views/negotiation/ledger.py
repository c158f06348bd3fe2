"""The gives-and-gets ledger: across accounts, of one account, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.views.accounts import account_crumbs
from kam.core import charts, formats
from kam.core.badges import Badge
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table, respond
from kam.identity.decorators import requires, signed_in
from plans.choices.negotiation import EntryState, Side, Subject
from plans.forms.negotiation import EntryForm, MoveForm, NewEntryForm, OfAccountForm
from plans.models import GiveGet, NegotiationBrief
from plans.selectors.negotiation import ledger
from plans.selectors.negotiation.words import added_up
from plans.services.negotiation import briefs as brief_services
from plans.services.negotiation import entries as services
from plans.views.negotiation import common, words
from plans.views.negotiation.filters import EntryFilter

# icons: gift plus
ONE_DAY = timedelta(days=1)


@requires(common.VIEW)
@require_GET
def entry_list(request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
    """What is given and got, across accounts or at one with all below it."""
    user, today = signed_in(request), timezone.localdate()
    account = common.team_account(user, pk) if pk is not None else None
    rows = ledger.at_account(account, user) if account else ledger.entries_for(user)
    table = _table(request, rows, account)
    currency = (account.currency_id if account else "") or base_currency()
    chosen: Any = table.source
    states = _states(request)
    sums = ledger.sums_of(chosen, currency=currency, as_of=today, states=states)
    parts = ledger.by_subject(chosen, currency=currency, as_of=today, states=states)
    chart = _chart(parts, currency)
    if chart and (file := charts.export(request, chart)) is not None:
        return file
    title = _("Gives and gets")
    context = {
        "crumbs": account_crumbs(account, (title, "")) if account else common.crumbs((title, "")),
        "tabs": common.tabs(request, "entry-list"),
        "account": account,
        "stats": sum_stats(sums, today),
        "counted": added_up(_states(request)),
        "missing": _missing(sums),
        "chart": chart,
        "may_write": user.can(common.EDIT),
    }
    return respond(request, "plans/entry_list.html", context, table)


def _states(request: HttpRequest) -> Sequence[str]:
    """The states that are added up: those filtered for, else what was agreed and delivered."""
    asked = [one for one in request.GET.getlist("state") if one in EntryState.values]
    return asked or ledger.AGREED


def _missing(sums: ledger.Sums) -> str:
    """How many entries are in no sum, for want of a value or a rate."""
    found = sums.ledger.unknown_gives + sums.ledger.unknown_gets
    if not found:
        return ""
    words_ = ngettext(
        "%(count)s entry has no known value and is in no sum.",
        "%(count)s entries have no known value and are in no sum.",
        found,
    )
    return words_ % {"count": formats.number(found)}


def sum_stats(sums: ledger.Sums, as_of: date) -> list[Stat]:
    """Value given, value got, their ratio, and what is given for nothing."""
    found, unit = sums.ledger, sums.currency
    given = found.given if found.gives > found.unknown_gives else None
    got = found.got if found.gets > found.unknown_gets else None
    alike: dict[str, Any] = {"kind": "money", "unit": unit, "places": 0, "as_of": as_of}
    return [
        Stat(name="given", title=_("We give a year"), value=given,
             unknown=_("No give has a known value"),
             reference=_entries(found.gives, found.unknown_gives), **alike),
        Stat(name="got", title=_("We get a year"), value=got,
             unknown=_("No get has a known value"),
             reference=_entries(found.gets, found.unknown_gets), **alike),
        Stat(name="ratio", title=_("Given ÷ got"), value=found.ratio, places=2,
             unknown=_("Nothing of known value is got"),
             what=_("Above 1 we give more than we get. Values that nobody knows are left out.")),
        Stat(name="unconditional", title=_("Given without a condition"), kind="percent",
             value=found.unconditional_share, places=0,
             unknown=_("Nothing of known value is given"),
             what=_("The part of what we give that asks for nothing in return.")),
    ]  # fmt: skip


def _entries(many: int, unknown: int) -> str:
    said = ngettext("%(n)s entry", "%(n)s entries", many) % {"n": formats.number(many)}
    if not unknown:
        return said
    without = ngettext("%(n)s without a value", "%(n)s without a value", unknown)
    return f"{said}, {without % {'n': formats.number(unknown)}}"


def _chart(parts: Sequence[ledger.SubjectSums], unit: str) -> charts.Chart | None:
    if not parts:
        return None
    return charts.bar(
        name="gives-and-gets",
        title=_("What is given and got a year, by subject"),
        labels=[str(Subject(one.subject).label) for one in parts],
        label_title=_("About"),
        unit=unit,
        places=0,
        series=[
            charts.Series(name=_("We give"), values=[one.given for one in parts], hue=2),
            charts.Series(name=_("We get"), values=[one.got for one in parts], hue=1),
        ],
    )


def _table(request: HttpRequest, rows: Any, account: Account | None) -> Table:
    may = signed_in(request).can(common.EDIT)
    create = reverse("plans:entry-create")
    return Table(
        request,
        rows,
        _columns(),
        name="gives-and-gets",
        caption=_("Gives and gets"),
        default_sort="-changed",
        filters=EntryFilter,
        row_url=(lambda row: reverse("plans:entry-edit", args=[row.pk])) if may else None,
        empty=Empty(
            _("Nothing given or got yet"),
            _("Every give and get with its value, its condition and its proof."),
            _("New entry") if may else "",
            (f"{create}?account={account.pk}" if account else create) if may else "",
            icon="gift",
        ),
    )


def _columns() -> list[Column]:
    return [
        Column(name="side", title=_("Side"), value="get_side_display", sort="side"),
        Column(name="what", title=_("What"), sort="what", css="is-wrapped"),
        Column(
            name="account", title=_("Account"), value="account.name", sort="account__name_key",
            link=lambda row: reverse("plans:entry-account", args=[row.account_id]),
        ),
        Column(name="subject", title=_("About"), value="get_subject_display", sort="subject"),
        Column(
            name="value", title=_("Value a year"), kind="money", value="value", sort="value",
            nullable=True, currency=lambda row: row.currency_id, unknown=_("Not known"),
        ),
        Column(
            name="condition", title=_("Condition"), css="is-wrapped",
            value=lambda row: row.condition or _("None"),
        ),
        Column(name="state", title=_("State"), kind="badge", value=_badge, sort="state"),
        Column(
            name="from", title=_("From"), kind="date", value=lambda row: row.valid.lower,
            default=False,
        ),
        Column(
            name="until", title=_("Last day"), kind="date", value=_last_day, unknown=_("For good")
        ),
        Column(
            name="proof", title=_("Proof"), value=lambda row: row.proof or None, default=False,
            unknown=_("None yet"),
        ),
        Column(
            name="delivered", title=pgettext("state of a give or get", "Delivered"),
            kind="date", value="delivered_on",
            sort="delivered_on", nullable=True, default=False, unknown=_("Not yet"),
        ),
        Column(
            name="brief", title=_("Negotiation"), value=lambda row: row.brief, default=False,
            link=lambda row: row.brief.get_absolute_url() if row.brief else "",
        ),
        Column(
            name="changed", title=_("Changed"), kind="datetime", value="updated_at",
            sort="updated_at", default=False,
        ),
    ]  # fmt: skip


def _badge(row: GiveGet) -> Badge:
    return words.entry_badge(row)


def _last_day(row: GiveGet) -> date | None:
    upper: date | None = row.valid.upper
    return upper - ONE_DAY if upper else None


# One entry


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def entry_create(request: HttpRequest) -> HttpResponse:
    """A new give or get, of an account or one of its negotiations."""
    user, title = signed_in(request), _("New give or get")
    account = common.asked_account(request)
    if account is None:
        choose = OfAccountForm(request.POST or None, user=user)
        url, back = reverse("plans:entry-create"), reverse("plans:entry-list")
        return common.choose_account(request, choose, title=title, url=url, back=back)
    brief = common.asked_brief(request, account)
    side = request.GET.get("side", Side.GIVE)
    form = NewEntryForm(
        request.POST or None,
        initial={
            "side": side if side in Side.values else Side.GIVE,
            "currency": brief.currency if brief else account.currency_id or base_currency(),
            "valid_from": timezone.localdate(),
        },
    )
    return common.acting(
        request,
        form,
        lambda: services.add_entry(
            account=account,
            facts=form.facts(),
            by=user,
            brief=brief,
            state=form.cleaned_data["state"],
        ),
        title=title,
        lead=brief.title if brief else account.name,
        back=_back(account, brief),
        crumbs=common.crumbs((title, "")),
    )


def _back(account: Account, brief: NegotiationBrief | None) -> str:
    if brief is not None:
        return f"{brief.get_absolute_url()}#entries"
    return reverse("plans:entry-account", args=[account.pk])


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def entry_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An entry that is planned or offered; one that was agreed can only move on."""
    entry = common.get_entry(request, pk)
    if entry.state not in services.WRITABLE:
        return entry_move(request, pk)
    form = EntryForm(request.POST or None, initial=EntryForm.starting(entry))
    return common.acting(
        request,
        form,
        lambda: services.update_entry(entry=entry, facts=form.facts(), read_at=form.read_at()),
        title=entry.what,
        lead=f"{entry.account.name} · {entry.get_state_display()}",
        back=_back(entry.account, entry.brief),
        crumbs=common.crumbs((_("Gives and gets"), reverse("plans:entry-list")), (entry.what, "")),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def entry_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry further: offered, agreed, delivered with its proof, lapsed."""
    entry = common.get_entry(request, pk)
    if not services.WAYS.get(entry.state):
        messages.info(request, _("It is %(state)s: nothing changes any more.")
                      % {"state": entry.get_state_display().lower()})  # fmt: skip
        return redirect(_back(entry.account, entry.brief))
    start = {"on": timezone.localdate(), "proof": entry.proof}
    form = MoveForm(request.POST or None, entry=entry, initial=start)
    amount = "–" if entry.value is None else formats.money(entry.value, entry.currency_id)
    return common.acting(
        request,
        form,
        lambda: services.move_entry(entry=entry, **form.cleaned_data),
        title=entry.what,
        lead=f"{entry.account.name} · {entry.get_state_display()} · {amount}",
        back=_back(entry.account, entry.brief),
        crumbs=common.crumbs((_("Gives and gets"), reverse("plans:entry-list")), (entry.what, "")),
    )


@requires(common.EDIT)
@require_POST
def entry_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out what was only planned."""
    entry = common.get_entry(request, pk)
    back = _back(entry.account, entry.brief)
    return common.do(request, lambda: brief_services.forget_planned(entry=entry), back)
