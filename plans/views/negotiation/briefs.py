"""Negotiations: the list, the panel of an account, and a brief as one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Account
from accounts.selectors.team.members import accounts_worked_on
from accounts.views.accounts import account_crumbs
from kam.core import htmx
from kam.core.selectors.history import history_of
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from plans.choices.negotiation import BriefState, Side
from plans.forms.negotiation import (
    BriefForm,
    ConcludeForm,
    DeciderForm,
    IssueForm,
    OfAccountForm,
)
from plans.forms.reviews import plan_of_day
from plans.models import BriefDecider, BriefIssue, GiveGet, NegotiationBrief
from plans.selectors.negotiation import ledger, reads
from plans.selectors.negotiation.mandates import mandates_of
from plans.selectors.negotiation.words import added_up
from plans.services.negotiation import briefs as services
from plans.views.negotiation import common, words
from plans.views.negotiation.filters import BriefFilter
from plans.views.negotiation.ledger import sum_stats
from plans.views.negotiation.mandates import unit_of

# icons: scale plus pencil messages circle-check trash tag gift users
PAGE = "plans/negotiation_detail.html"
SHOWN = 6


@requires(common.VIEW)
@require_GET
def negotiation_list(request: HttpRequest) -> HttpResponseBase:
    """Negotiations of one's own accounts and teams, the latest first."""
    user = signed_in(request)
    may = user.can(common.EDIT)
    table = Table(
        request,
        reads.counted(reads.briefs_for(user)),
        _columns(),
        name="negotiations",
        caption=_("Negotiations"),
        default_sort="-begins",
        row_url=NegotiationBrief.get_absolute_url,
        filters=BriefFilter,
        empty=Empty(
            _("No negotiation yet"),
            _("A brief says what we want, where we walk away, and what we trade for what. Only "
              "the account’s team reads it."),
            _("Prepare a negotiation") if may else "",
            reverse("plans:negotiation-create") if may else "",
            icon="scale",
        ),
    )  # fmt: skip
    context = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "negotiation-list"),
        "may_write": may,
    }
    return table.response("plans/negotiation_list.html", context)


