"""The stakeholder map of an account: grid, org chart, matrix and coverage of the same people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Influence, StakeholderLinkKind, Support
from accounts.forms.people import QuickAddForm
from accounts.forms.stakeholders import GridForm
from accounts.models import Account
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.matrix import matrix_of
from accounts.selectors.people.portable import COLUMNS, portable_rows
from accounts.selectors.people.stakeholder_map import Card, StakeholderMap, stakeholder_map
from accounts.services.ratings import place_on_grid
from accounts.views.accounts import account_crumbs, get_account
from accounts.views.people.common import get_position, map_url, may_staff
from accounts.views.team.promises import promise_context
from kam.core import exports, htmx
from kam.core.nav import Tab
from kam.core.problems import RefusedError
from kam.identity.decorators import demand, requires, signed_in
from kam.identity.models import User

PAGE = "accounts/stakeholder_map.html"
GRID, CHART, MATRIX, COVERAGE = "grid", "chart", "matrix", "coverage"
VIEWS = {
    GRID: gettext_lazy("Influence and support"),
    CHART: gettext_lazy("Org chart"),
    MATRIX: gettext_lazy("Who knows whom"),
    COVERAGE: gettext_lazy("Coverage"),
}


@requires("people.view")
@require_GET
def board(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The people of an account as a map, or as a file."""
    user = signed_in(request)
    account = get_account(request, pk)
    if "export" in request.GET:
        return _export(request, account, user)
    found = stakeholder_map(
        account, user=user, as_of=timezone.localdate(), is_alone=_is_alone(request)
    )
    context = _context(request, found, user)
    context["crumbs"] = account_crumbs(account, (_("Stakeholder map"), ""))
    return htmx.render_part(request, PAGE, context, "board")


def _is_alone(request: HttpRequest) -> bool:
    return request.GET.get("only") == "1"


def _context(request: HttpRequest, found: StakeholderMap, user: User) -> dict[str, Any]:
    account = found.account
    view = request.GET.get("view", GRID)
    view = view if view in VIEWS else GRID
    only = "&only=1" if _is_alone(request) else ""
    context: dict[str, Any] = {
        "account": account,
        "map": found,
        "view": view,
        "tabs": [
            Tab(title, f"{map_url(account, name)}{only}", active=name == view)
            for name, title in VIEWS.items()
        ],
        "coverage": coverage_of(found),
        "may_staff": may_staff(user, account),
        "may_rate": user.can("people.rate"),
        "is_alone": bool(only),
        "other_scope_url": map_url(account, view) + ("" if only else "&only=1"),
        "export_url": f"{map_url(account)}?export=",
        "only": only,
    }
    if view == GRID:
        context |= {"rows": grid_rows(found), "columns": _columns()}
    if view == CHART:
        context["chart"] = found.chart()
    if view == MATRIX:
        context["matrix"] = matrix_of(found, user=user)
        if user.can("promises.view"):
            context |= promise_context(request, account.pk)
    context["lines"] = lines(found)
    # As attributes: a script element would not come along when htmx brings the board.
    context["lines_json"] = json.dumps(context["lines"])
    context["picture"] = json.dumps(picture(found)) if view == GRID else ""
    context["form"] = QuickAddForm(prefix="add")
    return context


def _columns() -> list[tuple[int, str]]:
    return [(value, str(Support(value).label)) for value in Support.values]


def grid_rows(found: StakeholderMap) -> list[dict[str, Any]]:
    """The grid from the most influential down, each row a cell for each step of support."""
    cells: dict[tuple[int, int], list[Card]] = {}
    for card in found.people:
        if card.influence is not None and card.support is not None:
            cells.setdefault((card.influence, card.support), []).append(card)
    return [
        {
            "influence": influence,
            "label": str(Influence(influence).label),
            "cells": [
                {
                    "support": support,
                    "label": str(Support(support).label),
                    "cards": cells.get((influence, support), []),
                }
                for support in Support.values
            ],
        }
        for influence in reversed(Influence.values)
    ]


def lines(found: StakeholderMap) -> list[dict[str, Any]]:
    """Informal lines with the names of both ends, for the list and the drawing."""
    names = {card.pk: card.name or str(_("Nobody known")) for card in found.cards}
    return [
        {
            "id": link.pk,
            "from": link.from_position_id,
            "to": link.to_position_id,
            "from_name": names[link.from_position_id],
            "to_name": names[link.to_position_id],
            "kind": link.kind,
            "is_conflict": link.kind == StakeholderLinkKind.CONFLICT,
            "strength": link.strength,
            "note": link.note,
        }
        for link in found.links
    ]


def picture(found: StakeholderMap) -> dict[str, Any]:
    """What the browser draws the picture of the grid from: nothing that the page lacks."""
    return {
        "title": f"{found.account.name}, {found.as_of.isoformat()}",
        "x": [str(Support(value).label) for value in Support.values],
        "y": [str(Influence(value).label) for value in Influence.values],
        "across": str(_("Support")),
        "up": str(_("Influence")),
        "cards": [
            {
                "name": card.name,
                "detail": card.position.title or card.position.get_function_display(),
                "influence": card.influence,
                "support": card.support,
            }
            for card in found.people
            if card.is_on_grid
        ],
    }


def _export(request: HttpRequest, account: Account, user: User) -> HttpResponseBase:
    today = timezone.localdate()
    rows = list(portable_rows(user, account_id=account.pk, as_of=today))

    def records() -> Iterator[list[Any]]:
        yield from rows

    return exports.export_response(
        request,
        name=f"people-{account.pk}",
        kind=request.GET["export"],
        headings=COLUMNS,
        records=records,
        exceeds=lambda limit: len(rows) > limit,
        back_url=map_url(account),
    )


@requires("people.view")
@require_POST
def grid_place(request: HttpRequest, pk: int) -> HttpResponse:
    """A card was put somewhere: that is a new rating, and the answer is the map as it is now."""
    user = demand(request.user, "people.rate")
    position = get_position(request, pk)
    form = GridForm(request.POST)
    today = timezone.localdate()
    problem = ""
    if form.is_valid():
        try:
            place_on_grid(position=position, author=user, as_of=today, **form.cleaned_data)
        except RefusedError as refused:
            problem = str(refused)
    else:
        problem = _("A place on the grid is an influence and a support.")
    where = request.GET.get("map", "")
    asked = get_account(request, int(where) if where.isdecimal() else position.account_id)
    found = stakeholder_map(asked, user=user, as_of=today, is_alone=_is_alone(request))
    context = _context(request, found, user)
    if not htmx.is_htmx(request):
        return htmx.redirect(request, map_url(asked))
    response = htmx.render_part(request, PAGE, context, "board")
    if problem:
        return htmx.toast(response, problem, "danger")
    person = position.person.name if position.person else ""
    return htmx.toast(response, _("Your rating of %s was recorded.") % person)
