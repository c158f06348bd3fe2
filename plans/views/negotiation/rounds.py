"""Price change rounds: the list, one with its accounts, and how far each of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import formats
from kam.core.pages import confirm_page
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from plans.choices.negotiation import RoundAccountState, RoundState
from plans.forms.price_rounds import RoundAccountForm, RoundAccountsForm, RoundForm, StepForm
from plans.models import PriceRound, PriceRoundAccount
from plans.selectors.negotiation import reads
from plans.selectors.negotiation.buyers import buyers_of
from plans.services.negotiation import rounds as services
from plans.views.negotiation import common, words
from plans.views.negotiation.filters import RoundAccountFilter, RoundFilter

# icons: speakerphone plus pencil player-play circle-check ban trash users-plus


@requires(common.VIEW)
@require_GET
def round_list(request: HttpRequest) -> HttpResponseBase:
    """Price rounds, the latest first; counts are of accounts that the user may read."""
    user = signed_in(request)
    may, create = user.can(common.CONFIGURE), reverse("plans:round-create")
    table = Table(
        request,
        reads.rounds_for(user),
        [
            Column(name="from", title=_("From"), kind="date", value="effective_on",
                   sort="effective_on"),
            Column(name="title", title=_("Round"), sort="title", css="is-wrapped"),
            Column(name="reason", title=_("Reason"), value="get_reason_display", sort="reason"),
            Column(name="state", title=_("State"), kind="badge", value=words.round_badge),
            Column(name="many", title=_("Accounts"), kind="number", places=0, sort="many"),
            Column(name="settled", title=pgettext("price round", "Settled"),
                   kind="number", places=0, sort="settled"),
            Column(name="owner", title=_("Owner"), value="owner.full_name",
                   sort="owner__full_name"),
        ],
        name="price-rounds",
        caption=_("Price rounds"),
        default_sort="-from",
        row_url=PriceRound.get_absolute_url,
        filters=RoundFilter,
        empty=Empty(
            _("No price round yet"),
            _("A round changes prices for many accounts: why, what, from when, and how far each "
              "account is."),
            _("New price round") if may else "",
            create if may else "",
            icon="speakerphone",
        ),
    )  # fmt: skip
    context = {
        "crumbs": common.crumbs((_("Price rounds"), "")),
        "tabs": common.tabs(request, "round-list"),
        "may_write": may,
    }
    return table.response("plans/round_list.html", context)


def _get(request: HttpRequest, pk: int) -> PriceRound:
    found: PriceRound = get_object_or_404(reads.rounds_for(signed_in(request)), pk=pk)
    return found


def _get_open(request: HttpRequest, pk: int) -> PriceRound:
    found = _get(request, pk)
    if found.state not in services.OPEN:
        raise Http404
    return found


def _crumbs(found: PriceRound | None, *steps: tuple[str, str]) -> Any:
    own = reverse("plans:round-list")
    if found is None:
        return common.crumbs((_("Price rounds"), own), *steps)
    url = found.get_absolute_url() if steps else ""
    return common.crumbs((_("Price rounds"), own), (found.title, url), *steps)


@requires(common.VIEW)
@require_GET
def round_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A round: what changes by how much, and its accounts, the first notice due first."""
    found, user = _get(request, pk), signed_in(request)
    may = user.can(common.CONFIGURE) and found.state in services.OPEN
    table = _accounts(request, found)
    steps = found.steps.select_related("product", "category")
    context = {
        "round": found,
        "state": words.round_badge(found).__html__(),
        "steps": [
            (one, formats.signed(formats.percent(one.percent / 100, 2), one.percent))
            for one in steps
        ],
        "may_write": may,
        "is_draft": found.state == RoundState.DRAFT,
        "progress": _progress(found),
        "history": history_of(found),
        "crumbs": _crumbs(found),
    }
    return table.response("plans/round_detail.html", context)


