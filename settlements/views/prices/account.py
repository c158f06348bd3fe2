"""Prices of one account: its page with the periods as bars, and the panel on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Func, IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.services.merge_parts import in_words
from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.forms.prices import state_of
from settlements.models import AccountPrice
from settlements.selectors.prices import codes_of
from settlements.selectors.prices.listing import (
    Figures,
    compared,
    figures,
    own_units,
    prices_above,
)
from settlements.selectors.prices.units import unit_name
from settlements.views.prices import common
from settlements.views.prices.columns import holds

PANEL_ROWS = 8
WIDTH = 160
BACK, AHEAD = timedelta(days=365), timedelta(days=365)


@dataclass(frozen=True)
class Bar:
    """A period as a piece of the two years around today, in units of the drawing."""

    x: int
    width: int
    state: str
    title: str


@dataclass(frozen=True)
class Line:
    """The price of a product in force, else the next one; `bars` are all in sight."""

    row: Any
    figures: Figures
    amount: str
    unit: str
    state: str
    badge: Any
    inherited: bool
    url: str
    bars: list[Bar]


def _lines(account: Account, user: User, today: date) -> list[Line]:
    """One line for each product, unit and currency: the nearest price in force comes first.

    Prices of accounts above that the user may not see hold all the same: they are shown, for they
    are what this account pays.
    """
    depth = Func(
        F("account__path"), F("account_id"), function="array_position", output_field=IntegerField()
    )
    near = prices_above(account).filter(valid__overlap=_sight(today))
    rows = compared(near.select_related("account", "product", "currency"), today)
    rows = rows.alias(depth=depth).order_by("product__name", "unit", "currency", "-depth", "valid")
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.product_id, row.unit, row.currency_id), []).append(row)
    seen = set(
        AccountPrice.objects.visible_to(user).filter(pk__in=near).values_list("pk", flat=True)
    )
    return [_line(account, found, today, seen) for found in groups.values()]


def _sight(today: date) -> tuple[date, date]:
    return today - BACK, today + AHEAD


def _line(account: Account, rows: list[Any], today: date, seen: set[int]) -> Line:
    wanted = ("current", "coming", "ended")
    first = min(rows, key=lambda row: wanted.index(state_of(row.valid, today)))
    return Line(
        row=first,
        figures=figures(first),
        amount=common.amount_words(first.first_amount, first.currency_id) or "",
        unit=unit_name(first.product, first.unit),
        state=state_of(first.valid, today),
        badge=common.state_badge(first, today).__html__(),
        inherited=first.account_id != account.pk,
        url=first.get_absolute_url() if first.pk in seen else "",
        bars=[_bar(row, today) for row in rows if row.account_id == first.account_id],
    )


def _bar(row: Any, today: date) -> Bar:
    start, end = _sight(today)
    total = (end - start).days
    lower = max(row.valid.lower, start)
    upper = min(row.valid.upper or end, end)
    return Bar(
        x=(lower - start).days * WIDTH // total,
        width=max((upper - lower).days * WIDTH // total, 2),
        state=state_of(row.valid, today),
        title=_("%(amount)s %(period)s")
        % {
            "amount": common.amount_words(row.first_amount, row.currency_id),
            "period": in_words(row.valid),
        },
    )


@requires(common.VIEW)
@require_GET
def account_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """What an account pays for each product, its own prices and those of accounts above."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    context = {
        "account": account,
        "lines": _lines(account, user, today),
        "width": WIDTH,
        "today": today,
        "sees_floor": user.can(common.FLOOR),
        "may_price": common.may_price(user, pk),
        "codes": codes_of(account, day=today).select_related("product").order_by("code")[:50],
        "units": [
            (row, holds(row))
            for row in own_units(account, today).order_by("product__name", "code")[:50]
        ],
        "crumbs": account_crumbs(account, (_("Prices"), "")),
    }  # fmt: skip
    return render(request, "settlements/prices_account.html", context)


@requires(common.VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The first prices of an account on its page, with the way to all of them."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    lines = [line for line in _lines(account, user, today) if line.state != "ended"]
    context = {
        "account": account,
        "title": _("Prices"),
        "panel_template": "settlements/prices_panel.html",
        "crumbs": account_crumbs(account, (_("Prices"), "")),
        "lines": lines[:PANEL_ROWS],
        "further": max(len(lines) - PANEL_ROWS, 0),
        "own": sum(not line.inherited for line in lines),
        "count": len(lines),
        "all_url": reverse("settlements:account-prices", args=[pk]),
        "may_price": common.may_price(user, pk),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