def _columns() -> list[Column]:
    return [
        Column(name="begins", title=_("Begins"), kind="date", value="begins_on", sort="begins_on"),
        Column(name="title", title=_("Negotiation"), sort="title", css="is-wrapped"),
        Column(
            name="account", title=_("Account"), value="account.name", sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        Column(name="state", title=_("State"), kind="badge", value=words.brief_badge),
        Column(
            name="ends", title=_("To be agreed by"), kind="date", value="ends_on", sort="ends_on",
            nullable=True, unknown=_("No day is set"),
        ),
        Column(
            name="issues", title=_("Issues"), kind="number", places=0, value="many_issues",
            sort="many_issues",
        ),
        Column(
            name="waiting", title=_("Offers that wait"), kind="number", places=0, value="waiting",
            sort="waiting",
        ),
        Column(
            name="owner", title=_("Who negotiates"), value="owner.full_name",
            sort="owner__full_name",
        ),
    ]  # fmt: skip


@requires(common.VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Negotiations, sums of the ledger and offers of an account and all below it."""
    user = signed_in(request)
    account: Account = get_object_or_404(accounts_worked_on(user), pk=pk)
    rows = reads.briefs_for(user).filter(account__path__contains=[account.pk])
    offers = reads.offers_for(user).filter(account__path__contains=[account.pk])
    entries = ledger.at_account(account, user)
    today = timezone.localdate()
    sums = ledger.sums_of(entries, currency=_currency(account), as_of=today)
    context = {
        "account": account,
        "title": _("Negotiation"),
        "panel_template": "plans/panels/negotiation.html",
        "crumbs": account_crumbs(account, (_("Negotiation"), "")),
        "briefs": [(one, words.brief_badge(one).__html__()) for one in rows[:SHOWN]],
        "offers": [
            (one, words.offer_badge(one).__html__())
            for one in offers.filter(state__in=reads.STANDING)[:SHOWN]
        ],
        "stats": sum_stats(sums, today) if not sums.ledger.is_empty else [],
        "counted": added_up(ledger.AGREED),
        "may_write": user.can(common.EDIT) and reads.is_of_team(user, account.pk),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _currency(account: Account) -> str:
    return account.currency_id or base_currency()


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def negotiation_create(request: HttpRequest) -> HttpResponse:
    """Prepare a negotiation: first with whom, where the address does not say."""
    user, title = signed_in(request), _("Prepare a negotiation")
    account, back = common.asked_account(request), reverse("plans:negotiation-list")
    if account is None:
        form: Any = OfAccountForm(request.POST or None, user=user)
        url = reverse("plans:negotiation-create")
        return common.choose_account(request, form, title=title, url=url, back=back)
    form = BriefForm(
        request.POST or None, account=account, user=user, initial=_first(account, user)
    )
    return common.acting(
        request,
        form,
        lambda: services.prepare(account=account, facts=form.preparation()),
        title=title,
        save=_("Prepare"),
        lead=account.name,
        back=back,
        crumbs=common.crumbs((title, "")),
        to=NegotiationBrief.get_absolute_url,
    )


def _first(account: Account, user: User) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "title": _("Negotiation %(account)s %(year)s")
        % {"account": account.name, "year": today.year},
        "begins_on": today,
        "currency": _currency(account),
        "owner": user,
        "plan": plan_of_day(account, user, today),
    }


@requires(common.VIEW)
@require_GET
def negotiation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A brief as one document: issues, interests, alternatives, people, the ledger, offers."""
    brief, user = common.get_brief(request, pk), signed_in(request)
    today = timezone.localdate()
    entries = ledger.entries_for(user).filter(brief=brief).order_by("side", "pk")
    rows = list(entries)
    sums = ledger.sums_of(entries, currency=brief.currency_id, as_of=today, states=ledger.STANDING)
    offers = reads.offers_for(user).filter(brief=brief)
    writes = brief.state in reads.OPEN and common.may_write(user, brief)
    context = {
        "brief": brief,
        "state": words.brief_badge(brief).__html__(),
        "issues": reads.issues_of(brief),
        "deciders": reads.deciders_of(brief),
        "sides": [
            (label, side, [(one, words.entry_badge(one).__html__()) for one in _of(rows, side)])
            for side, label in Side.choices
        ],
        "stats": sum_stats(sums, today) if not sums.ledger.is_empty else [],
        "counted": added_up(ledger.STANDING),
        "offers": [(one, words.offer_badge(one).__html__()) for one in offers],
        "mandates": [(one, unit_of(one.subject)) for one in mandates_of(user) if one.is_used],
        "may_write": writes,
        "texts": _texts(brief),
        "decider_form": DeciderForm(account=brief.account, by=user, as_of=today)
        if writes
        else None,
        "history": history_of(brief),
        "crumbs": common.brief_crumbs(brief),
    }
    return render(request, PAGE, context)


def _of(rows: Sequence[GiveGet], side: str) -> list[GiveGet]:
    return [one for one in rows if one.side == side]


def _texts(brief: NegotiationBrief) -> list[tuple[str, str]]:
    """What was written in words, as headings and texts."""
    return [
        (_("What we want to reach"), brief.aim),
        (_("What we do without a deal"), brief.batna),
        (_("What they do without a deal"), brief.their_batna),
        (_("What we trade for what"), brief.trade_offs),
    ]


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def negotiation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is told of a negotiation."""
    brief, user = common.get_open_brief(request, pk), signed_in(request)
    form = BriefForm(
        request.POST or None, account=brief.account, user=user, initial=BriefForm.starting(brief)
    )
    return _act(
        request, brief, form,
        lambda: services.update_brief(
            brief=brief, facts=form.preparation(), read_as=form.read_as()
        ),
        _("Edit"),
    )  # fmt: skip


@requires(common.EDIT)
@require_POST
def negotiation_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The talks begin."""
    brief = common.get_open_brief(request, pk)
    return common.do(request, lambda: services.begin(brief=brief), brief.get_absolute_url())


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def negotiation_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """How it ended."""
    brief = common.get_open_brief(request, pk)
    form = ConcludeForm(request.POST or None, initial={"on": timezone.localdate()})

    def act() -> object:
        values = form.cleaned_data
        return services.conclude(
            brief=brief,
            is_agreed=values["result"] == BriefState.AGREED,
            outcome=values["outcome"],
            on=values["on"],
        )

    return _act(request, brief, form, act, _("Close the negotiation"))


def _act(
    request: HttpRequest, brief: NegotiationBrief, form: Any, act: Any, title: str, anchor: str = ""
) -> HttpResponse:
    back = brief.get_absolute_url()
    return common.acting(
        request,
        form,
        act,
        title=title,
        back=f"{back}#{anchor}" if anchor else back,
        crumbs=common.brief_crumbs(brief, (title, "")),
    )


# Issues


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def issue_edit(request: HttpRequest, pk: int, issue_pk: int | None = None) -> HttpResponse:
    """A new issue, or another word on one."""
    brief = common.get_open_brief(request, pk)
    issue: BriefIssue | None = None
    if issue_pk is not None:
        issue = get_object_or_404(brief.issues.all(), pk=issue_pk)
    start = IssueForm.starting(issue) if issue else {"unit": brief.currency_id}
    form = IssueForm(request.POST or None, initial=start)
    return _act(
        request, brief, form,
        lambda: services.save_issue(
            brief=brief, facts=form.cleaned_data, issue=issue, read_at=form.read_at()
        ),
        issue.title if issue else _("New issue"), "issues",
    )  # fmt: skip


@requires(common.EDIT)
@require_POST
def issue_remove(request: HttpRequest, pk: int, issue_pk: int) -> HttpResponse:
    """Take an issue out."""
    brief = common.get_open_brief(request, pk)
    issue: BriefIssue = get_object_or_404(brief.issues.all(), pk=issue_pk)
    back = f"{brief.get_absolute_url()}#issues"
    return common.do(request, lambda: services.remove_issue(issue=issue), back)


# Deciders


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def decider_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Name somebody who decides."""
    brief, user = common.get_open_brief(request, pk), signed_in(request)
    form = DeciderForm(
        request.POST or None, account=brief.account, by=user, as_of=timezone.localdate()
    )
    return _act(
        request, brief, form, lambda: services.add_decider(brief=brief, **form.cleaned_data),
        _("Who decides"), "people",
    )  # fmt: skip


@requires(common.EDIT)
@require_POST
def decider_remove(request: HttpRequest, pk: int, decider_pk: int) -> HttpResponse:
    """Take somebody off the list."""
    brief = common.get_open_brief(request, pk)
    decider: BriefDecider = get_object_or_404(brief.deciders.all(), pk=decider_pk)
    back = f"{brief.get_absolute_url()}#people"
    return common.do(request, lambda: services.remove_decider(decider=decider), back)
