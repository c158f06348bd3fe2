"""Concerns together: the board of states, the list, the panel of an account."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.views.accounts import account_crumbs
from interactions.analytics import concerns as rules
from interactions.choices import ConcernState
from interactions.models import Concern
from interactions.selectors import concerns as reads
from interactions.views.concerns import common, words
from interactions.views.concerns.filters import ConcernFilter
from kam.core import htmx
from kam.core.badges import Badge
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

# icons: plus user users message-exclamation
PAGE = "interactions/concern_board.html"
SHOWN = 12


def _nothing(user: User) -> Empty:
    may = user.can("interactions.log")
    return Empty(
        _("No concern is open"),
        _("What bothers customers stands here until it is solved: who sees to it, and by when."),
        _("Raise a concern") if may else "",
        reverse("interactions:concern-create") if may else "",
        icon="message-exclamation",
    )


@requires("interactions.view")
@require_GET
def concern_board(request: HttpRequest) -> HttpResponse:
    """The states as lanes; cards move by dragging, by keys or by a form."""
    return htmx.render_part(request, PAGE, board_context(request), "lanes")


def board_context(request: HttpRequest) -> dict[str, Any]:
    """What the board needs to be drawn."""
    user, now = signed_in(request), timezone.now()
    rows = reads.concerns_for(user)
    is_mine = request.GET.get("mine") == "1"
    if is_mine:
        rows = rows.filter(owner__in=user.acting_user_ids())
    lanes = reads.board(rows)
    return {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "concern-board"),
        "lanes": [
            {
                "lane": lane,
                "title": lane.state.label,
                "asks": lane.state in rules.NEEDS_WORDS,
                "cards": [words.signs(one, now) for one in lane.concerns],
            }
            for lane in lanes
        ],
        "may_edit": user.can("interactions.log"),
        "is_mine": is_mine,
        "is_any": any(lane.count for lane in lanes),
        "nothing": _nothing(user),
    }


def _columns() -> list[Column]:
    now = timezone.now()

    def target(row: Concern) -> Badge | None:
        return words.target_badge(row, now)

    return [
        Column(name="title", title=_("Concern"), sort="title"),
        Column(
            name="account",
            title=_("Account"),
            value="account.name",
            sort="account__name_key",
            link=lambda row: row.account.get_absolute_url(),
        ),
        Column(
            name="severity", title=_("Severity"), kind="badge", value=words.severity_badge,
            sort="severity",
        ),
        Column(
            name="target", title=_("Target"), kind="badge", value=target,
            unknown=_("Nothing has to come any more"),
        ),
        Column(name="state", title=_("State"), kind="badge", value=words.state_badge),
        Column(
            name="owner", title=_("Owner"), value="owner.full_name", sort="owner__full_name"
        ),
        Column(name="raised_at", title=_("Raised"), kind="datetime", sort="raised_at"),
        *_more_columns(),
    ]  # fmt: skip


def _more_columns() -> list[Column]:
    """What one can choose beside what is shown."""
    return [
        Column(
            name="category", title=_("Category"), value=lambda row: row.get_category_display(),
            sort="category",
            default=False,
        ),
        Column(
            name="raised_by",
            title=_("Raised by"),
            value=lambda row: row.raised_by.person.name if row.raised_by else None,
            unknown=_("Nobody in particular"),
            default=False,
        ),
        Column(
            name="respond_by", title=_("Answer by"), kind="datetime", sort="respond_by",
            default=False,
        ),
        Column(
            name="first_response_at", title=_("First answer"), kind="datetime",
            sort="first_response_at", nullable=True, unknown=_("Not answered yet"), default=False,
        ),
        Column(
            name="resolve_by", title=_("Solve by"), kind="datetime", sort="resolve_by",
            default=False,
        ),
        Column(
            name="resolved_at", title=_("Resolved"), kind="datetime", sort="resolved_at",
            nullable=True, unknown=_("Not solved yet"), default=False,
        ),
    ]  # fmt: skip


def _stats(user: User) -> list[Stat]:
    found = reads.counts(user, now=timezone.now())
    return [
        Stat(name="open", title=_("Unsolved"), value=found.open,
             what=_("Concerns that are open, in progress or wait for the customer.")),
        Stat(name="mine", title=_("Of them mine"), value=found.mine),
        Stat(name="late", title=_("Past their target"), value=found.late, good="down",
             what=_("An answer or the solution is late."),
             url=f"{reverse('interactions:concern-list')}?late=on"),
    ]  # fmt: skip


def _listed(request: HttpRequest) -> QuerySet[Concern]:
    """Unsolved and resolved ones; closed and cancelled where the address asks for something."""
    rows = reads.concerns_for(signed_in(request))
    asks = {"state", "q", "raised_from", "raised_before"} & {
        name for name, value in request.GET.items() if value
    }
    return rows if asks else rows.exclude(state__in=rules.ENDED)


@requires("interactions.view")
@require_GET
def concern_list(request: HttpRequest) -> HttpResponseBase:
    """Concerns in the user's scope, filtered."""
    user = signed_in(request)
    table = Table(
        request,
        _listed(request),
        _columns(),
        name="concerns",
        caption=_("Concerns"),
        default_sort="-raised_at",
        row_url=Concern.get_absolute_url,
        filters=ConcernFilter,
        empty=_nothing(user),
    )
    context = {
        "crumbs": common.crumbs(),
        "tabs": common.tabs(request, "concern-list"),
        "may_raise": user.can("interactions.log"),
        "stats": _stats(user) if not htmx.is_htmx(request) else [],
    }
    return table.response("interactions/concern_list.html", context)


@requires("interactions.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The concerns of an account and all below it: unsolved ones, and those solved last."""
    user, account, now = signed_in(request), common.get_worked_on(request, pk), timezone.now()
    rows = reads.at_account(account, user)
    unsolved = reads.by_target(reads.unsolved(rows))
    solved = rows.filter(
        state__in=(ConcernState.RESOLVED, ConcernState.CLOSED)
    ).order_by("-resolved_at", "-pk")  # fmt: skip
    context = {
        "account": account,
        "title": _("Concerns"),
        "panel_template": "interactions/panels/concerns.html",
        "crumbs": account_crumbs(account, (_("Concerns"), "")),
        "rows": [words.signs(one, now) for one in unsolved[:SHOWN]],
        "solved": list(solved[:5]),
        "more": max(unsolved.count() - SHOWN, 0),
        "may_raise": user.can("interactions.log"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
