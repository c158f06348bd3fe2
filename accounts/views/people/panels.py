"""Panels of the account page: people, who knows whom, how they decide."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.forms.people import QuickAddForm
from accounts.models import Account, DecisionStep
from accounts.selectors.people import listing
from accounts.selectors.people.coverage import coverage_of
from accounts.selectors.people.matrix import matrix_of
from accounts.selectors.people.stakeholder_map import stakeholder_map
from accounts.views.accounts import account_crumbs, get_account
from accounts.views.people.board import grid_rows
from accounts.views.people.common import may_staff
from kam.core import htmx
from kam.identity.decorators import requires, signed_in


def _panel(
    request: HttpRequest, account: Account, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    values = {
        "account": account,
        "title": title,
        "panel_template": f"accounts/panels/{name}.html",
        "crumbs": account_crumbs(account, (title, "")),
        **context,
    }
    return htmx.render_part(request, "accounts/panel_page.html", values, "panel")


@requires("people.view")
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom we know by function, whom we do not, and one line to add somebody."""
    user = signed_in(request)
    account = get_account(request, pk)
    found = stakeholder_map(account, user=user, as_of=timezone.localdate())
    context = {
        "map": found,
        "coverage": coverage_of(found),
        "rows": grid_rows(found),
        "may_staff": may_staff(user, account),
        "form": QuickAddForm(prefix="add"),
    }
    return _panel(request, account, "people", _("People"), context)


@requires("people.view")
@require_GET
def relationships(request: HttpRequest, pk: int) -> HttpResponse:
    """Our people against theirs: today's level and the one aimed at."""
    user = signed_in(request)
    account = get_account(request, pk)
    found = stakeholder_map(account, user=user, as_of=timezone.localdate())
    context = {
        "map": found,
        "matrix": matrix_of(found, user=user),
        "may_rate": user.can("people.rate"),
    }
    return _panel(request, account, "relationships", _("Relationship matrix"), context)


@requires("people.view")
@require_GET
def deciding(request: HttpRequest, pk: int) -> HttpResponse:
    """By category where and in which steps they decide, and their calendar."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    steps = listing.steps_of(account, user)
    context = {
        "groups": [(category, list(rows)) for category, rows in groupby(steps, _category)],
        "dates": [
            (one, (one.starts_on - today).days)
            for one in listing.dates_of(account, user, as_of=today)
        ],
        "may_staff": may_staff(user, account),
    }
    return _panel(request, account, "deciding", _("How they decide"), context)


def _category(step: DecisionStep) -> str:
    return step.category.name if step.category else ""