def _progress(found: Any) -> str:
    if not found.many:
        return ""
    said = ngettext("%(done)s of %(many)s account settled", "%(done)s of %(many)s accounts settled",
                    found.many)  # fmt: skip
    return said % {"done": formats.number(found.settled), "many": formats.number(found.many)}


def _accounts(request: HttpRequest, found: PriceRound) -> Table:
    user, today = signed_in(request), timezone.localdate()
    running = found.state == RoundState.RUNNING

    def late(row: PriceRoundAccount) -> str:
        is_late = row.state == "to_tell" and row.notice_by is not None and row.notice_by < today
        return "is-warning" if running and is_late else ""

    return Table(
        request,
        reads.round_accounts(user, found),
        [*_account_columns(), *_taking_out(request, found)],
        name="round-accounts",
        caption=_("Accounts of the round"),
        filters=RoundAccountFilter,
        default_sort="notice",
        row_url=(lambda row: reverse("plans:round-account", args=[found.pk, row.pk]))
        if running and user.can(common.EDIT)
        else None,
        row_css=late,
        empty=Empty(
            _("No account in sight"),
            _("Accounts of your teams stand here once they are in the round."),
            icon="users",
        ),
    )  # fmt: skip


def _account_columns() -> list[Column]:
    return [
        Column(name="account", title=_("Account"), value="account.name",
               sort="account__name_key", link=lambda row: row.account.get_absolute_url()),
        Column(name="state", title=_("State"), kind="badge", value=words.account_badge,
               sort="state"),
        Column(name="notice", title=_("To be told by"), kind="date", value="notice_by",
               sort="notice_by", nullable=True, unknown=_("No agreement asks for a notice")),
        Column(name="told", title=_("Told"), kind="date", value="told_on", sort="told_on",
               nullable=True, unknown=_("Not yet")),
        Column(name="agreed", title=_("Agreed, percent"), kind="number", value="agreed_percent",
               sort="agreed_percent", nullable=True, unknown=_("Not yet")),
        Column(name="from", title=_("In force from"), kind="date", value="effective_on",
               sort="effective_on", nullable=True, unknown=_("Not yet")),
        Column(name="lead", title=_("Lead"),
               value=lambda row: row.account.current_lead, unknown=_("Nobody")),
        Column(name="note", title=_("Note"), value=lambda row: row.note or None,
               default=False, unknown=_("None")),
    ]  # fmt: skip


class Takes(Column):
    """The button that takes a row out; a file has none."""

    def exported(self, row: Any) -> None:
        """Buttons are nothing for a file."""


def _taking_out(request: HttpRequest, found: PriceRound) -> list[Column]:
    """A button for each account that was not told yet, for those who run the round."""
    if found.state not in services.OPEN or not signed_in(request).can(common.CONFIGURE):
        return []

    def button(row: PriceRoundAccount) -> SafeString:
        if row.state != RoundAccountState.TO_TELL:
            return SafeString("")
        context = {"round": found, "entry": row}
        return render_to_string("plans/round_detail.html#take", context, request)

    told = _("This account was told already: it stays in the round.")
    return [Takes(name="remove", title=_("Take out"), kind="html", value=button, unknown=told)]


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def round_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new round, or another word on one."""
    found = _get_open(request, pk) if pk is not None else None
    start = RoundForm.starting(found) if found else {"owner": signed_in(request)}
    form = RoundForm(request.POST or None, initial=start)
    title = _("Edit") if found else _("New price round")
    return common.acting(
        request,
        form,
        lambda: services.save_round(facts=form.cleaned_data, found=found, read_as=form.read_as()),
        title=title,
        back=found.get_absolute_url() if found else reverse("plans:round-list"),
        crumbs=_crumbs(found, (title, "")),
        to=PriceRound.get_absolute_url,
    )


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def step_add(request: HttpRequest, pk: int) -> HttpResponse:
    """By how much a product or a category changes."""
    found, form = _get_open(request, pk), StepForm(request.POST or None)
    return common.acting(
        request,
        form,
        lambda: services.add_step(found=found, facts=form.cleaned_data),
        title=_("What changes"),
        back=found.get_absolute_url(),
        crumbs=_crumbs(found, (_("What changes"), "")),
    )


@requires(common.CONFIGURE)
@require_POST
def step_remove(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    """Take a step out of a draft."""
    found = _get_open(request, pk)
    step = get_object_or_404(found.steps.all(), pk=step_pk)
    return common.do(request, lambda: services.remove_step(step=step), found.get_absolute_url())


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def accounts_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in the accounts that buy what changes."""
    found, user, today = _get_open(request, pk), signed_in(request), timezone.localdate()
    form = RoundAccountsForm(request.POST or None)
    counts = {
        "tops": buyers_of(found, user, as_of=today).count(),
        "buyers": buyers_of(found, user, as_of=today, tops=False).count(),
    }
    groups = ngettext("%(n)s group", "%(n)s groups", counts["tops"])
    accounts = ngettext("%(n)s account", "%(n)s accounts", counts["buyers"])
    lead = _("They bought these goods and are not in the round: %(groups)s, %(accounts)s.") % {
        "groups": groups % {"n": formats.number(counts["tops"])},
        "accounts": accounts % {"n": formats.number(counts["buyers"])},
    }

    def act() -> object:
        tops = form.cleaned_data["level"] == "tops"
        rows = buyers_of(found, user, as_of=today, tops=tops)
        return services.add_accounts(found=found, accounts=list(rows), as_of=today)

    return common.acting(
        request,
        form,
        act,
        title=_("Add accounts"),
        lead=lead,
        save=_("Add"),
        back=found.get_absolute_url(),
        crumbs=_crumbs(found, (_("Add accounts"), "")),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def round_account(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """How far the round is with an account."""
    found = _get_open(request, pk)
    entry = _entry(request, found, entry_pk)
    form = RoundAccountForm(request.POST or None, initial=RoundAccountForm.starting(entry))

    def act() -> object:
        facts = dict(form.cleaned_data)
        return services.set_account(entry=entry, state=facts.pop("state"), facts=facts)

    due = formats.date(entry.notice_by) if entry.notice_by else _("no day is set")
    return common.acting(
        request,
        form,
        act,
        title=entry.account.name,
        lead=_("%(round)s · to be told by: %(day)s") % {"round": found.title, "day": due},
        back=found.get_absolute_url(),
        crumbs=_crumbs(found, (entry.account.name, "")),
    )


def _entry(request: HttpRequest, found: PriceRound, pk: int) -> PriceRoundAccount:
    rows = PriceRoundAccount.objects.editable_by(signed_in(request)).filter(round=found)
    entry: PriceRoundAccount = get_object_or_404(rows.select_related("account", "round"), pk=pk)
    return entry


@requires(common.CONFIGURE)
@require_POST
def account_remove(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Take an account out that was not told."""
    found = _get_open(request, pk)
    entry = _entry(request, found, entry_pk)
    return common.do(
        request, lambda: services.remove_account(entry=entry), found.get_absolute_url()
    )


@requires(common.CONFIGURE)
@require_POST
def round_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Accounts are told from now on."""
    return _go(request, pk, services.begin_round)


@requires(common.CONFIGURE)
@require_POST
def round_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """It is known how it ended with every account."""
    return _go(request, pk, services.finish_round)


def _go(request: HttpRequest, pk: int, act: Callable[..., object]) -> HttpResponse:
    found = _get_open(request, pk)
    return common.do(request, lambda: act(found=found), found.get_absolute_url(), _("Saved"))


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def round_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, after asking."""
    if request.method == "POST":
        return _go(request, pk, services.cancel_round)
    found = _get_open(request, pk)
    return confirm_page(
        request,
        title=_("Call the price round off?"),
        verb=pgettext("price round", "Call off"),
        back_url=found.get_absolute_url(),
        goes=[_("What waits to be told")],
        stays=[_("What was told to accounts, and what they said")],
    )
